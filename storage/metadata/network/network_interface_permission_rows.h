#pragma once

#include <string>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

/// What another account may do with a network interface.
struct NetworkInterfacePermissionRow {
    NetworkInterfacePermissionId id{};
    std::string region{};
    std::string owner{};
    NetworkInterfaceId interface_id{};
    std::string account{};
    /// INSTANCE-ATTACH, EIP-ASSOCIATE
    std::string permission{};
};

inline constexpr auto kNetworkInterfacePermissionColumns = columns<NetworkInterfacePermissionRow>(
    "network_interface_permission", "p", text<&NetworkInterfacePermissionRow::id>("id"),
    text<&NetworkInterfacePermissionRow::region>("region"),
    text<&NetworkInterfacePermissionRow::owner>("owner"),
    text<&NetworkInterfacePermissionRow::interface_id>("interface_id"),
    text<&NetworkInterfacePermissionRow::account>("account"),
    text<&NetworkInterfacePermissionRow::permission>("permission"));
/// Source: EC2 API Reference, DescribeNetworkInterfacePermissions (documented).
inline constexpr FilterColumn kNetworkInterfacePermissionFilters[] = {
    {"network-interface-permission.aws-account-id", "account"},
    {"network-interface-permission.network-interface-id", "interface_id"},
    {"network-interface-permission.network-interface-permission-id", "id"},
    {"network-interface-permission.permission", "permission"},
};
inline constexpr Listing<NetworkInterfacePermissionRow> kNetworkInterfacePermissionList{
    .key = "p.id",
    .columns = kNetworkInterfacePermissionColumns,
    .filters = kNetworkInterfacePermissionFilters};

/// Whether the account was permitted to attach the interface to instances of its own.
inline bool may_attach(Database& db, const NetworkInterfaceId& id, std::string_view account)
{
    Statement select(db,
                     "SELECT 1 FROM network_interface_permission WHERE interface_id = ?"
                     " AND account = ? AND permission = 'INSTANCE-ATTACH'");
    select.bind(id, account);
    return select.step();
}

}  // namespace amilab
