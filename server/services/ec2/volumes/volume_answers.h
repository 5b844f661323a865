#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/volumes/shared.h"
#include "storage/metadata/volumes/volume_ids.h"
#include "storage/metadata/volumes/volume_rows.h"

/// Volumes as answers have them, and what calls want of them.
namespace amilab::ec2 {

/// A volume that the caller owns in the region. Throws InvalidVolume.NotFound.
VolumeRow require_volume(Session& session, const VolumeId& id);
/// One whose bytes can be taken: available or in use, else IncorrectState.
VolumeRow require_snapshotable_volume(Session& session, const VolumeId& id);

VolumeAttachment to_answer(const AttachmentRow& row);
/// What the calls that make volumes and those that describe them both tell.
Volume to_answer(Session& session, const VolumeRow& row);
/// The same with the attachments.
Volume to_description(Session& session, const VolumeRow& row);

}  // namespace amilab::ec2
