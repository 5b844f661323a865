#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
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
    /// Of the file that held it.
    std::uint64_t image_bytes = 0;
    DiskFileFormat format{};
    /// Where the order asked for a look.
    DiskContent content{};
};

/// What has become of a task's bytes. The layers are for whoever takes it.
struct ImportOutcome {
    std::vector<ImportedDisk> disks{};
    /// A status message; empty: nothing failed.
    std::string failure{};
};

/// What this process knows of the import tasks of one generation, and no row: how far their bytes
/// are, and, until a task's time is over, what has become of them. Safe from any thread.
class ImportsUnderWay {
public:
    /// From now on somebody works on the task. False: somebody does already, or it has an outcome.
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

private:
    struct Task {
        int percent = 0;
        std::optional<ImportOutcome> outcome{};
    };

    mutable Mutex mutex_{LockLevel::kImportsUnderWay};
    std::map<std::string, Task> tasks_ GUARDED_BY(mutex_);
};

}  // namespace amilab::ec2
