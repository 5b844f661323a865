#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/nbd/export.h"
#include "storage/state/data_directory.h"
#include "storage/state/open_exports.h"

namespace amilab::nbd {

/// A volume or snapshot of a generation that one client has open.
class StoredExport final : public Export {
public:
    /// For StoredExports::open. `disconnect` is called, from any thread, at a reset.
    StoredExport(std::shared_ptr<Generation> generation, const std::string& name,
                 std::function<void()> disconnect);

    const ExportInfo& info() const override { return info_; }
    std::shared_ptr<const Disk> disk() const override;
    void take_room(std::uint64_t offset, std::uint64_t length) override;
    bool needs_flushes() const override;

private:
    friend class StoredExports;

    void end(ExportEnd why);
    /// `owner` is whose bytes are written; once, before anybody uses it.
    void set_disk(ExportInfo info, std::string owner, std::shared_ptr<const Disk> disk);

    std::shared_ptr<Generation> generation_;
    std::function<void()> disconnect_;
    ExportInfo info_;
    std::string owner_;
    mutable Mutex mutex_{LockLevel::kExport};
    std::shared_ptr<const Disk> disk_ GUARDED_BY(mutex_);
    bool is_ended_ GUARDED_BY(mutex_) = false;
    OpenExports::Registration registration_;  // last: its callback uses the rest
};

/// The volumes and snapshots of a data directory, by name.
class StoredExports final : public Exports {
public:
    explicit StoredExports(DataDirectory& data) : data_(data) {}

    std::variant<ExportInfo, Refusal> find(std::string_view name) override;
    std::variant<std::shared_ptr<Export>, Refusal> open(const std::string& name,
                                                        std::function<void()> disconnect) override;
    std::vector<std::string> list(std::string_view after) override;

private:
    DataDirectory& data_;
    // One look-up at a time, for each takes a connection to the database.
    Mutex mutex_{LockLevel::kNbdLookup};
};

}  // namespace amilab::nbd
