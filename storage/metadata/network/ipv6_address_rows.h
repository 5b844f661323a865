#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"

/// The IPv6 addresses of network interfaces.
namespace amilab {

struct InterfaceIpv6Row {
    NetworkInterfaceId interface_id{};
    std::int64_t position = 0;
    SubnetId subnet_id{};
    /// As Ipv6Address::text() writes it.
    std::string address{};
};

/// Of several interfaces, in the order of their ids, those of each in their order.
std::vector<InterfaceIpv6Row> select_interface_ipv6(Database& db,
                                                    const std::vector<std::string>& interfaces);
/// Adds it behind those that the interface has. False when an interface has the address.
bool add_interface_ipv6(Database& db, const NetworkInterfaceId& id, const SubnetId& subnet,
                        std::string_view address);
void delete_interface_ipv6(Database& db, const NetworkInterfaceId& id, std::string_view address);
/// The addresses of all interfaces of the subnet.
std::vector<std::string> select_subnet_ipv6(Database& db, const SubnetId& subnet);
bool is_ipv6_address_taken(Database& db, std::string_view address);

}  // namespace amilab
