#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/calls/encryption.h"
#include "server/calls/session.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "server/wire/ec2/shared.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

/// The volumes of a launch: the image's mappings with the caller's changes.
namespace amilab::ec2 {

struct LaunchVolume {
    std::string device_name;
    std::optional<SnapshotRow> snapshot;
    VolumeSpec spec;
    /// See encrypt_volume.
    EncryptionWish encryption;
    std::optional<std::int64_t> initialization_rate;
    bool delete_on_termination;
    /// What the bytes are, where they are no snapshot's: NewVolume::layer.
    std::optional<LayerId> layer{};
};

/// The image's mappings, device by device as `changes` have them, then what these add, for an
/// instance of the type with so many network interfaces. Throws
/// InvalidBlockDeviceMapping, InvalidSnapshot.NotFound, MissingParameter, AttachmentLimitExceeded
/// and what the volume types' rules refuse.
/// Source: EC2 User Guide, "Block device mappings" (documented).
std::vector<LaunchVolume> plan_volumes(Session& session, const ImageRow& image,
                                       const LaunchTypeRow& type, std::size_t interfaces,
                                       const std::vector<BlockDeviceMapping>& changes);

}  // namespace amilab::ec2
