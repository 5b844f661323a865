#pragma once

#include "server/session.h"
#include "server/wire/ec2/volumes.h"

namespace amilab::ec2 {

CreateVolumeResponse create_volume(Session& session, const CreateVolumeRequest& request);
DescribeVolumesResponse describe_volumes(Session& session, const DescribeVolumesRequest& request);
DeleteVolumeResponse delete_volume(Session& session, const DeleteVolumeRequest& request);
AttachVolumeResponse attach_volume(Session& session, const AttachVolumeRequest& request);
DetachVolumeResponse detach_volume(Session& session, const DetachVolumeRequest& request);

// What time brings about; nothing for a volume that is gone.
void volume_available(Session& session, const VolumeId& id);
void volume_gone(Session& session, const VolumeId& id);
void attachment_attached(Session& session, const VolumeId& id);
void attachment_gone(Session& session, const VolumeId& id);

}  // namespace amilab::ec2
