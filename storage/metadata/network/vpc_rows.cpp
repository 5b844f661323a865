#include "storage/metadata/network/vpc_rows.h"

namespace amilab {

void insert_vpc(Database& db, const VpcRow& row)
{
    insert_row<kVpcColumns>(db, row);
}

bool has_default_vpc(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db, "SELECT 1 FROM vpc WHERE region = ? AND owner = ? AND is_default = 1");
    select.bind(region, owner);
    return select.step();
}

std::optional<VpcRow> select_vpc(Database& db, std::string_view owner, std::string_view region,
                                 const VpcId& id)
{
    return select_row<kVpcColumns>(db, "FROM vpc v WHERE v.region = ? AND v.owner = ? AND v.id = ?",
                                   region, owner, id);
}

std::optional<VpcRow> select_default_vpc(Database& db, std::string_view owner,
                                         std::string_view region)
{
    return select_row<kVpcColumns>(
        db, "FROM vpc v WHERE v.region = ? AND v.owner = ? AND v.is_default = 1", region, owner);
}

}  // namespace amilab
