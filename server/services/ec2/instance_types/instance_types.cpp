#include "server/services/ec2/instance_types/instance_types.h"

#include <algorithm>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/instance_types/errors.h"
#include "server/wire/ec2/instance_types/instance_types.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instance_types/instance_type_rows.h"

namespace amilab::ec2 {

namespace {

// Source: without MaxResults an answer holds 100 types and a token (observed).
constexpr std::int64_t kPageSize = 100;

InstanceStorageInfo to_storage_info(Session& session, const InstanceTypeRow& row)
{
    InstanceStorageInfo info{.encryption_support = row.storage.encryption_support,
                             .nvme_support = row.storage.nvme_support,
                             .total_size_in_gb = row.storage.total_gb};
    for (const auto& disk : select_instance_disks(session.db(), row.name)) {
        info.disks.push_back({.count = disk.count, .size_in_gb = disk.size_gb, .type = disk.type});
    }
    return info;
}

EbsInfo to_ebs_info(const InstanceEbsRow& row)
{
    EbsInfo info{.attachment_limit_type = row.attachment_limit_type,
                 .ebs_optimized_support = row.optimized_support,
                 .encryption_support = row.encryption_support,
                 .maximum_ebs_attachments = row.maximum_attachments,
                 .nvme_support = row.nvme_support};
    if (row.optimized) {
        info.ebs_optimized_info = {
            .baseline_bandwidth_in_mbps = row.optimized->baseline_bandwidth_mbps,
            .baseline_iops = row.optimized->baseline_iops,
            .baseline_throughput_in_m_bps = row.optimized->baseline_throughput_mbytes,
            .maximum_bandwidth_in_mbps = row.optimized->maximum_bandwidth_mbps,
            .maximum_iops = row.optimized->maximum_iops,
            .maximum_throughput_in_m_bps = row.optimized->maximum_throughput_mbytes};
    }
    return info;
}

NetworkInfo to_network_info(Session& session, const InstanceTypeRow& row)
{
    const auto& network = row.network;
    NetworkInfo info{
        .bandwidth_weightings = network.bandwidth_weightings,
        .connection_tracking_configuration = {{network.default_tcp_established_timeout_s,
                                               network.default_udp_stream_timeout_s,
                                               network.default_udp_timeout_s}},
        .default_network_card_index = network.default_card_index,
        .efa_supported = network.efa_supported,
        .ena_srd_supported = network.ena_srd_supported,
        .ena_support = network.ena_support,
        .encryption_in_transit_supported = network.encryption_in_transit_supported,
        .flexible_ena_queues_support = network.flexible_ena_queues_support,
        .ipv4_addresses_per_interface = network.ipv4_addresses_per_interface,
        .ipv4_addresses_per_secondary_interface = network.ipv4_addresses_per_secondary_interface,
        .ipv6_addresses_per_interface = network.ipv6_addresses_per_interface,
        .ipv6_supported = network.ipv6_supported,
        .maximum_network_cards = network.maximum_cards,
        .maximum_network_interfaces = network.maximum_interfaces,
        .maximum_secondary_network_interfaces = network.maximum_secondary_interfaces,
        .network_performance = network.performance,
        .secondary_network_supported = network.secondary_network_supported};
    if (network.efa_maximum_interfaces) {
        info.efa_info = {{network.efa_maximum_interfaces}};
    }
    for (const auto& card : select_network_cards(session.db(), row.name)) {
        info.network_cards.push_back(
            {.additional_flexible_network_interfaces = card.additional_flexible_interfaces,
             .baseline_bandwidth_in_gbps = card.baseline_bandwidth_gbps,
             .default_ena_queue_count_per_interface = card.default_ena_queues_per_interface,
             .interface_types = card.interface_types,
             .maximum_ena_queue_count = card.maximum_ena_queues,
             .maximum_ena_queue_count_per_interface = card.maximum_ena_queues_per_interface,
             .maximum_network_interfaces = card.maximum_interfaces,
             .network_card_index = card.index,
             .network_performance = card.performance,
             .peak_bandwidth_in_gbps = card.peak_bandwidth_gbps});
    }
    return info;
}

std::optional<GpuInfo> to_gpu_info(Session& session, const InstanceTypeRow& row)
{
    if (!row.gpu_total_memory_mib) {
        return std::nullopt;
    }
    GpuInfo info{.total_gpu_memory_in_mi_b = row.gpu_total_memory_mib};
    for (const auto& gpu : select_gpus(session.db(), row.name)) {
        info.gpus.push_back({.count = gpu.count,
                             .gpu_partition_size = gpu.partition_size,
                             .logical_gpu_count = gpu.logical_count,
                             .manufacturer = gpu.manufacturer,
                             .memory_info = GpuDeviceMemoryInfo{gpu.memory_mib},
                             .name = gpu.name,
                             .workloads = gpu.workloads});
    }
    return info;
}

ProcessorInfo to_processor_info(const ProcessorRow& row)
{
    return {.manufacturer = row.manufacturer,
            .supported_architectures = row.architectures,
            .supported_features = row.features,
            .sustained_clock_speed_in_ghz = row.sustained_clock_speed_ghz};
}

VCpuInfo to_vcpu_info(const VcpuRow& row)
{
    return {.default_cores = row.default_cores,
            .default_threads_per_core = row.default_threads_per_core,
            .default_v_cpus = row.default_vcpus,
            .valid_cores = row.valid_cores,
            .valid_threads_per_core = row.valid_threads_per_core};
}

InstanceTypeInfo to_instance_type_info(Session& session, const InstanceTypeRow& row)
{
    InstanceTypeInfo info{
        .auto_recovery_supported = row.auto_recovery_supported,
        .bare_metal = row.bare_metal,
        .burstable_performance_supported = row.burstable,
        .current_generation = row.current_generation,
        .dedicated_hosts_supported = row.dedicated_hosts_supported,
        .ebs_info = to_ebs_info(row.ebs),
        .free_tier_eligible = row.free_tier_eligible,
        .gpu_info = to_gpu_info(session, row),
        .hibernation_supported = row.hibernation_supported,
        .hypervisor = row.hypervisor,
        .instance_storage_supported = row.storage.supported,
        .instance_type = row.name,
        .memory_info = MemoryInfo{row.memory_mib},
        .network_info = to_network_info(session, row),
        .nitro_enclaves_support = row.nitro_enclaves_support,
        .nitro_tpm_support = row.nitro_tpm_support,
        .phc_support = row.phc_support,
        .placement_group_info = PlacementGroupInfo{row.placement_strategies},
        .processor_info = to_processor_info(row.processor),
        .reboot_migration_support = row.reboot_migration_support,
        .supported_boot_modes = row.boot_modes,
        .supported_in_region =
            !select_offering_zones(session.db(), row.name, session.region()).empty(),
        .supported_root_device_types = row.root_device_types,
        .supported_usage_classes = row.usage_classes,
        .supported_virtualization_types = row.virtualization_types,
        .v_cpu_info = to_vcpu_info(row.vcpus)};
    if (row.storage.supported) {
        info.instance_storage_info = to_storage_info(session, row);
    }
    if (!row.nitro_tpm_versions.empty()) {
        info.nitro_tpm_info = NitroTpmInfo{row.nitro_tpm_versions};
    }
    return info;
}

/// Source: one answer for a type that is nowhere and one that this region lacks, naming all of
/// them (observed).
void require_known_types(Session& session, const DescribeInstanceTypesRequest& request)
{
    const bool anywhere = request.include_unsupported_in_region.value_or(false);
    std::vector<std::string> unknown;
    for (const auto& name : request.instance_types) {
        const bool known =
            anywhere ? select_instance_type(session.db(), name).has_value()
                     : !select_offering_zones(session.db(), name, session.region()).empty();
        if (!known) {
            unknown.push_back(name);
        }
    }
    if (!unknown.empty()) {
        throw instance_types_not_found(unknown);
    }
}

}  // namespace

// Source: EC2 API Reference, DescribeInstanceTypes (documented): types that the region lacks are
// left out unless asked for; SupportedInRegion is always there (assumed).
DescribeInstanceTypesResponse describe_instance_types(Session& session,
                                                      const DescribeInstanceTypesRequest& request)
{
    const auto filters = parse_filters(kDescribeInstanceTypes, request.filters);
    auto page = parse_page(session, request.max_results, request.next_token);
    page.limit = page.limit.value_or(kPageSize);
    stop_if_dry_run(request);
    require_known_types(session, request);
    auto rows = select_instance_types(
        session.db(), {.region = session.region(),
                       .names = request.instance_types,
                       .include_unsupported = request.include_unsupported_in_region.value_or(false),
                       .filters = filters,
                       .after = page.after,
                       .limit = page.sql_limit()});
    DescribeInstanceTypesResponse response;
    response.next_token = cut_page(page, rows, [](const auto& row) { return row.name; });
    for (const auto& row : rows) {
        response.instance_types.push_back(to_instance_type_info(session, row));
    }
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instance_types>(kDescribeInstanceTypes),
};

}  // namespace

constinit const Family kInstanceTypes{.operations = kOperations};

}  // namespace amilab::ec2
