#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"

/// What a launch looks up: instance types, places and free addresses.
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
    std::optional<std::int64_t> maximum_attachments{};
    /// "shared": network interfaces count among the attachments.
    std::optional<std::string> attachment_limit_type{};
};

std::optional<LaunchTypeRow> select_launch_type(Database& db, std::string_view name);
/// The region's zones that have the type, in the order of their names.
std::vector<std::string> select_zones_offering(Database& db, std::string_view region,
                                               std::string_view instance_type);

struct LaunchSubnet {
    SubnetId id{};
    VpcId vpc_id{};
    std::string zone{};
    std::string zone_id{};
    std::string cidr_block{};
    bool map_public_ip_on_launch = false;
    /// Where the search for a free address begins.
    std::int64_t next_address = 0;
};

std::optional<LaunchSubnet> select_launch_subnet(Database& db, std::string_view owner,
                                                 std::string_view region, const SubnetId& id);
/// The default subnets in zones that have the type, in the order of the zones' names.
std::vector<LaunchSubnet> select_launch_subnets(Database& db, std::string_view owner,
                                                std::string_view region,
                                                std::string_view instance_type);

/// Up to `wanted` free private addresses of the subnet, fewer when there are no more. Addresses are
/// given in order, from the fifth on; one that has been given up comes again when all others have
/// been given. The caller uses them in the same transaction.
/// Source: the first four addresses and the last are AWS's own (documented), the order is assumed.
std::vector<std::string> take_private_addresses(Database& db, const LaunchSubnet& subnet,
                                                std::int64_t wanted);

/// A public address that no instance has, the first from the one that `start` stands for; nothing
/// when all are taken. They are of 198.18.0.0/15, which is nobody's: what is sent there by mistake
/// reaches no real machine.
std::optional<std::string> find_public_address(Database& db, std::uint64_t start);

}  // namespace amilab
