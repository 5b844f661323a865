#pragma once

#include <string>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

/// A gateway by which IPv6 leaves a VPC.
struct EgressOnlyGatewayRow {
    EgressOnlyGatewayId id{};
    std::string region{};
    std::string owner{};
    VpcId vpc_id{};
};

inline constexpr auto kEgressOnlyGatewayColumns = columns<EgressOnlyGatewayRow>(
    "egress_only_gateway", "g", text<&EgressOnlyGatewayRow::id>("id"),
    text<&EgressOnlyGatewayRow::region>("region"), text<&EgressOnlyGatewayRow::owner>("owner"),
    text<&EgressOnlyGatewayRow::vpc_id>("vpc_id"));
inline constexpr Listing<EgressOnlyGatewayRow> kEgressOnlyGatewayList{
    .key = "g.id", .columns = kEgressOnlyGatewayColumns};

}  // namespace amilab
