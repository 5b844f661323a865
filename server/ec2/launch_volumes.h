#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/ec2/volume_types.h"
#include "server/session.h"
#include "server/wire/ec2/shared.h"
#include "storage/metadata/image_rows.h"
#include "storage/metadata/launch_rows.h"

/// The volumes of a launch: the image's mappings with the caller's changes.
namespace amilab::ec2 {

struct LaunchVolume {
    std::string device_name;
    std::optional<std::string> snapshot_id;
    /// Nothing without a snapshot, and for the catalogue's, which read as zeros.
    std::optional<LayerId> snapshot_layer;
    VolumeSpec spec;
    bool encrypted;
    bool delete_on_termination;
};

/// The image's mappings, device by device as `changes` have them, then what these add. Throws
/// InvalidBlockDeviceMapping, InvalidSnapshot.NotFound, MissingParameter, AttachmentLimitExceeded
/// and what the volume types' rules refuse.
/// Source: EC2 User Guide, "Block device mappings" (documented).
std::vector<LaunchVolume> plan_volumes(Session& session, const ImageRow& image,
                                       const LaunchTypeRow& type,
                                       const std::vector<BlockDeviceMapping>& changes);

}  // namespace amilab::ec2
