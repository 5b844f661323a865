#include "storage/metadata/network/dhcp_options_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<DhcpOptionsRow> select_default_dhcp_options(Database& db, std::string_view owner,
                                                          std::string_view region)
{
    return select_row<kDhcpOptionsColumns>(
        db, "FROM dhcp_options d WHERE d.region = ? AND d.owner = ? AND d.is_default = 1", region,
        owner);
}

bool has_default_dhcp_options(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db,
                     "SELECT 1 FROM dhcp_options WHERE region = ? AND owner = ? AND is_default = "
                     "1");
    select.bind(region, owner);
    return select.step();
}

bool are_dhcp_options_in_use(Database& db, const DhcpOptionsId& id)
{
    Statement select(db, "SELECT 1 FROM vpc WHERE dhcp_options_id = ?");
    select.bind(id);
    return select.step();
}

}  // namespace amilab
