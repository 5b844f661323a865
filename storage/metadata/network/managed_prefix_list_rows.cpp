#include "storage/metadata/network/managed_prefix_list_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::vector<PrefixListEntryRow> select_prefix_list_entries(Database& db,
                                                           const ManagedPrefixListId& id,
                                                           std::int64_t version)
{
    return select_rows<kPrefixListEntryColumns>(
        db, "FROM prefix_list_entry t WHERE t.prefix_list_id = ? AND t.version = ? ORDER BY t.cidr",
        id, version);
}

std::vector<PrefixListEntryRow> select_aws_prefix_list_entries(
    Database& db, std::string_view region, const std::vector<std::string>& lists)
{
    static constexpr auto kOfLists =
        "FROM json_each(?) one CROSS JOIN (" + kAwsPrefixListEntries +
        ") t ON t.prefix_list_id = one.value AND t.region = ? ORDER BY t.prefix_list_id, t.cidr";
    return select_rows<kPrefixListEntryColumns>(db, kOfLists, json_list(lists), region);
}

void update_prefix_list(Database& db, const ManagedPrefixListRow& row)
{
    Statement(db,
              "UPDATE prefix_list SET name = ?, max_entries = ?, version = ?, state = ?"
              " WHERE id = ?")
        .execute(row.name, row.max_entries, row.version, row.state, row.id);
}

std::vector<SecurityGroupId> select_groups_with(Database& db, const ManagedPrefixListId& id)
{
    Statement select(db,
                     "SELECT DISTINCT group_id FROM security_group_rule WHERE peer = ?"
                     " ORDER BY group_id");
    select.bind(id);
    return select.values<SecurityGroupId>();
}

std::vector<RouteTableId> select_route_tables_with(Database& db, const ManagedPrefixListId& id)
{
    Statement select(db,
                     "SELECT route_table_id FROM route WHERE destination = ?"
                     " ORDER BY route_table_id");
    select.bind(id);
    return select.values<RouteTableId>();
}

bool is_prefix_list_used(Database& db, const ManagedPrefixListId& id)
{
    Statement select(db,
                     "SELECT 1 FROM security_group_rule WHERE peer = ?1"
                     " UNION ALL SELECT 1 FROM route WHERE destination = ?1");
    select.bind(id);
    return select.step();
}

}  // namespace amilab
