#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

/// NAT gateways. Their addresses are those of their network interfaces.
namespace amilab {

enum class NatGatewayState : std::uint8_t { kPending, kFailed, kAvailable, kDeleting, kDeleted };
template <>
inline constexpr auto kWords<NatGatewayState> = words("pending", "failed", "available", "deleting",
                                                      "deleted");

/// Whether its packets leave by an elastic address.
enum class ConnectivityType : std::uint8_t { kPublic, kPrivate };
template <>
inline constexpr auto kWords<ConnectivityType> = words("public", "private");

struct NatGatewayRow {
    NatGatewayId id{};
    std::string region{};
    std::string owner{};
    VpcId vpc_id{};
    SubnetId subnet_id{};
    ConnectivityType connectivity_type{};
    NatGatewayState state{};
    // Why it fails: known from the start, told once it has failed.
    std::optional<std::string> failure_code{};
    std::optional<std::string> failure_message{};
    TimeMs create_time_ms = 0;
    std::optional<TimeMs> delete_time_ms{};
    /// Nothing of one that fails, or that has been deleted.
    std::optional<NetworkInterfaceId> interface_id{};
};

inline constexpr auto kNatGatewayColumns = columns<NatGatewayRow>(
    "nat_gateway", "n", text<&NatGatewayRow::id>("id"), text<&NatGatewayRow::region>("region"),
    text<&NatGatewayRow::owner>("owner"), text<&NatGatewayRow::vpc_id>("vpc_id"),
    text<&NatGatewayRow::subnet_id>("subnet_id"),
    text<&NatGatewayRow::connectivity_type>("connectivity_type"),
    text<&NatGatewayRow::state>("state"), text<&NatGatewayRow::failure_code>("failure_code"),
    text<&NatGatewayRow::failure_message>("failure_message"),
    time<&NatGatewayRow::create_time_ms>("create_time_ms"),
    time<&NatGatewayRow::delete_time_ms>("delete_time_ms"),
    text<&NatGatewayRow::interface_id>("interface_id"));
/// Source: EC2 API Reference, DescribeNatGateways (documented).
inline constexpr FilterColumn kNatGatewayFilters[] = {
    {"nat-gateway-id", "id"},
    {"state", "state"},
    {"subnet-id", "subnet_id"},
    {"vpc-id", "vpc_id"},
};
inline constexpr Listing<NatGatewayRow> kNatGatewayList{
    .key = "n.id", .columns = kNatGatewayColumns, .filters = kNatGatewayFilters};

/// Whoever has it.
std::optional<NatGatewayRow> select_nat_gateway(Database& db, const NatGatewayId& id);
/// Sets the gateway's state, its time of deletion and its interface as the row has them.
void update_nat_gateway(Database& db, const NatGatewayRow& row);

}  // namespace amilab
