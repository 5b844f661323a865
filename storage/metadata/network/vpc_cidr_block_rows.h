#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/metadata/network/address_family.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// The blocks of a VPC but its primary one, which is a column of the VPC.
namespace amilab {

struct VpcCidrBlockRow {
    VpcCidrAssociationId id{};
    std::string region{};
    std::string owner{};
    std::string vpc_id{};
    AddressFamily family{};
    std::string cidr_block{};
};

inline constexpr auto kVpcCidrBlockColumns = columns<VpcCidrBlockRow>(
    "vpc_cidr_block", "b", text<&VpcCidrBlockRow::id>("id"),
    text<&VpcCidrBlockRow::region>("region"), text<&VpcCidrBlockRow::owner>("owner"),
    text<&VpcCidrBlockRow::vpc_id>("vpc_id"), text<&VpcCidrBlockRow::family>("family"),
    text<&VpcCidrBlockRow::cidr_block>("cidr_block"));
inline constexpr Listing<VpcCidrBlockRow> kVpcCidrBlockList{.key = "b.id",
                                                            .columns = kVpcCidrBlockColumns};
inline constexpr Children<VpcCidrBlockRow> kBlocksOfVpcs{
    .columns = kVpcCidrBlockColumns, .parent = "vpc_id", .order = "id"};

/// Whether some VPC of any account has the IPv6 block.
bool is_ipv6_block_taken(Database& db, std::string_view block);

/// Whether the VPC has an IPv6 block.
bool has_ipv6_block(Database& db, const VpcId& vpc);

// Each route table of a VPC leads to each of its blocks.

void insert_local_routes(Database& db, const VpcId& vpc, std::string_view block);
void delete_local_routes(Database& db, const VpcId& vpc, std::string_view block);

}  // namespace amilab
