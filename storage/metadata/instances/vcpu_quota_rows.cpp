#include "storage/metadata/instances/vcpu_quota_rows.h"

#include "storage/metadata/instances/instance_state.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kQuotaColumns = columns<VcpuQuotaRow>(
    "vcpu_quota", "q", text<&VcpuQuotaRow::quota>("quota"), integer<&VcpuQuotaRow::vcpus>("vcpus"));

constexpr auto kInUse =
    "SELECT n.instance_type,"
    " sum(coalesce(o.core_count * o.threads_per_core, t.default_vcpus))"
    " FROM instance n JOIN catalogue.instance_type t ON t.name = n.instance_type"
    " LEFT JOIN instance_option o ON o.instance_id = n.id"
    " WHERE n.owner = ? AND n.region = ? AND n.state IN (" +
    sql_word<InstanceStateName::kPending> + ", " + sql_word<InstanceStateName::kRunning> +
    ") AND o.spot_request_id IS NULL AND coalesce(o.tenancy, 'default') <> 'host'"
    " GROUP BY n.instance_type";

}  // namespace

std::vector<VcpuQuotaRow> select_vcpu_quotas(Database& db)
{
    return select_rows<kQuotaColumns>(db, "FROM vcpu_quota q ORDER BY q.quota");
}

void put_vcpu_quota(Database& db, const VcpuQuotaRow& row)
{
    put_row<kQuotaColumns>(db, row);
}

std::vector<VcpusOfType> select_vcpus_in_use(Database& db, std::string_view owner,
                                             std::string_view region)
{
    Statement select(db, kInUse);
    select.bind(owner, region);
    std::vector<VcpusOfType> types;
    while (select.step()) {
        auto row = select.row();
        types.push_back({.instance_type = row.text(), .vcpus = row.integer()});
    }
    return types;
}

std::int64_t select_default_vcpus(Database& db, std::string_view instance_type)
{
    Statement select(db, "SELECT default_vcpus FROM catalogue.instance_type WHERE name = ?");
    select.bind(instance_type);
    return select.step() ? select.row().integer() : 0;
}

}  // namespace amilab
