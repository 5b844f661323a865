#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct VpcRow {
    VpcId id{};
    std::string region{};
    std::string owner{};
    std::string cidr_block{};
    std::string cidr_association_id{};
    std::string dhcp_options_id{};
    bool is_default = false;
};

inline constexpr auto kVpcColumns = columns<VpcRow>(
    "vpc", "v", text<&VpcRow::id>("id"), text<&VpcRow::region>("region"),
    text<&VpcRow::owner>("owner"), text<&VpcRow::cidr_block>("cidr_block"),
    text<&VpcRow::cidr_association_id>("cidr_association_id"),
    text<&VpcRow::dhcp_options_id>("dhcp_options_id"), flag<&VpcRow::is_default>("is_default"));
inline constexpr FilterColumn kVpcFilters[] = {
    {"cidr", "cidr_block"},
    {"cidr-block-association.association-id", "cidr_association_id"},
    {"cidr-block-association.cidr-block", "cidr_block"},
    {"cidr-block-association.state", "'associated'"},
    {"dhcp-options-id", "dhcp_options_id"},
    {"is-default", "is_default"},
    {"owner-id", "owner"},
    {"state", "'available'"},
    {"vpc-id", "id"},
};
inline constexpr Listing<VpcRow> kVpcList{
    .key = "v.id", .columns = kVpcColumns, .filters = kVpcFilters};

void insert_vpc(Database& db, const VpcRow& row);

/// One indexed look, for every call that needs the network.
bool has_default_vpc(Database& db, std::string_view owner, std::string_view region);
std::optional<VpcRow> select_vpc(Database& db, std::string_view owner, std::string_view region,
                                 const VpcId& id);
std::optional<VpcRow> select_default_vpc(Database& db, std::string_view owner,
                                         std::string_view region);

}  // namespace amilab
