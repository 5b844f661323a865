#pragma once

#include "server/calls/session.h"
#include "server/wire/api_error.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

/// What may be exported. Source: no software that AWS licenses and nothing of the Marketplace, no
/// encrypted snapshots, of instances those that were imported alone, with one disk (documented);
/// codes and texts observed in part (docs/fidelity.md).
namespace amilab::ec2 {

/// The snapshot that the root of the caller's image has. Throws ApiError for an image that is not
/// there, not the caller's or not to be exported.
SnapshotRow require_exportable_image(Session& session, const ImageId& id);

/// The root volume of the caller's instance. Throws ApiError for an instance that is not there, is
/// neither running nor stopped, or is not to be exported.
VolumeRow require_exportable_instance(Session& session, const InstanceId& id);

}  // namespace amilab::ec2
