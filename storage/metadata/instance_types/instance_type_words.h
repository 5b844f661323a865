#pragma once

#include <cstdint>

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

}  // namespace amilab
