#pragma once

#include <cstdint>
#include <string_view>

#include "storage/base/vocabulary.h"

/// The words of what instance types offer, as far as rules hang on them.
/// Source: the service model's enumerations (documented).
namespace amilab {

enum class TypeHypervisor : std::uint8_t { kNitro, kXen };
template <>
inline constexpr auto kWords<TypeHypervisor> = words("nitro", "xen");

enum class EnaSupport : std::uint8_t { kUnsupported, kSupported, kRequired };
template <>
inline constexpr auto kWords<EnaSupport> = words("unsupported", "supported", "required");

enum class NitroTpmSupport : std::uint8_t { kUnsupported, kSupported };
template <>
inline constexpr auto kWords<NitroTpmSupport> = words("unsupported", "supported");

enum class EbsOptimizedSupport : std::uint8_t { kUnsupported, kSupported, kDefault };
template <>
inline constexpr auto kWords<EbsOptimizedSupport> = words("unsupported", "supported", "default");

/// Shared: network interfaces count among the attachments.
enum class AttachmentLimitType : std::uint8_t { kShared, kDedicated };
template <>
inline constexpr auto kWords<AttachmentLimitType> = words("shared", "dedicated");

/// What an accelerator is, as the catalogue says it.
enum class AcceleratorKind : std::uint8_t { kFpga, kGpu, kInference, kMedia, kNeuron };
template <>
inline constexpr auto kWords<AcceleratorKind> = words("fpga", "gpu", "inference", "media",
                                                      "neuron");

/// What an offering's location is. Nobody has an Outpost here.
/// Source: EC2 API Reference, DescribeInstanceTypeOfferings (documented).
enum class LocationType : std::uint8_t {
    kRegion,
    kAvailabilityZone,
    kAvailabilityZoneId,
    kOutpost
};
template <>
inline constexpr auto kWords<LocationType> = words("region", "availability-zone",
                                                   "availability-zone-id", "outpost");

/// "t3" of "t3.micro".
constexpr std::string_view family_of(std::string_view instance_type)
{
    return instance_type.substr(0, instance_type.find('.'));
}

}  // namespace amilab
