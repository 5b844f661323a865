#include "storage/metadata/instance_types/instance_type_rows.h"

#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

namespace {

constexpr auto kDiskColumns = columns<InstanceDiskRow>(
    "catalogue.disk_facts", "d",
    text<&InstanceDiskRow::instance_type>("instance_type").as("t.name"),
    integer<&InstanceDiskRow::size_gb>("size_gb"), integer<&InstanceDiskRow::count>("count"),
    text<&InstanceDiskRow::type>("type"));

constexpr auto kCardColumns = columns<NetworkCardRow>(
    "catalogue.network_card_facts", "c",
    text<&NetworkCardRow::instance_type>("instance_type").as("t.name"),
    integer<&NetworkCardRow::index>("network_card_index"),
    text<&NetworkCardRow::performance>("network_performance"),
    integer<&NetworkCardRow::maximum_interfaces>("maximum_network_interfaces"),
    integer<&NetworkCardRow::additional_flexible_interfaces>(
        "additional_flexible_network_interfaces"),
    real<&NetworkCardRow::baseline_bandwidth_gbps>("baseline_bandwidth_gbps"),
    real<&NetworkCardRow::peak_bandwidth_gbps>("peak_bandwidth_gbps"),
    integer<&NetworkCardRow::default_ena_queues_per_interface>(
        "default_ena_queue_count_per_interface"),
    integer<&NetworkCardRow::maximum_ena_queues>("maximum_ena_queue_count"),
    integer<&NetworkCardRow::maximum_ena_queues_per_interface>(
        "maximum_ena_queue_count_per_interface"),
    list<&NetworkCardRow::interface_types>("interface_types"));

constexpr auto kEbsCardColumns = columns<EbsCardRow>(
    "catalogue.ebs_card_facts", "e", text<&EbsCardRow::instance_type>("instance_type").as("t.name"),
    integer<&EbsCardRow::index>("ebs_card_index"),
    integer<&EbsCardRow::baseline_bandwidth_mbps>("baseline_bandwidth_mbps"),
    real<&EbsCardRow::baseline_throughput_mbytes>("baseline_throughput_mbytes"),
    integer<&EbsCardRow::baseline_iops>("baseline_iops"),
    integer<&EbsCardRow::maximum_bandwidth_mbps>("maximum_bandwidth_mbps"),
    real<&EbsCardRow::maximum_throughput_mbytes>("maximum_throughput_mbytes"),
    integer<&EbsCardRow::maximum_iops>("maximum_iops"));

constexpr auto kAcceleratorColumns = columns<AcceleratorRow>(
    "catalogue.instance_type_accelerator", "a",
    text<&AcceleratorRow::instance_type>("instance_type"), text<&AcceleratorRow::kind>("kind"),
    text<&AcceleratorRow::name>("name"), text<&AcceleratorRow::manufacturer>("manufacturer"),
    integer<&AcceleratorRow::count>("count"), integer<&AcceleratorRow::memory_mib>("memory_mib"),
    integer<&AcceleratorRow::total_memory_mib>("total_memory_mib"),
    integer<&AcceleratorRow::logical_gpu_count>("logical_gpu_count"),
    real<&AcceleratorRow::gpu_partition_size>("gpu_partition_size"),
    list<&AcceleratorRow::workloads>("workloads"),
    integer<&AcceleratorRow::core_count>("core_count"),
    integer<&AcceleratorRow::core_version>("core_version"));

// A region is one place among those that a set has a byte for.
constexpr auto kOffersIt =
    "EXISTS (SELECT 1 FROM catalogue.offering_facts o JOIN catalogue.offering_place p"
    " ON p.location_type = " +
    sql_word<LocationType::kRegion> +
    " AND p.location = p.region WHERE o.number = t.offering"
    " AND substr(o.places, p.bit, 1) = x'31' AND p.region = ?)";

}  // namespace

void require_offered_in_region(ListQuery& wanted)
{
    wanted.also.sql(" AND ").part(kOffersIt, wanted.region);
}

std::vector<std::string> select_offered_types(Database& db, const std::vector<std::string>& types,
                                              std::string_view region)
{
    Query query("SELECT t.name FROM catalogue.instance_type t WHERE t.name IN ");
    query.list(types).sql(" AND ").part(kOffersIt, region);
    return query.on(db).texts();
}

std::vector<InstanceDiskRow> select_instance_disks(Database& db,
                                                   const std::vector<std::string>& types)
{
    return select_rows<kDiskColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN catalogue.instance_type_place t ON t.name = one.value"
        " CROSS JOIN catalogue.disk_facts d ON d.storage = t.storage ORDER BY t.name, d.position",
        json_list(types));
}

std::vector<NetworkCardRow> select_network_cards(Database& db,
                                                 const std::vector<std::string>& types)
{
    return select_rows<kCardColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN catalogue.instance_type_place t ON t.name = one.value"
        " CROSS JOIN catalogue.network_card_facts c ON c.network = t.network"
        " ORDER BY t.name, c.network_card_index",
        json_list(types));
}

std::vector<EbsCardRow> select_ebs_cards(Database& db, const std::vector<std::string>& types)
{
    return select_rows<kEbsCardColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN catalogue.instance_type_place t ON t.name = one.value"
        " CROSS JOIN catalogue.ebs_card_facts e ON e.ebs = t.ebs"
        " ORDER BY t.name, e.ebs_card_index",
        json_list(types));
}

std::vector<AcceleratorRow> select_accelerators(Database& db, const std::vector<std::string>& types)
{
    return select_rows<kAcceleratorColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN catalogue.instance_type_accelerator a"
        " ON a.instance_type = one.value ORDER BY a.instance_type, a.kind, a.position",
        json_list(types));
}

}  // namespace amilab
