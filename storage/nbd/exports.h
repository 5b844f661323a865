#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/nbd/disk.h"
#include "storage/state/data_directory.h"
#include "storage/state/open_exports.h"

namespace amilab::nbd {

/// What a client hears of an export before it opens it.
struct ExportInfo {
    std::string name;
    std::uint64_t size_bytes = 0;
    bool is_read_only = false;

    std::string description() const;
};

/// What one client has open, from its handshake to its end. Safe from any thread.
class Export {
public:
    /// For Exports::open. `disconnect` is called, from any thread, at a reset.
    Export(std::shared_ptr<Generation> generation, const std::string& name,
           std::function<void()> disconnect);

    const ExportInfo& info() const { return info_; }
    /// Null once the volume or snapshot is deleted. Requests under way hold it, and its layers go
    /// with the last.
    std::shared_ptr<const Disk> disk() const;
    /// Whether what is not flushed is lost with the machine's power.
    bool needs_flushes() const;

private:
    friend class Exports;

    void end(ExportEnd why);
    void set_disk(ExportInfo info, std::shared_ptr<const Disk> disk);

    std::shared_ptr<Generation> generation_;
    std::function<void()> disconnect_;
    ExportInfo info_;
    mutable Mutex mutex_{LockLevel::kExport};
    std::shared_ptr<const Disk> disk_ GUARDED_BY(mutex_);
    bool is_ended_ GUARDED_BY(mutex_) = false;
    OpenExports::Registration registration_;  // last: its callback uses the rest
};

/// The volumes and snapshots of a data directory, by name. Safe from any thread. Throws
/// StorageError.
class Exports {
public:
    explicit Exports(DataDirectory& data) : data_(data) {}

    /// Why there is no such export, in a sentence.
    using Refusal = std::string;

    std::variant<ExportInfo, Refusal> find(std::string_view name);
    std::variant<std::shared_ptr<Export>, Refusal> open(const std::string& name,
                                                        std::function<void()> disconnect);
    static constexpr std::int64_t kPage = 1000;
    /// The names behind `after`, in order, `kPage` at most.
    std::vector<std::string> list(std::string_view after);

private:
    DataDirectory& data_;
    // One look-up at a time, for each takes a connection to the database.
    Mutex mutex_{LockLevel::kNbdLookup};
};

}  // namespace amilab::nbd
