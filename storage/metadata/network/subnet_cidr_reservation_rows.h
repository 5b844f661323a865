#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct SubnetCidrReservationTag {
    static constexpr std::string_view kPrefix = "scr";
    static constexpr std::string_view kResourceType = "subnet-cidr-reservation";
    static constexpr std::string_view kMalformed = "InvalidSubnetCidrReservationID.Malformed";
};
using SubnetCidrReservationId = Id<SubnetCidrReservationTag>;

/// What the reserved addresses are for: prefixes that AWS chooses, or whoever asks for them by
/// name.
enum class ReservationType : std::uint8_t { kPrefix, kExplicit };
template <>
inline constexpr auto kWords<ReservationType> = words("prefix", "explicit");

struct SubnetCidrReservationRow {
    SubnetCidrReservationId id{};
    std::string region{};
    std::string owner{};
    SubnetId subnet_id{};
    std::string cidr{};
    ReservationType type{};
    std::optional<std::string> description{};
};

inline constexpr auto kSubnetCidrReservationColumns = columns<SubnetCidrReservationRow>(
    "subnet_cidr_reservation", "c", text<&SubnetCidrReservationRow::id>("id"),
    text<&SubnetCidrReservationRow::region>("region"),
    text<&SubnetCidrReservationRow::owner>("owner"),
    text<&SubnetCidrReservationRow::subnet_id>("subnet_id"),
    text<&SubnetCidrReservationRow::cidr>("cidr"), text<&SubnetCidrReservationRow::type>("type"),
    text<&SubnetCidrReservationRow::description>("description"));
/// Source: EC2 API Reference, GetSubnetCidrReservations (documented).
inline constexpr FilterColumn kSubnetCidrReservationFilters[] = {
    {"reservationType", "type"},
    {"subnet-id", "subnet_id"},
};
inline constexpr Listing<SubnetCidrReservationRow> kSubnetCidrReservationList{
    .key = "c.id",
    .columns = kSubnetCidrReservationColumns,
    .filters = kSubnetCidrReservationFilters};

/// A subnet's reservations of one family.
template <class Block>
struct ReservedBlocks {
    std::vector<Block> for_prefixes{};
    std::vector<Block> for_names{};

    /// The first reservation that has a part of the block, if there is one.
    const Block* overlapping(const Block& block) const
    {
        for (const auto* const blocks : {&for_prefixes, &for_names}) {
            for (const auto& one : *blocks) {
                if (one.overlaps(block)) {
                    return &one;
                }
            }
        }
        return nullptr;
    }
};
ReservedBlocks<Ipv4Block> select_reserved_ipv4(Database& db, const SubnetId& subnet);
ReservedBlocks<Ipv6Block> select_reserved_ipv6(Database& db, const SubnetId& subnet);

}  // namespace amilab
