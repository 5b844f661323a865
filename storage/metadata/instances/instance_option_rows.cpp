#include "storage/metadata/instances/instance_option_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kOptionColumns = columns<InstanceOptionRow>(
    "instance_option", "o", text<&InstanceOptionRow::instance_id>("instance_id"),
    flag<&InstanceOptionRow::monitored>("monitored"), text<&InstanceOptionRow::tenancy>("tenancy"),
    text<&InstanceOptionRow::placement_group_id>("placement_group_id"),
    text<&InstanceOptionRow::placement_group_name>("placement_group_name"),
    integer<&InstanceOptionRow::partition_number>("partition_number"),
    text<&InstanceOptionRow::http_endpoint>("http_endpoint"),
    text<&InstanceOptionRow::http_protocol_ipv6>("http_protocol_ipv6"),
    text<&InstanceOptionRow::instance_metadata_tags>("instance_metadata_tags"),
    integer<&InstanceOptionRow::core_count>("core_count"),
    integer<&InstanceOptionRow::threads_per_core>("threads_per_core"),
    text<&InstanceOptionRow::amd_sev_snp>("amd_sev_snp"),
    text<&InstanceOptionRow::nested_virtualization>("nested_virtualization"),
    flag<&InstanceOptionRow::hibernation>("hibernation"),
    flag<&InstanceOptionRow::enclave>("enclave"),
    text<&InstanceOptionRow::auto_recovery>("auto_recovery"),
    text<&InstanceOptionRow::reboot_migration>("reboot_migration"),
    text<&InstanceOptionRow::hostname_type>("hostname_type"),
    flag<&InstanceOptionRow::resource_name_dns_a>("resource_name_dns_a"),
    flag<&InstanceOptionRow::resource_name_dns_aaaa>("resource_name_dns_aaaa"),
    text<&InstanceOptionRow::cpu_credits>("cpu_credits"),
    text<&InstanceOptionRow::capacity_preference>("capacity_preference"),
    text<&InstanceOptionRow::bandwidth_weighting>("bandwidth_weighting"),
    list<&InstanceOptionRow::licenses>("licenses"),
    text<&InstanceOptionRow::spot_request_id>("spot_request_id"),
    text<&InstanceOptionRow::capacity_target_id>("capacity_target_id"),
    text<&InstanceOptionRow::capacity_reservation_id>("capacity_reservation_id"),
    text<&InstanceOptionRow::host_id>("host_id"), text<&InstanceOptionRow::affinity>("affinity"));

constexpr auto kTypeColumns = columns<TypeOptionsRow>(
    "catalogue.instance_type", "t", text<&TypeOptionsRow::name>("name"),
    flag<&TypeOptionsRow::burstable>("burstable_performance_supported"),
    flag<&TypeOptionsRow::hibernation>("hibernation_supported"),
    flag<&TypeOptionsRow::bare_metal>("bare_metal"),
    text<&TypeOptionsRow::hypervisor>("hypervisor"),
    text<&TypeOptionsRow::nitro_enclaves_support>("nitro_enclaves_support"),
    integer<&TypeOptionsRow::default_cores>("default_cores"),
    integer<&TypeOptionsRow::default_threads_per_core>("default_threads_per_core"),
    text<&TypeOptionsRow::valid_cores>("valid_cores"),
    text<&TypeOptionsRow::valid_threads_per_core>("valid_threads_per_core"),
    text<&TypeOptionsRow::processor_features>("processor_supported_features"),
    text<&TypeOptionsRow::bandwidth_weightings>("bandwidth_weightings"),
    text<&TypeOptionsRow::placement_strategies>("placement_strategies"));

}  // namespace

TypeOptionsRow select_type_options(Database& db, std::string_view name)
{
    return select_row<kTypeColumns>(db, "FROM catalogue.instance_type t WHERE t.name = ?", name)
        .value_or(TypeOptionsRow{});
}

void insert_instance_options(Database& db, const InstanceOptionRow& row)
{
    if (row != InstanceOptionRow{.instance_id = row.instance_id}) {
        insert_row<kOptionColumns>(db, row);
    }
}

void put_instance_options(Database& db, const InstanceOptionRow& row)
{
    put_row<kOptionColumns>(db, row);
}

InstanceOptionRow select_instance_options(Database& db, const InstanceId& id)
{
    auto row = select_row<kOptionColumns>(db, "FROM instance_option o WHERE o.instance_id = ?", id);
    return row ? std::move(*row) : InstanceOptionRow{.instance_id = id};
}

std::vector<InstanceOptionRow> select_instance_options(Database& db,
                                                       const std::vector<std::string>& instances)
{
    return select_rows<kOptionColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN instance_option o ON o.instance_id = one.value"
        " ORDER BY o.instance_id",
        json_list(instances));
}

bool placement_group_is_used(Database& db, std::string_view placement_group_id)
{
    static constexpr auto kUsers =
        "SELECT 1 FROM instance_option o JOIN instance n ON n.id = o.instance_id"
        " WHERE o.placement_group_id = ? AND n.state <> " +
        sql_word<InstanceStateName::kTerminated>;
    Statement select(db, kUsers);
    select.bind(placement_group_id);
    return select.step();
}

}  // namespace amilab
