#include "storage/metadata/instances/launch_rows.h"

#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kIsZone = "o.location_type = " + sql_word<LocationType::kAvailabilityZone>;

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

constexpr auto kIsDedicated = "(SELECT v.instance_tenancy = " + sql_word<Tenancy::kDedicated> +
                              " FROM vpc v WHERE v.id = s.vpc_id)";

constexpr auto kLaunchSubnetColumns = columns<LaunchSubnet>(
    "subnet", "s", text<&LaunchSubnet::id>("id"), text<&LaunchSubnet::vpc_id>("vpc_id"),
    text<&LaunchSubnet::zone>("zone"), text<&LaunchSubnet::zone_id>("zone_id").as("z.zone_id"),
    text<&LaunchSubnet::cidr_block>("cidr_block"), flag<&LaunchSubnet::ipv6_native>("ipv6_native"),
    flag<&LaunchSubnet::map_public_ip_on_launch>("map_public_ip_on_launch"),
    flag<&LaunchSubnet::is_dedicated>("is_dedicated").as(kIsDedicated),
    text<&LaunchSubnet::ipv6_cidr_block>("ipv6_cidr_block"),
    flag<&LaunchSubnet::assign_ipv6_address_on_creation>("assign_ipv6_address_on_creation"),
    text<&LaunchSubnet::hostname_type>("hostname_type"),
    flag<&LaunchSubnet::resource_name_dns_a>("resource_name_dns_a_record"),
    flag<&LaunchSubnet::resource_name_dns_aaaa>("resource_name_dns_aaaa_record"));

}  // namespace

std::optional<LaunchTypeRow> select_launch_type(Database& db, std::string_view name)
{
    return select_row<kLaunchTypeColumns>(db, "FROM catalogue.instance_type t WHERE t.name = ?",
                                          name);
}

std::vector<std::string> select_zones_offering(Database& db, std::string_view region,
                                               std::string_view instance_type)
{
    static constexpr auto kZones =
        "SELECT o.location FROM catalogue.instance_type_offering o"
        " WHERE o.region = ? AND o.instance_type = ?"
        " AND " +
        kIsZone + " ORDER BY o.location";
    Statement select(db, kZones);
    select.bind(region, instance_type);
    return select.texts();
}

std::optional<LaunchSubnet> select_launch_subnet(Database& db, std::string_view owner,
                                                 std::string_view region, const SubnetId& id)
{
    return select_row<kLaunchSubnetColumns>(
        db,
        "FROM subnet s JOIN catalogue.availability_zone z ON z.name = s.zone"
        " WHERE s.id = ? AND s.owner = ? AND s.region = ?",
        id, owner, region);
}

std::vector<LaunchSubnet> select_launch_subnets(Database& db, std::string_view owner,
                                                std::string_view region,
                                                std::string_view instance_type)
{
    static constexpr auto kSubnets =
        "FROM subnet s JOIN catalogue.availability_zone z ON z.name = s.zone"
        " JOIN catalogue.instance_type_offering o ON o.region = s.region"
        " AND o.location = coalesce(z.parent_zone_name, z.name)"
        " AND o.instance_type = ? AND " +
        kIsZone +
        " WHERE s.region = ? AND s.owner = ? AND s.default_for_zone = 1"
        " ORDER BY z.parent_zone_name IS NOT NULL, s.zone";
    return select_rows<kLaunchSubnetColumns>(db, kSubnets, instance_type, region, owner);
}

}  // namespace amilab
