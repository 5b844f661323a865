#pragma once

#include <cstdint>

#include "storage/metadata/instances/launch_rows.h"

/// How much may be attached to an instance at once.
namespace amilab::ec2 {

/// Throws AttachmentLimitExceeded when an instance of the type cannot have so many volumes beside
/// so many network interfaces. Source: EBS User Guide, "Amazon EBS volume limits for Amazon EC2
/// instances" (documented): of Nitro types with a shared limit each interface but the first takes
/// the place of a volume. That it is so where an interface is attached and where the type changes
/// is assumed.
void require_attachments_fit(const LaunchTypeRow& type, std::int64_t volumes,
                             std::int64_t interfaces);

}  // namespace amilab::ec2
