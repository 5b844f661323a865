#include "storage/metadata/instances/launch_rows.h"

#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr auto kLaunchTypeColumns = columns<LaunchTypeRow>(
    "catalogue.instance_type", "t", text<&LaunchTypeRow::name>("name"),
    text<&LaunchTypeRow::architectures>("supported_architectures"),
    text<&LaunchTypeRow::virtualization_types>("supported_virtualization_types"),
    text<&LaunchTypeRow::root_device_types>("supported_root_device_types"),
    text<&LaunchTypeRow::boot_modes>("supported_boot_modes"),
    text<&LaunchTypeRow::ena_support>("ena_support"),
    text<&LaunchTypeRow::nitro_tpm_support>("nitro_tpm_support"),
    text<&LaunchTypeRow::ebs_optimized_support>("ebs_optimized_support"),
    text<&LaunchTypeRow::hypervisor>("hypervisor"),
    integer<&LaunchTypeRow::maximum_attachments>("ebs_maximum_attachments"),
    text<&LaunchTypeRow::attachment_limit_type>("ebs_attachment_limit_type"),
    integer<&LaunchTypeRow::maximum_interfaces>("maximum_network_interfaces"),
    integer<&LaunchTypeRow::addresses_per_interface>("ipv4_addresses_per_interface"),
    integer<&LaunchTypeRow::ipv6_addresses_per_interface>("ipv6_addresses_per_interface"),
    integer<&LaunchTypeRow::maximum_cards>("maximum_network_cards"),
    integer<&LaunchTypeRow::maximum_efas>("efa_maximum_interfaces"),
    flag<&LaunchTypeRow::ena_srd>("ena_srd_supported"),
    text<&LaunchTypeRow::flexible_ena_queues_support>("flexible_ena_queues_support"));

}  // namespace

std::optional<LaunchTypeRow> select_launch_type(Database& db, std::string_view name)
{
    return select_row<kLaunchTypeColumns>(db, "FROM catalogue.instance_type t WHERE t.name = ?",
                                          name);
}

}  // namespace amilab
