#pragma once

#include <array>
#include <cstdint>

#include "storage/base/vocabulary.h"

/// The states of volumes and their attachments.
namespace amilab {

enum class VolumeState : std::uint8_t {
    kCreating,
    kAvailable,
    kInUse,
    kDeleting,
    /// In the recycle bin.
    kDeleted,
    kError,
};
template <>
inline constexpr auto kWords<VolumeState> = words("creating", "available", "in-use", "deleting",
                                                  "deleted", "error");

enum class AttachmentState : std::uint8_t { kAttaching, kAttached, kDetaching };
template <>
inline constexpr auto kWords<AttachmentState> = words("attaching", "attached", "detaching");

enum class InitializationState : std::uint8_t { kInitializing, kCompleted };
template <>
inline constexpr auto kWords<InitializationState> = words("initializing", "completed");

/// States of a volume that has been made, and is neither lost nor deleted.
inline constexpr std::array kUsableVolumeStates = {VolumeState::kAvailable, VolumeState::kInUse};
constexpr bool is_usable(VolumeState state)
{
    return state == VolumeState::kAvailable || state == VolumeState::kInUse;
}

/// What a check of a volume says.
enum class VolumeCheck : std::uint8_t { kOk, kPassed, kNormal, kNotApplicable, kInsufficientData };
template <>
inline constexpr auto kWords<VolumeCheck> = words("ok", "passed", "normal", "not-applicable",
                                                  "insufficient-data");

/// What is told of a volume's status.
enum class VolumeStatusName : std::uint8_t { kIoEnabled, kIoPerformance, kInitializationState };
template <>
inline constexpr auto kWords<VolumeStatusName> = words("io-enabled", "io-performance",
                                                       "initialization-state");

}  // namespace amilab
