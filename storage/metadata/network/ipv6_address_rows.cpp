#include "storage/metadata/network/ipv6_address_rows.h"

#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kIpv6Columns = columns<InterfaceIpv6Row>(
    "interface_ipv6_address", "a", text<&InterfaceIpv6Row::interface_id>("interface_id"),
    integer<&InterfaceIpv6Row::position>("position"),
    text<&InterfaceIpv6Row::subnet_id>("subnet_id"), text<&InterfaceIpv6Row::address>("address"));
constexpr Children<InterfaceIpv6Row> kIpv6OfInterfaces{
    .columns = kIpv6Columns, .parent = "interface_id", .order = "position"};

}  // namespace

std::vector<InterfaceIpv6Row> select_interface_ipv6(Database& db,
                                                    const std::vector<std::string>& interfaces)
{
    return select_children<kIpv6OfInterfaces>(db, interfaces);
}

bool add_interface_ipv6(Database& db, const NetworkInterfaceId& id, const SubnetId& subnet,
                        std::string_view address)
{
    Statement(db,
              "INSERT OR IGNORE INTO interface_ipv6_address"
              " (interface_id, position, subnet_id, address)"
              " SELECT ?1, ifnull(1 + max(position), 0), ?2, ?3 FROM interface_ipv6_address"
              " WHERE interface_id = ?1")
        .execute(id, subnet, address);
    return db.changes() == 1;
}

void delete_interface_ipv6(Database& db, const NetworkInterfaceId& id, std::string_view address)
{
    Statement(db, "DELETE FROM interface_ipv6_address WHERE interface_id = ? AND address = ?")
        .execute(id, address);
}

std::vector<std::string> select_subnet_ipv6(Database& db, const SubnetId& subnet)
{
    Statement select(db, "SELECT address FROM interface_ipv6_address WHERE subnet_id = ?");
    select.bind(subnet);
    return select.texts();
}

bool is_ipv6_address_taken(Database& db, std::string_view address)
{
    Statement select(db, "SELECT 1 FROM interface_ipv6_address WHERE address = ?");
    select.bind(address);
    return select.step();
}

}  // namespace amilab
