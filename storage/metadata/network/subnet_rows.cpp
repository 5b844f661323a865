#include "storage/metadata/network/subnet_rows.h"

namespace amilab {

void insert_subnet(Database& db, const SubnetRow& row)
{
    insert_row<kSubnetColumns>(db, row);
}

std::optional<SubnetRow> select_subnet(Database& db, std::string_view owner,
                                       std::string_view region, const SubnetId& id)
{
    static const auto tail =
        "FROM " + std::string(kSubnetFrom) + " WHERE s.region = ? AND s.owner = ? AND s.id = ?";
    return select_row<kSubnetColumns>(db, tail, region, owner, id);
}

}  // namespace amilab
