#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/units.h"

namespace amilab {

/// A change of state that takes time. Each has a delay, 0 unless set, except kTerminatedLingerMs.
enum class Delay {
    kImagePending,
    kSnapshotPending,
    kSnapshotArchiving,
    kSnapshotRestoring,
    kFastRestoreEnabling,
    kFastRestoreOptimizing,
    kFastRestoreDisabling,
    kUsageReportPending,
    kVolumeCreating,
    kVolumeDeleting,
    kVolumeModifying,
    kVolumeOptimizing,
    kVolumeInitializing,
    kAttachmentAttaching,
    kAttachmentDetaching,
    kInstancePending,
    kInstanceInitializing,
    kInstanceStopping,
    kInstanceShuttingDown,
    kInstanceTerminated,
    kRootVolumePending,
    kRootVolumeReplacing,
    kFastLaunchEnabling,
    kFastLaunchDisabling,
};

struct DelayName {
    Delay delay;
    std::string_view name;
    TimeMs default_ms;
};

/// Terminated instances are still described for about an hour.
/// Source: EC2 User Guide, "Terminate Amazon EC2 instances" (documented as "a short while", about
/// an hour observed).
inline constexpr TimeMs kTerminatedLingerMs = kHourMs;

inline constexpr std::array<DelayName, 24> kDelayNames = {{
    {Delay::kImagePending, "image.pending", 0},
    {Delay::kSnapshotPending, "snapshot.pending", 0},
    {Delay::kSnapshotArchiving, "snapshot.archiving", 0},
    {Delay::kSnapshotRestoring, "snapshot.restoring", 0},
    {Delay::kFastRestoreEnabling, "fast-restore.enabling", 0},
    {Delay::kFastRestoreOptimizing, "fast-restore.optimizing", 0},
    {Delay::kFastRestoreDisabling, "fast-restore.disabling", 0},
    {Delay::kUsageReportPending, "image-usage-report.pending", 0},
    {Delay::kVolumeCreating, "volume.creating", 0},
    {Delay::kVolumeDeleting, "volume.deleting", 0},
    {Delay::kVolumeModifying, "volume.modifying", 0},
    {Delay::kVolumeOptimizing, "volume.optimizing", 0},
    {Delay::kVolumeInitializing, "volume.initializing", 0},
    {Delay::kAttachmentAttaching, "attachment.attaching", 0},
    {Delay::kAttachmentDetaching, "attachment.detaching", 0},
    {Delay::kInstancePending, "instance.pending", 0},
    {Delay::kInstanceInitializing, "instance.initializing", 0},
    {Delay::kInstanceStopping, "instance.stopping", 0},
    {Delay::kInstanceShuttingDown, "instance.shutting-down", 0},
    {Delay::kInstanceTerminated, "instance.terminated", kTerminatedLingerMs},
    {Delay::kRootVolumePending, "replacement.pending", 0},
    {Delay::kRootVolumeReplacing, "replacement.in-progress", 0},
    {Delay::kFastLaunchEnabling, "fast-launch.enabling", 0},
    {Delay::kFastLaunchDisabling, "fast-launch.disabling", 0},
}};

/// How long each change of state takes, in milliseconds. Safe from any thread.
class Delays {
public:
    Delays();

    TimeMs get(Delay delay) const;
    void set(Delay delay, TimeMs delay_ms);
    /// Back to the defaults.
    void reset();

    static std::optional<Delay> by_name(std::string_view name);

private:
    mutable std::mutex mutex_;  // guards delays_
    std::array<TimeMs, kDelayNames.size()> delays_;
};

}  // namespace amilab
