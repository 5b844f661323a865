#pragma once

#include <string_view>

namespace amilab::ec2 {

/// Whether a volume may be attached as `name`: sdX, hdX or xvdX, a partition number from 1 to 15
/// perhaps behind it, /dev/ perhaps before it; xvd also with two letters, the first of them up to
/// d. Source: EC2 User Guide, "Device names for volumes" (documented); that /dev/nvme1n1, /dev/sdZZ
/// and other words are refused is observed.
bool is_device_name(std::string_view name);

}  // namespace amilab::ec2
