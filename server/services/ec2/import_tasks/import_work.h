#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/blocks/layer_id.h"
#include "storage/disk_formats/disk_content.h"
#include "storage/disk_formats/disk_image.h"

namespace amilab::ec2 {

/// A disk whose bytes are in a layer that is sealed, and that no row names yet.
struct ImportedDisk {
    LayerId layer{};
    std::uint64_t size_bytes = 0;
    DiskFileFormat format{};
    /// Where the order asked for a look.
    DiskContent content{};
};

/// What has become of a task's bytes. The layers are for who takes it.
struct ImportOutcome {
    std::vector<ImportedDisk> disks{};
    /// A status message; empty: nothing failed.
    std::string failure{};
};

/// What this process knows of the import tasks of one generation: how far their bytes are, and what
/// has become of them. Safe from any thread.
class ImportWork {
public:
    /// A few of an account are worked on at a time; the rest wait for those, so that nobody waits
    /// for others' tasks.
    static constexpr int kMostOfAccount = 2;

    /// Who works on a task. False: somebody does, or it has an outcome.
    bool begin(const std::string& task_id);
    /// Notes how far it is, from 0 to 100. False: nobody wants it any more.
    bool note(const std::string& task_id, int percent);
    /// Gives what has become of it. False: nobody wants it any more.
    bool end(const std::string& task_id, ImportOutcome outcome);
    /// How far it is; 0 where nobody works on it.
    int percent(const std::string& task_id) const;
    std::optional<ImportOutcome> outcome(const std::string& task_id) const;
    /// To be called when a row says what became of the task: whoever works on it stops. Returns an
    /// outcome that nobody has taken.
    std::optional<ImportOutcome> forget(const std::string& task_id);

    /// A place among those of the account that are at work, to be given back.
    bool take_place(const std::string& account);
    void give_place_back(const std::string& account);

private:
    struct Task {
        int percent = 0;
        std::optional<ImportOutcome> outcome{};
    };

    mutable Mutex mutex_{LockLevel::kImportWork};
    std::map<std::string, Task> tasks_ GUARDED_BY(mutex_);
    std::map<std::string, int> at_work_ GUARDED_BY(mutex_);
};

}  // namespace amilab::ec2
