#pragma once

#include <string>
#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/volumes/volume_ids.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

extern const Family kAttachments;

inline constexpr Delay kAttachmentAttaching{"attachment.attaching"};
inline constexpr Delay kAttachmentDetaching{"attachment.detaching"};

inline constexpr Due kAttachmentAttached{"attachment-attached"};
inline constexpr Due kAttachmentGone{"attachment-gone"};

/// An attachment's changes of state are kept under this: a volume may be attached several times.
std::string attachment_key(const VolumeId& volume, const InstanceId& instance);

}  // namespace amilab::ec2
