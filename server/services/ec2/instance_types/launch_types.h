#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"
#include "storage/metadata/instances/launch_rows.h"

/// Which instance types run what, for launches and for changes of type.
namespace amilab::ec2 {

/// The type of what is launched or imported without one.
/// Source: EC2 API Reference, RunInstances (documented); assumed of imports.
constexpr std::string_view kDefaultLaunchType = "m1.small";

/// What an image, or an instance made of it, needs of its instance type.
struct PlatformNeeds {
    std::string architecture;
    std::string virtualization_type;
    std::string root_device_type;
    std::optional<std::string> boot_mode;
    std::optional<std::string> tpm_support;
    bool ena_support;
};

/// Of an ImageRow or an InstanceRow.
template <class Row>
PlatformNeeds needs_of(const Row& row)
{
    return {.architecture = row.architecture,
            .virtualization_type = row.virtualization_type,
            .root_device_type = row.root_device_type,
            .boot_mode = row.boot_mode,
            .tpm_support = row.tpm_support,
            .ena_support = row.ena_support};
}

/// Whether `item` is in a comma-separated list.
bool list_has(std::string_view list, std::string_view item);

/// Throws when the type cannot run it: InvalidParameterValue (architecture),
/// InvalidParameterCombination, Unsupported.
/// Source: EC2 User Guide, "Instance type specifications" and "Boot modes" (documented); texts are
/// observed for architecture, virtualization and ENA, assumed for boot modes and NitroTPM.
void require_runs_on(const LaunchTypeRow& type, const PlatformNeeds& needs);

/// How the type boots it: what the image says, else what the type prefers.
/// Source: legacy-bios on Intel and AMD, uefi on Graviton (documented).
std::string current_boot_mode(const LaunchTypeRow& type,
                              const std::optional<std::string>& image_boot_mode);

/// Throws Unsupported, naming the zones that have the type, unless `zone` is one of them.
void require_offered(Session& session, const LaunchTypeRow& type, std::string_view zone);

}  // namespace amilab::ec2
