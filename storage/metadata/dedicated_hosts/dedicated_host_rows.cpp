#include "storage/metadata/dedicated_hosts/dedicated_host_rows.h"

#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kHostTypeColumns =
    columns<HostTypeRow>("catalogue.instance_type", "t", text<&HostTypeRow::name>("name"),
                         integer<&HostTypeRow::vcpus>("default_vcpus"));
constexpr auto kHostInstanceColumns = columns<HostInstanceRow>(
    "instance", "n", text<&HostInstanceRow::host_id>("host_id").as("o.host_id"),
    text<&HostInstanceRow::instance_id>("id"),
    text<&HostInstanceRow::instance_type>("instance_type"), text<&HostInstanceRow::owner>("owner"));

}  // namespace

std::vector<HostTypeRow> select_host_types(Database& db, std::string_view family)
{
    return select_rows<kHostTypeColumns>(
        db,
        "FROM catalogue.instance_type t WHERE t.name > ?1 || '.' AND t.name < ?1 || '/'"
        " AND t.dedicated_hosts_supported ORDER BY t.default_vcpus, t.name",
        family);
}

std::optional<std::int64_t> select_host_type_vcpus(Database& db, std::string_view instance_type)
{
    const auto row = select_row<kHostTypeColumns>(
        db, "FROM catalogue.instance_type t WHERE t.name = ? AND t.dedicated_hosts_supported",
        instance_type);
    return row ? std::optional(row->vcpus) : std::nullopt;
}

std::vector<HostInstanceRow> select_host_instances(Database& db,
                                                   const std::vector<std::string>& hosts)
{
    static constexpr auto kOnHosts =
        "FROM json_each(?) one CROSS JOIN instance_option o ON o.host_id = one.value"
        " JOIN instance n ON n.id = o.instance_id WHERE " +
        kTakesCapacity + " ORDER BY o.host_id, n.id";
    return select_rows<kHostInstanceColumns>(db, kOnHosts, json_list(hosts));
}

std::vector<DedicatedHostRow> select_auto_placement_hosts(Database& db, std::string_view owner,
                                                          std::string_view region,
                                                          std::string_view zone,
                                                          std::string_view instance_type)
{
    static constexpr auto kHosts =
        "FROM dedicated_host h WHERE h.region = ? AND h.owner = ? AND h.zone = ?"
        " AND h.auto_placement = 'on' AND coalesce(h.instance_type, ?) = ?"
        " AND h.instance_family = ? AND h.state = " +
        sql_word<DedicatedHostState::kAvailable> + " ORDER BY h.id";
    return select_rows<kDedicatedHostColumns>(db, kHosts, region, owner, zone, instance_type,
                                              instance_type, family_of(instance_type));
}

std::optional<DedicatedHostRow> select_dedicated_host(Database& db, const DedicatedHostId& id)
{
    return select_row<kDedicatedHostColumns>(db, "FROM dedicated_host h WHERE h.id = ?", id);
}

void update_dedicated_host(Database& db, const DedicatedHostRow& row)
{
    Statement(db,
              "UPDATE dedicated_host SET instance_type = ?, auto_placement = ?, host_recovery = ?,"
              " host_maintenance = ?, state = ?, release_time_ms = ? WHERE id = ?")
        .execute(row.instance_type, row.auto_placement, row.host_recovery, row.host_maintenance,
                 row.state, row.release_time_ms, row.id);
}

}  // namespace amilab
