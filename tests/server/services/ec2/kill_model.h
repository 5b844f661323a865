#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/server/services/ec2/kill_work.h"
#include "tests/storage/blocks/harness.h"

namespace amilab::test {

/// What must be there after the end of a process, as far as its reports have told.
class KillModel {
public:
    struct SnapshotModel {
        SectorModel bytes;
        bool is_upload = false;
        /// Which blocks an upload that is open has; nothing for what is completed.
        std::optional<std::set<std::uint64_t>> open_blocks = {};
    };

    std::string volume;
    SectorModel bytes{kDiskSectors};
    std::map<std::string, SnapshotModel> snapshots;
    std::map<std::string, SectorModel> volumes;
    std::uint64_t tag = 0;
    std::uint64_t last_version = 0;
    std::uint64_t acknowledged = 0;

    /// Enters a report.
    void hear(const Report& report);
    /// The process is gone: what was begun may have been done, and the bytes are entered so.
    void end_life();
    /// What a worker had begun, if anything.
    const std::optional<Report>& begun_by(Worker worker) const
    {
        return begun_[static_cast<std::size_t>(worker)];
    }
    /// What the snapshot holds that was being taken.
    const SectorModel& snapshot_under_way() const { return *snapshot_under_way_; }
    void forget_begun();
    /// What the next process goes on with.
    WorkPlan plan() const;

private:
    void begin(const Report& report);
    void finish(const Report& report);

    std::array<std::optional<Report>, kWorkers> begun_;
    std::optional<SectorModel> snapshot_under_way_;
};

}  // namespace amilab::test
