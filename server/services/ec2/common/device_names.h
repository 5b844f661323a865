#pragma once

#include <string_view>

namespace amilab::ec2 {

/// Whether a volume may be attached as `name`: sdX, hdX or xvdX, a partition number from 1 to 15
/// perhaps behind it, /dev/ perhaps before it; xvd also with two letters, the first of them up to
/// d. Source: EC2 User Guide, "Device names for volumes" (documented); that /dev/nvme1n1, /dev/sdZZ
/// and other words are refused is observed.
bool is_device_name(std::string_view name);

/// What is behind "/dev/": /dev/xvdb and xvdb are one device.
std::string_view without_folder(std::string_view name);

/// Whether an instance of that virtualization type has a device of the name, one for which
/// is_device_name holds and which its image does not say itself. One with hvm has no partitions,
/// but for sda1, which is kept for roots, and neither sda nor hdX. Source: EC2 User Guide, "Device
/// names for volumes" (documented); that launches refuse /dev/sda and numbers, AttachVolume
/// /dev/sdk1, and that launches take /dev/sda1 beside a root at /dev/xvda, is observed.
bool is_device_name_for(std::string_view name, std::string_view virtualization_type);

}  // namespace amilab::ec2
