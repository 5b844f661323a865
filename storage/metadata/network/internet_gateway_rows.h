#pragma once

#include <optional>
#include <string>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct InternetGatewayRow {
    InternetGatewayId id{};
    std::string region{};
    std::string owner{};
    /// Whom it is attached to.
    std::optional<VpcId> vpc_id{};
};

inline constexpr auto kInternetGatewayColumns = columns<InternetGatewayRow>(
    "internet_gateway", "g", text<&InternetGatewayRow::id>("id"),
    text<&InternetGatewayRow::region>("region"), text<&InternetGatewayRow::owner>("owner"),
    text<&InternetGatewayRow::vpc_id>("vpc_id"));
inline constexpr FilterColumn kInternetGatewayFilters[] = {
    {"attachment.state", "iif(g.vpc_id IS NULL, NULL, 'available')"},
    {"attachment.vpc-id", "vpc_id"},
    {"internet-gateway-id", "id"},
    {"owner-id", "owner"},
};
inline constexpr Listing<InternetGatewayRow> kInternetGatewayList{
    .key = "g.id", .columns = kInternetGatewayColumns, .filters = kInternetGatewayFilters};

/// Attaches the gateway. False when the VPC has one.
bool attach_internet_gateway(Database& db, const InternetGatewayId& id, const VpcId& vpc);
bool has_internet_gateway(Database& db, const VpcId& vpc);
void detach_internet_gateway(Database& db, const InternetGatewayId& id);

}  // namespace amilab
