#include "server/services/ec2/snapshots/errors.h"

#include <fmt/format.h>

namespace amilab::ec2 {

ApiError not_authorized_for_snapshot(const SnapshotId& id)
{
    return auth_failure(fmt::format("Not authorized for snapshot:{}", id.text()));
}

ApiError too_many_copies(std::int64_t limit)
{
    return {"ResourceLimitExceeded",
            fmt::format("Too many snapshot copies in progress. The limit is {} for this "
                        "destination region.",
                        limit)};
}

ApiError invalid_source_region(std::string_view region)
{
    return invalid_value(region, "sourceRegion", "There is no such region.");
}

ApiError too_many_pending_snapshots()
{
    return {"ConcurrentSnapshotLimitExceeded",
            "Maximum allowed in-progress snapshots for a single volume exceeded."};
}

ApiError snapshot_locked(const SnapshotId& id)
{
    return operation_not_permitted(
        fmt::format("The snapshot '{}' is locked and can't be deleted.", id.text()));
}

ApiError lock_not_changeable(const SnapshotId& id, std::string_view why)
{
    return operation_not_permitted(
        fmt::format("The snapshot '{}' is locked in compliance mode and its cooling-off period has "
                    "expired: {}",
                    id.text(), why));
}

ApiError snapshot_not_locked(const SnapshotId& id)
{
    return {"IncorrectState", fmt::format("The snapshot '{}' is not locked.", id.text())};
}

ApiError snapshot_not_archived(const SnapshotId& id)
{
    return {"IncorrectState",
            fmt::format("The snapshot '{}' is not in the archive tier.", id.text())};
}

ApiError tiering_in_progress(const SnapshotId& id, std::string_view status)
{
    return {"IncorrectState",
            fmt::format("The tiering operation of the snapshot '{}' is {}.", id.text(), status)};
}

ApiError image_keeps_snapshot(const SnapshotId& id, const ImageId& image)
{
    return {"InvalidSnapshot.InUse",
            fmt::format("The snapshot {} is associated with {}, which must be disabled before the "
                        "snapshot is archived",
                        id.text(), image.text())};
}

ApiError root_volume_not_excludable(const VolumeId& volume, const InstanceId& instance)
{
    return invalid_parameter_value(fmt::format(
        "The volume '{}' is the root volume of the instance '{}'; use ExcludeBootVolume.",
        volume.text(), instance.text()));
}

ApiError volume_not_of_instance(const VolumeId& volume, const InstanceId& instance)
{
    return invalid_parameter_value(fmt::format("The volume '{}' is not attached to instance '{}'.",
                                               volume.text(), instance.text()));
}

ApiError no_volumes_to_snapshot(const InstanceId& instance)
{
    return invalid_parameter_combination(
        fmt::format("The instance '{}' has no volumes that are not excluded.", instance.text()));
}

ApiError encrypted_snapshot_not_public()
{
    return operation_not_permitted("Encrypted snapshots cannot be shared publicly");
}

ApiError managed_key_snapshot_not_shared()
{
    return operation_not_permitted("Encrypted snapshots with EBS default key cannot be shared");
}

ApiError snapshot_in_use(const SnapshotId& snapshot, const ImageId& image)
{
    return {"InvalidSnapshot.InUse", fmt::format("The snapshot {} is currently in use by {}",
                                                 snapshot.text(), image.text())};
}

ApiError invalid_user_id(std::string_view text)
{
    return {"InvalidUserID.Malformed", fmt::format("User ID '{}' is invalid", text)};
}

}  // namespace amilab::ec2
