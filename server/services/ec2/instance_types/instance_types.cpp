#include "server/services/ec2/instance_types/instance_types.h"

#include <algorithm>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/page_rows.h"
#include "server/services/ec2/instance_types/errors.h"
#include "server/wire/ec2/instance_types/instance_types.h"
#include "server/wire/ec2/schema.h"
#include "storage/base/lists.h"
#include "storage/metadata/instance_types/instance_type_rows.h"

namespace amilab::ec2 {

namespace {

// Source: without MaxResults an answer holds 100 types and a token (observed).
constexpr std::int64_t kTypesOnAPage = 100;

/// What belongs to the types of a page, by one statement for each table.
struct PageParts {
    std::vector<std::string> offered;
    // Each sorted by type.
    std::vector<InstanceDiskRow> disks;
    std::vector<NetworkCardRow> cards;
    std::vector<EbsCardRow> ebs_cards;
    std::vector<AcceleratorRow> accelerators;
};

PageParts select_parts(Session& session, const std::vector<InstanceTypeRow>& rows)
{
    auto& db = session.db();
    std::vector<std::string> names;
    for (const auto& row : rows) {
        names.push_back(row.name);
    }
    auto offered = select_offered_types(db, names, session.region());
    std::sort(offered.begin(), offered.end());
    return {std::move(offered), select_instance_disks(db, names), select_network_cards(db, names),
            select_ebs_cards(db, names), select_accelerators(db, names)};
}

/// Those of a page's child rows that belong to the type.
template <class Row>
std::vector<Row> children_of(const InstanceTypeRow& type, const std::vector<Row>& rows)
{
    return rows_of(rows, type.name,
                   [](const Row& row) -> const std::string& { return row.instance_type; });
}

InstanceStorageInfo to_storage_info(const InstanceTypeRow& row,
                                    const std::vector<InstanceDiskRow>& disks)
{
    InstanceStorageInfo info{.encryption_support = row.storage_encryption_support,
                             .nvme_support = row.storage_nvme_support,
                             .total_size_in_gb = row.storage_total_gb};
    for (const auto& disk : disks) {
        info.disks.push_back({.count = disk.count, .size_in_gb = disk.size_gb, .type = disk.type});
    }
    return info;
}

EbsInfo to_ebs_info(const InstanceTypeRow& row, const std::vector<EbsCardRow>& cards)
{
    EbsInfo info{.attachment_limit_type = row.ebs_attachment_limit_type,
                 .ebs_optimized_support = row.ebs_optimized_support,
                 .encryption_support = row.ebs_encryption_support,
                 .maximum_ebs_attachments = row.ebs_maximum_attachments,
                 .maximum_ebs_cards = row.ebs_maximum_cards,
                 .nvme_support = row.ebs_nvme_support};
    if (row.ebs_baseline_bandwidth_mbps) {
        info.ebs_optimized_info = {
            .baseline_bandwidth_in_mbps = row.ebs_baseline_bandwidth_mbps,
            .baseline_iops = row.ebs_baseline_iops,
            .baseline_throughput_in_m_bps = row.ebs_baseline_throughput_mbytes,
            .maximum_bandwidth_in_mbps = row.ebs_maximum_bandwidth_mbps,
            .maximum_iops = row.ebs_maximum_iops,
            .maximum_throughput_in_m_bps = row.ebs_maximum_throughput_mbytes};
    }
    for (const auto& card : cards) {
        info.ebs_cards.push_back({.baseline_bandwidth_in_mbps = card.baseline_bandwidth_mbps,
                                  .baseline_iops = card.baseline_iops,
                                  .baseline_throughput_in_m_bps = card.baseline_throughput_mbytes,
                                  .ebs_card_index = card.index,
                                  .maximum_bandwidth_in_mbps = card.maximum_bandwidth_mbps,
                                  .maximum_iops = card.maximum_iops,
                                  .maximum_throughput_in_m_bps = card.maximum_throughput_mbytes});
    }
    return info;
}

std::vector<NetworkCardInfo> to_network_cards(const std::vector<NetworkCardRow>& cards)
{
    std::vector<NetworkCardInfo> answers;
    for (const auto& card : cards) {
        answers.push_back(
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
    return answers;
}

NetworkInfo to_network_info(const InstanceTypeRow& row, const std::vector<NetworkCardRow>& cards)
{
    NetworkInfo info{
        .bandwidth_weightings = row.bandwidth_weightings,
        .connection_tracking_configuration = {{row.default_tcp_established_timeout_s,
                                               row.default_udp_stream_timeout_s,
                                               row.default_udp_timeout_s}},
        .default_network_card_index = row.default_network_card_index,
        .efa_supported = row.efa_supported,
        .ena_srd_supported = row.ena_srd_supported,
        .ena_support = row.ena_support,
        .encryption_in_transit_supported = row.encryption_in_transit_supported,
        .flexible_ena_queues_support = row.flexible_ena_queues_support,
        .ipv4_addresses_per_interface = row.ipv4_addresses_per_interface,
        .ipv4_addresses_per_secondary_interface = row.ipv4_addresses_per_secondary_interface,
        .ipv6_addresses_per_interface = row.ipv6_addresses_per_interface,
        .ipv6_supported = row.ipv6_supported,
        .maximum_network_cards = row.maximum_network_cards,
        .maximum_network_interfaces = row.maximum_network_interfaces,
        .maximum_secondary_network_interfaces = row.maximum_secondary_network_interfaces,
        .network_cards = to_network_cards(cards),
        .network_performance = row.network_performance,
        .secondary_network_supported = row.secondary_network_supported};
    if (row.efa_maximum_interfaces) {
        info.efa_info = {{row.efa_maximum_interfaces}};
    }
    return info;
}

void add_fpga(InstanceTypeInfo& info, const AcceleratorRow& row)
{
    auto& fpgas = info.fpga_info ? *info.fpga_info : info.fpga_info.emplace();
    fpgas.total_fpga_memory_in_mi_b = row.total_memory_mib;
    fpgas.fpgas.push_back({.count = row.count,
                           .manufacturer = row.manufacturer,
                           .memory_info = FpgaDeviceMemoryInfo{row.memory_mib},
                           .name = row.name});
}

void add_gpu(InstanceTypeInfo& info, const AcceleratorRow& row)
{
    auto& gpus = info.gpu_info ? *info.gpu_info : info.gpu_info.emplace();
    gpus.total_gpu_memory_in_mi_b = row.total_memory_mib;
    gpus.gpus.push_back({.count = row.count,
                         .gpu_partition_size = row.gpu_partition_size,
                         .logical_gpu_count = row.logical_gpu_count,
                         .manufacturer = row.manufacturer,
                         .memory_info = GpuDeviceMemoryInfo{row.memory_mib},
                         .name = row.name,
                         .workloads = row.workloads});
}

void add_inference(InstanceTypeInfo& info, const AcceleratorRow& row)
{
    auto& all = info.inference_accelerator_info ? *info.inference_accelerator_info
                                                : info.inference_accelerator_info.emplace();
    all.total_inference_memory_in_mi_b = row.total_memory_mib;
    all.accelerators.push_back({.count = row.count,
                                .manufacturer = row.manufacturer,
                                .memory_info = InferenceDeviceMemoryInfo{row.memory_mib},
                                .name = row.name});
}

void add_media(InstanceTypeInfo& info, const AcceleratorRow& row)
{
    auto& all = info.media_accelerator_info ? *info.media_accelerator_info
                                            : info.media_accelerator_info.emplace();
    all.total_media_memory_in_mi_b = row.total_memory_mib;
    all.accelerators.push_back({.count = row.count,
                                .manufacturer = row.manufacturer,
                                .memory_info = MediaDeviceMemoryInfo{row.memory_mib},
                                .name = row.name});
}

void add_neuron(InstanceTypeInfo& info, const AcceleratorRow& row)
{
    auto& all = info.neuron_info ? *info.neuron_info : info.neuron_info.emplace();
    all.total_neuron_device_memory_in_mi_b = row.total_memory_mib;
    all.neuron_devices.push_back(
        {.core_info = NeuronDeviceCoreInfo{row.core_count, row.core_version},
         .count = row.count,
         .memory_info = NeuronDeviceMemoryInfo{row.memory_mib},
         .name = row.name});
}

void add_accelerator(InstanceTypeInfo& info, const AcceleratorRow& row)
{
    switch (row.kind) {
        case AcceleratorKind::kFpga:
            return add_fpga(info, row);
        case AcceleratorKind::kGpu:
            return add_gpu(info, row);
        case AcceleratorKind::kInference:
            return add_inference(info, row);
        case AcceleratorKind::kMedia:
            return add_media(info, row);
        case AcceleratorKind::kNeuron:
            return add_neuron(info, row);
    }
}

ProcessorInfo to_processor_info(const InstanceTypeRow& row)
{
    return {.manufacturer = row.processor_manufacturer,
            .supported_architectures = row.architectures,
            .supported_features = row.processor_features,
            .sustained_clock_speed_in_ghz = row.sustained_clock_speed_ghz};
}

VCpuInfo to_vcpu_info(const InstanceTypeRow& row)
{
    return {.default_cores = row.default_cores,
            .default_threads_per_core = row.default_threads_per_core,
            .default_v_cpus = row.default_vcpus,
            .valid_cores = row.valid_cores,
            .valid_threads_per_core = row.valid_threads_per_core};
}

/// Source: EC2 API Reference, InstanceTypeInfo (documented); SupportedInRegion is always there
/// (assumed).
InstanceTypeInfo to_instance_type_info(const InstanceTypeRow& row, const PageParts& parts)
{
    InstanceTypeInfo info{.auto_recovery_supported = row.auto_recovery_supported,
                          .bare_metal = row.bare_metal,
                          .burstable_performance_supported = row.burstable_performance_supported,
                          .current_generation = row.current_generation,
                          .dedicated_hosts_supported = row.dedicated_hosts_supported,
                          .ebs_info = to_ebs_info(row, children_of(row, parts.ebs_cards)),
                          .free_tier_eligible = row.free_tier_eligible,
                          .hibernation_supported = row.hibernation_supported,
                          .hypervisor = row.hypervisor,
                          .instance_storage_supported = row.storage_supported,
                          .instance_type = row.name,
                          .memory_info = MemoryInfo{row.memory_mib},
                          .network_info = to_network_info(row, children_of(row, parts.cards)),
                          .nitro_enclaves_support = row.nitro_enclaves_support,
                          .nitro_tpm_support = row.nitro_tpm_support,
                          .phc_support = row.phc_support,
                          .placement_group_info = PlacementGroupInfo{row.placement_strategies},
                          .processor_info = to_processor_info(row),
                          .reboot_migration_support = row.reboot_migration_support,
                          .supported_boot_modes = row.boot_modes,
                          .supported_in_region = std::binary_search(parts.offered.begin(),
                                                                    parts.offered.end(), row.name),
                          .supported_root_device_types = row.root_device_types,
                          .supported_usage_classes = row.usage_classes,
                          .supported_virtualization_types = row.virtualization_types,
                          .v_cpu_info = to_vcpu_info(row)};
    if (row.storage_supported) {
        info.instance_storage_info = to_storage_info(row, children_of(row, parts.disks));
    }
    if (!row.nitro_tpm_versions.empty()) {
        info.nitro_tpm_info = NitroTpmInfo{row.nitro_tpm_versions};
    }
    for (const auto& accelerator : children_of(row, parts.accelerators)) {
        add_accelerator(info, accelerator);
    }
    return info;
}

std::vector<InstanceTypeInfo> to_answers(Session& session, std::vector<InstanceTypeRow>&& rows)
{
    const auto parts = select_parts(session, rows);
    std::vector<InstanceTypeInfo> answers;
    for (const auto& row : rows) {
        answers.push_back(to_instance_type_info(row, parts));
    }
    return answers;
}

bool wants_unsupported(const DescribeInstanceTypesRequest& request)
{
    return request.include_unsupported_in_region.value_or(false);
}

/// Source: types that the region lacks are left out unless asked for (documented).
void choose_offered(Session&, const DescribeInstanceTypesRequest& request, ListQuery& wanted)
{
    if (!wants_unsupported(request)) {
        require_offered_in_region(wanted);
    }
}

/// Source: one answer for a type that is nowhere and one that this region lacks, naming all of
/// them (observed).
void require_known_types(Session& session, const DescribeInstanceTypesRequest& request,
                         ListQuery& wanted)
{
    const auto unknown =
        wants_unsupported(request)
            ? missing_ids<kInstanceTypeList>(session.db(), wanted)
            : without(wanted.ids, select_offered_types(session.db(), wanted.ids, session.region()));
    if (!unknown.empty()) {
        throw instance_types_not_found(unknown);
    }
}

constexpr DescribeSpec kDescribe{.schema = kDescribeInstanceTypes,
                                 .ids = {.member = &DescribeInstanceTypesRequest::instance_types},
                                 .page = {.usual = kTypesOnAPage},
                                 .refine = &choose_offered,
                                 .resolve = &require_known_types,
                                 .select = &select_page<kInstanceTypeList>,
                                 .key = &key_by<&InstanceTypeRow::name>,
                                 .answers = &to_answers,
                                 .into = &DescribeInstanceTypesResponse::instance_types};

}  // namespace

// Source: EC2 API Reference, DescribeInstanceTypes (documented).
DescribeInstanceTypesResponse describe_instance_types(Session& session,
                                                      const DescribeInstanceTypesRequest& request)
{
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instance_types>(kDescribeInstanceTypes),
};

}  // namespace

constinit const Family kInstanceTypes{.operations = kOperations};

}  // namespace amilab::ec2
