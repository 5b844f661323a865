#pragma once

#include <cstdint>
#include <string_view>

#include "storage/base/vocabulary.h"

/// The words of images, of which instances and instance types say many alike.
/// Source: the service model's enumerations (documented).
namespace amilab {

/// The states that images come into here, of all that AWS names.
enum class ImageState : std::uint8_t { kPending, kAvailable, kFailed, kDisabled, kDeregistered };
template <>
inline constexpr auto kWords<ImageState> = words("pending", "available", "failed", "disabled",
                                                 "deregistered");

/// Whether an image may be deregistered.
enum class ImageProtection : std::uint8_t { kDisabled, kWithCooldown, kWithoutCooldown };
template <>
inline constexpr auto kWords<ImageProtection> = words("disabled", "enabled-with-cooldown",
                                                      "enabled-without-cooldown");

enum class Architecture : std::uint8_t { kI386, kX8664, kArm64, kX8664Mac, kArm64Mac };
template <>
inline constexpr auto kWords<Architecture> = words("i386", "x86_64", "arm64", "x86_64_mac",
                                                   "arm64_mac");

enum class ImageType : std::uint8_t { kMachine, kKernel, kRamdisk };
template <>
inline constexpr auto kWords<ImageType> = words("machine", "kernel", "ramdisk");

enum class RootDeviceType : std::uint8_t { kEbs, kInstanceStore };
template <>
inline constexpr auto kWords<RootDeviceType> = words("ebs", "instance-store");

enum class VirtualizationType : std::uint8_t { kHvm, kParavirtual };
template <>
inline constexpr auto kWords<VirtualizationType> = words("hvm", "paravirtual");

/// Of images and instances; what instance types name is TypeHypervisor.
enum class Hypervisor : std::uint8_t { kXen, kOvm };
template <>
inline constexpr auto kWords<Hypervisor> = words("xen", "ovm");

enum class BootMode : std::uint8_t { kLegacyBios, kUefi, kUefiPreferred };
template <>
inline constexpr auto kWords<BootMode> = words("legacy-bios", "uefi", "uefi-preferred");

enum class ImdsSupport : std::uint8_t { kVersion2 };
template <>
inline constexpr auto kWords<ImdsSupport> = words("v2.0");

enum class TpmSupport : std::uint8_t { kVersion2 };
template <>
inline constexpr auto kWords<TpmSupport> = words("v2.0");

enum class SriovNetSupport : std::uint8_t { kSimple };
template <>
inline constexpr auto kWords<SriovNetSupport> = words("simple");

enum class Platform : std::uint8_t { kWindows };
template <>
inline constexpr auto kWords<Platform> = words("windows");

/// Owners that have a name, of images and snapshots.
enum class OwnerAlias : std::uint8_t { kAmazon, kAwsBackupVault, kAwsMarketplace };
template <>
inline constexpr auto kWords<OwnerAlias> = words("amazon", "aws-backup-vault", "aws-marketplace");

/// What refers to images, or uses them.
enum class ImageUser : std::uint8_t {
    kInstance,
    kLaunchTemplate,
    kImageRecipe,
    kContainerRecipe,
    kParameter
};
template <>
inline constexpr auto kWords<ImageUser> = words("ec2:Instance", "ec2:LaunchTemplate",
                                                "imagebuilder:ImageRecipe",
                                                "imagebuilder:ContainerRecipe", "ssm:Parameter");

/// What can be said of an ImageUser that is asked for.
enum class ImageUserOption : std::uint8_t { kStateName, kVersionDepth };
template <>
inline constexpr auto kWords<ImageUserOption> = words("state-name", "version-depth");

/// What a machine without a licence is billed as; others have more behind it.
inline constexpr std::string_view kPlainUsageOperation = "RunInstances";

}  // namespace amilab
