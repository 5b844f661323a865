#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "storage/base/vocabulary.h"

namespace amilab {

enum class VolumeType : std::uint8_t { kGp2, kGp3, kIo1, kIo2, kSt1, kSc1, kStandard };
template <>
inline constexpr auto kWords<VolumeType> = words("gp2", "gp3", "io1", "io2", "st1", "sc1",
                                                 "standard");

/// What CreateVolume makes when nothing is said (documented).
inline constexpr auto kDefaultVolumeType = text_of(VolumeType::kGp2);

/// Types whose IOPS are what was asked for; those of the others come with the size, or are not
/// told. Source: EBS User Guide, "Amazon EBS volume types" (documented).
inline constexpr std::array kProvisionedIopsTypes = {VolumeType::kGp3, VolumeType::kIo1,
                                                     VolumeType::kIo2};
constexpr bool has_provisioned_iops(std::string_view volume_type)
{
    return std::any_of(kProvisionedIopsTypes.begin(), kProvisionedIopsTypes.end(),
                       [&](VolumeType type) { return volume_type == type; });
}

}  // namespace amilab
