#pragma once

#include <string_view>

#include "server/calls/session.h"
#include "server/wire/ec2/volumes.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

AttachVolumeResponse attach_volume(Session& session, const AttachVolumeRequest& request);
DetachVolumeResponse detach_volume(Session& session, const DetachVolumeRequest& request);

/// An attachment's changes of state are kept under this: a volume may be attached several times.
std::string attachment_key(const VolumeId& volume, const InstanceId& instance);

// What time brings about; nothing for an attachment that is gone.
void attachment_attached(Session& session, std::string_view key);
void attachment_gone(Session& session, std::string_view key);

}  // namespace amilab::ec2
