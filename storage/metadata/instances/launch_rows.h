#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/sql/database.h"

/// What a launch looks up of instance types.
namespace amilab {

/// What decides whether an image runs on an instance type. Lists are the catalogue's:
/// comma-separated.
struct LaunchTypeRow {
    std::string name{};
    std::string architectures{};
    std::string virtualization_types{};
    std::string root_device_types{};
    std::string boot_modes{};
    std::string ena_support{};
    std::string nitro_tpm_support{};
    std::string ebs_optimized_support{};
    /// nitro, xen; nothing on bare metal.
    std::optional<std::string> hypervisor{};
    std::optional<std::int64_t> maximum_attachments{};
    /// "shared": network interfaces count among the attachments.
    std::optional<std::string> attachment_limit_type{};
    std::int64_t maximum_interfaces = 0;
    std::int64_t addresses_per_interface = 0;
    std::int64_t ipv6_addresses_per_interface = 0;
    std::int64_t maximum_cards = 1;
    /// Elastic Fabric Adapters; nothing of a type that has none.
    std::optional<std::int64_t> maximum_efas{};
    /// ENA Express.
    bool ena_srd = false;
    /// unsupported, supported
    std::string flexible_ena_queues_support{};
};

std::optional<LaunchTypeRow> select_launch_type(Database& db, std::string_view name);

}  // namespace amilab
