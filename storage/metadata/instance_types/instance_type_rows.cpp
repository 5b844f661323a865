#include "storage/metadata/instance_types/instance_type_rows.h"

namespace amilab {

namespace {

constexpr auto kDiskColumns = columns<InstanceDiskRow>(
    "catalogue.instance_type_disk", "d", text<&InstanceDiskRow::instance_type>("instance_type"),
    integer<&InstanceDiskRow::size_gb>("size_gb"), integer<&InstanceDiskRow::count>("count"),
    text<&InstanceDiskRow::type>("type"));

constexpr auto kCardColumns = columns<NetworkCardRow>(
    "catalogue.instance_type_network_card", "c",
    text<&NetworkCardRow::instance_type>("instance_type"),
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

constexpr auto kGpuColumns = columns<GpuRow>(
    "catalogue.instance_type_gpu", "g", text<&GpuRow::instance_type>("instance_type"),
    text<&GpuRow::name>("name"), text<&GpuRow::manufacturer>("manufacturer"),
    integer<&GpuRow::count>("count"), integer<&GpuRow::logical_count>("logical_gpu_count"),
    real<&GpuRow::partition_size>("gpu_partition_size"), list<&GpuRow::workloads>("workloads"),
    integer<&GpuRow::memory_mib>("memory_mib"));

constexpr std::string_view kOffersIt =
    "EXISTS (SELECT 1 FROM catalogue.instance_type_offering o"
    " JOIN catalogue.availability_zone z ON z.name = o.availability_zone"
    " WHERE o.instance_type = t.name AND z.region = ?)";

}  // namespace

void require_offered_in_region(ListQuery& wanted)
{
    wanted.also.sql(" AND ").part(kOffersIt, wanted.region);
}

std::optional<InstanceTypeRow> select_instance_type(Database& db, std::string_view name)
{
    return select_row<kInstanceTypeColumns>(db, "FROM catalogue.instance_type t WHERE t.name = ?",
                                            name);
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
        "FROM json_each(?) one CROSS JOIN catalogue.instance_type_disk d"
        " ON d.instance_type = one.value ORDER BY d.instance_type, d.position",
        json_list(types));
}

std::vector<NetworkCardRow> select_network_cards(Database& db,
                                                 const std::vector<std::string>& types)
{
    return select_rows<kCardColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN catalogue.instance_type_network_card c"
        " ON c.instance_type = one.value ORDER BY c.instance_type, c.network_card_index",
        json_list(types));
}

std::vector<GpuRow> select_gpus(Database& db, const std::vector<std::string>& types)
{
    return select_rows<kGpuColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN catalogue.instance_type_gpu g"
        " ON g.instance_type = one.value ORDER BY g.instance_type, g.position",
        json_list(types));
}

}  // namespace amilab
