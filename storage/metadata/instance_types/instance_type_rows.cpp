#include "storage/metadata/instance_types/instance_type_rows.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

// The order is that of the readers below.
constexpr std::string_view kColumns =
    "SELECT t.name, t.current_generation, t.free_tier_eligible, t.supported_usage_classes,"
    " t.supported_root_device_types, t.supported_virtualization_types, t.bare_metal, t.hypervisor,"
    " t.supported_architectures, t.sustained_clock_speed_ghz, t.processor_supported_features,"
    " t.processor_manufacturer,"
    " t.default_vcpus, t.default_cores, t.default_threads_per_core, t.valid_cores,"
    " t.valid_threads_per_core, t.memory_mib,"
    " t.instance_storage_supported, t.instance_storage_total_gb, t.instance_storage_nvme_support,"
    " t.instance_storage_encryption_support,"
    " t.ebs_optimized_support, t.ebs_encryption_support, t.ebs_baseline_bandwidth_mbps,"
    " t.ebs_baseline_throughput_mbytes, t.ebs_baseline_iops, t.ebs_maximum_bandwidth_mbps,"
    " t.ebs_maximum_throughput_mbytes, t.ebs_maximum_iops, t.ebs_nvme_support,"
    " t.ebs_maximum_attachments, t.ebs_attachment_limit_type,"
    " t.network_performance, t.maximum_network_interfaces, t.maximum_network_cards,"
    " t.default_network_card_index, t.ipv4_addresses_per_interface,"
    " t.ipv6_addresses_per_interface, t.ipv6_supported, t.ena_support, t.efa_supported,"
    " t.efa_maximum_interfaces, t.encryption_in_transit_supported, t.ena_srd_supported,"
    " t.bandwidth_weightings, t.flexible_ena_queues_support, t.default_tcp_established_timeout,"
    " t.default_udp_timeout, t.default_udp_stream_timeout, t.secondary_network_supported,"
    " t.maximum_secondary_network_interfaces, t.ipv4_addresses_per_secondary_interface,"
    " t.gpu_total_memory_mib, t.placement_strategies, t.hibernation_supported,"
    " t.burstable_performance_supported, t.dedicated_hosts_supported, t.auto_recovery_supported,"
    " t.supported_boot_modes, t.nitro_enclaves_support, t.nitro_tpm_support,"
    " t.nitro_tpm_supported_versions, t.phc_support, t.reboot_migration_support"
    " FROM catalogue.instance_type t WHERE ";

/// The members of a comma-separated list; none of NULL.
std::vector<std::string> read_list(Statement::Row& row)
{
    std::vector<std::string> members;
    const auto text = row.optional_text();
    if (!text) {
        return members;
    }
    std::size_t begin = 0;
    for (;;) {
        const auto end = text->find(',', begin);
        members.push_back(text->substr(begin, end - begin));
        if (end == std::string::npos) {
            return members;
        }
        begin = end + 1;
    }
}

std::vector<std::int64_t> read_numbers(Statement::Row& row)
{
    std::vector<std::int64_t> numbers;
    for (const auto& text : read_list(row)) {
        std::from_chars(text.data(), text.data() + text.size(), numbers.emplace_back());
    }
    return numbers;
}

ProcessorRow read_processor(Statement::Row& row)
{
    return {.architectures = read_list(row),
            .sustained_clock_speed_ghz = row.optional_real(),
            .features = read_list(row),
            .manufacturer = row.optional_text()};
}

VcpuRow read_vcpus(Statement::Row& row)
{
    return {.default_vcpus = row.integer(),
            .default_cores = row.integer(),
            .default_threads_per_core = row.integer(),
            .valid_cores = read_numbers(row),
            .valid_threads_per_core = read_numbers(row)};
}

InstanceStorageRow read_storage(Statement::Row& row)
{
    return {.supported = row.boolean(),
            .total_gb = row.optional_integer(),
            .nvme_support = row.optional_text(),
            .encryption_support = row.optional_text()};
}

InstanceEbsRow read_ebs(Statement::Row& row)
{
    InstanceEbsRow ebs{.optimized_support = row.text(),
                       .encryption_support = row.text(),
                       .optimized = {},
                       .nvme_support = {},
                       .maximum_attachments = {},
                       .attachment_limit_type = {}};
    const auto baseline_bandwidth = row.optional_integer();
    const EbsOptimizedRow optimized{.baseline_bandwidth_mbps = baseline_bandwidth.value_or(0),
                                    .baseline_throughput_mbytes = row.real(),
                                    .baseline_iops = row.integer(),
                                    .maximum_bandwidth_mbps = row.integer(),
                                    .maximum_throughput_mbytes = row.real(),
                                    .maximum_iops = row.integer()};
    if (baseline_bandwidth) {
        ebs.optimized = optimized;
    }
    ebs.nvme_support = row.text();
    ebs.maximum_attachments = row.optional_integer();
    ebs.attachment_limit_type = row.optional_text();
    return ebs;
}

InstanceNetworkRow read_network(Statement::Row& row)
{
    return {.performance = row.text(),
            .maximum_interfaces = row.integer(),
            .maximum_cards = row.integer(),
            .default_card_index = row.integer(),
            .ipv4_addresses_per_interface = row.integer(),
            .ipv6_addresses_per_interface = row.integer(),
            .ipv6_supported = row.boolean(),
            .ena_support = row.text(),
            .efa_supported = row.boolean(),
            .efa_maximum_interfaces = row.optional_integer(),
            .encryption_in_transit_supported = row.boolean(),
            .ena_srd_supported = row.boolean(),
            .bandwidth_weightings = read_list(row),
            .flexible_ena_queues_support = row.text(),
            .default_tcp_established_timeout_s = row.integer(),
            .default_udp_timeout_s = row.integer(),
            .default_udp_stream_timeout_s = row.integer(),
            .secondary_network_supported = row.boolean(),
            .maximum_secondary_interfaces = row.optional_integer(),
            .ipv4_addresses_per_secondary_interface = row.optional_integer()};
}

InstanceTypeRow read_instance_type(Statement& select)
{
    auto row = select.row();
    return {.name = row.text(),
            .current_generation = row.boolean(),
            .free_tier_eligible = row.boolean(),
            .usage_classes = read_list(row),
            .root_device_types = read_list(row),
            .virtualization_types = read_list(row),
            .bare_metal = row.boolean(),
            .hypervisor = row.optional_text(),
            .processor = read_processor(row),
            .vcpus = read_vcpus(row),
            .memory_mib = row.integer(),
            .storage = read_storage(row),
            .ebs = read_ebs(row),
            .network = read_network(row),
            .gpu_total_memory_mib = row.optional_integer(),
            .placement_strategies = read_list(row),
            .hibernation_supported = row.boolean(),
            .burstable = row.boolean(),
            .dedicated_hosts_supported = row.boolean(),
            .auto_recovery_supported = row.boolean(),
            .boot_modes = read_list(row),
            .nitro_enclaves_support = row.text(),
            .nitro_tpm_support = row.text(),
            .nitro_tpm_versions = read_list(row),
            .phc_support = row.text(),
            .reboot_migration_support = row.text()};
}

/// How a column's values are compared with those of a filter.
enum class Shape {
    kText,
    kFlag,
    kInteger,
    /// 3.0 is "3" and "3.0".
    kReal,
    /// Any member of a comma-separated list.
    kList,
    /// Any member, or the list as it stands: "1" or "1,2" (documented).
    kListOrMember,
    kDisk,
};

struct FilterSource {
    std::string_view filter;
    std::string_view column;
    Shape shape = Shape::kText;
};

// Source: EC2 API Reference, DescribeInstanceTypes (documented).
constexpr std::array<FilterSource, 56> kFilters = {{
    {"auto-recovery-supported", "auto_recovery_supported", Shape::kFlag},
    {"bare-metal", "bare_metal", Shape::kFlag},
    {"burstable-performance-supported", "burstable_performance_supported", Shape::kFlag},
    {"current-generation", "current_generation", Shape::kFlag},
    {"dedicated-hosts-supported", "dedicated_hosts_supported", Shape::kFlag},
    {"ebs-info.attachment-limit-type", "ebs_attachment_limit_type"},
    {"ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps", "ebs_baseline_bandwidth_mbps",
     Shape::kInteger},
    {"ebs-info.ebs-optimized-info.baseline-iops", "ebs_baseline_iops", Shape::kInteger},
    {"ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", "ebs_baseline_throughput_mbytes",
     Shape::kReal},
    {"ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps", "ebs_maximum_bandwidth_mbps",
     Shape::kInteger},
    {"ebs-info.ebs-optimized-info.maximum-iops", "ebs_maximum_iops", Shape::kInteger},
    {"ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", "ebs_maximum_throughput_mbytes",
     Shape::kReal},
    {"ebs-info.ebs-optimized-support", "ebs_optimized_support"},
    {"ebs-info.encryption-support", "ebs_encryption_support"},
    {"ebs-info.maximum-ebs-attachments", "ebs_maximum_attachments", Shape::kInteger},
    {"ebs-info.nvme-support", "ebs_nvme_support"},
    {"free-tier-eligible", "free_tier_eligible", Shape::kFlag},
    {"hibernation-supported", "hibernation_supported", Shape::kFlag},
    {"hypervisor", "hypervisor"},
    {"instance-storage-info.disk.count", "count", Shape::kDisk},
    {"instance-storage-info.disk.size-in-gb", "size_gb", Shape::kDisk},
    {"instance-storage-info.disk.type", "type", Shape::kDisk},
    {"instance-storage-info.encryption-support", "instance_storage_encryption_support"},
    {"instance-storage-info.nvme-support", "instance_storage_nvme_support"},
    {"instance-storage-info.total-size-in-gb", "instance_storage_total_gb", Shape::kInteger},
    {"instance-storage-supported", "instance_storage_supported", Shape::kFlag},
    {"instance-type", "name"},
    {"memory-info.size-in-mib", "memory_mib", Shape::kInteger},
    {"network-info.bandwidth-weightings", "bandwidth_weightings", Shape::kList},
    {"network-info.efa-info.maximum-efa-interfaces", "efa_maximum_interfaces", Shape::kInteger},
    {"network-info.efa-supported", "efa_supported", Shape::kFlag},
    {"network-info.ena-support", "ena_support"},
    {"network-info.encryption-in-transit-supported", "encryption_in_transit_supported",
     Shape::kFlag},
    {"network-info.flexible-ena-queues-support", "flexible_ena_queues_support"},
    {"network-info.ipv4-addresses-per-interface", "ipv4_addresses_per_interface", Shape::kInteger},
    {"network-info.ipv6-addresses-per-interface", "ipv6_addresses_per_interface", Shape::kInteger},
    {"network-info.ipv6-supported", "ipv6_supported", Shape::kFlag},
    {"network-info.maximum-network-cards", "maximum_network_cards", Shape::kInteger},
    {"network-info.maximum-network-interfaces", "maximum_network_interfaces", Shape::kInteger},
    {"network-info.network-performance", "network_performance"},
    {"nitro-enclaves-support", "nitro_enclaves_support"},
    {"nitro-tpm-info.supported-versions", "nitro_tpm_supported_versions", Shape::kList},
    {"nitro-tpm-support", "nitro_tpm_support"},
    {"processor-info.supported-architecture", "supported_architectures", Shape::kList},
    {"processor-info.supported-features", "processor_supported_features", Shape::kList},
    {"processor-info.sustained-clock-speed-in-ghz", "sustained_clock_speed_ghz", Shape::kReal},
    {"reboot-migration-support", "reboot_migration_support"},
    {"supported-boot-mode", "supported_boot_modes", Shape::kList},
    {"supported-root-device-type", "supported_root_device_types", Shape::kList},
    {"supported-usage-class", "supported_usage_classes", Shape::kList},
    {"supported-virtualization-type", "supported_virtualization_types", Shape::kList},
    {"vcpu-info.default-cores", "default_cores", Shape::kInteger},
    {"vcpu-info.default-threads-per-core", "default_threads_per_core", Shape::kInteger},
    {"vcpu-info.default-vcpus", "default_vcpus", Shape::kInteger},
    {"vcpu-info.valid-cores", "valid_cores", Shape::kListOrMember},
    {"vcpu-info.valid-threads-per-core", "valid_threads_per_core", Shape::kListOrMember},
}};

/// The texts that a FilterColumn looks at.
struct FilterText {
    std::string value;
    std::string before;
    std::string after;
};

std::string members_of(std::string_view column)
{
    return fmt::format(
        "SELECT m.value AS v FROM json_each('[\"' || replace({}, ',', '\",\"') || '\"]') m",
        column);
}

FilterText filter_text(const FilterSource& source)
{
    const auto column = fmt::format("t.{}", source.column);
    const auto any_of = [](const std::string& values) {
        return FilterText{"v", fmt::format("EXISTS (SELECT 1 FROM ({}) WHERE ", values), ")"};
    };
    switch (source.shape) {
        case Shape::kText:
            return {column, {}, {}};
        case Shape::kFlag:
            return {sql_true_false(column), {}, {}};
        case Shape::kInteger:
            return {fmt::format("CAST({} AS TEXT)", column), {}, {}};
        case Shape::kReal:
            return any_of(
                fmt::format("SELECT CAST({0} AS TEXT) AS v UNION ALL"
                            " SELECT printf('%.15g', {0}) WHERE {0} IS NOT NULL",
                            column));
        case Shape::kList:
            return any_of(members_of(column));
        case Shape::kListOrMember:
            return any_of(fmt::format("{} UNION ALL SELECT {}", members_of(column), column));
        case Shape::kDisk:
            return any_of(
                fmt::format("SELECT CAST(d.{} AS TEXT) AS v FROM"
                            " catalogue.instance_type_disk d WHERE d.instance_type ="
                            " t.name",
                            source.column));
    }
    return {};
}

std::span<const FilterColumn> filter_columns()
{
    static const auto texts = [] {
        std::array<FilterText, kFilters.size()> made;
        for (std::size_t i = 0; i < kFilters.size(); ++i) {
            made[i] = filter_text(kFilters[i]);
        }
        return made;
    }();
    static const auto columns = [] {
        std::array<FilterColumn, kFilters.size()> made;
        for (std::size_t i = 0; i < kFilters.size(); ++i) {
            made[i] = {kFilters[i].filter, texts[i].value, texts[i].before, texts[i].after};
        }
        return made;
    }();
    return columns;
}

}  // namespace

std::optional<InstanceTypeRow> select_instance_type(Database& db, std::string_view name)
{
    Query query(kColumns);
    query.sql("t.name = ").value(name);
    auto select = query.on(db);
    return select.step() ? std::optional(read_instance_type(select)) : std::nullopt;
}

std::vector<std::string> select_offering_zones(Database& db, std::string_view type,
                                               std::string_view region)
{
    Statement select(db,
                     "SELECT z.name FROM catalogue.availability_zone z"
                     " JOIN catalogue.instance_type_offering o"
                     "   ON o.availability_zone = z.name AND o.instance_type = ?1"
                     " WHERE z.region = ?2 ORDER BY z.name");
    select.bind(type, region);
    return select.texts();
}

std::vector<InstanceDiskRow> select_instance_disks(Database& db, std::string_view type)
{
    Statement select(db,
                     "SELECT size_gb, count, type FROM catalogue.instance_type_disk"
                     " WHERE instance_type = ?1 ORDER BY position");
    select.bind(type);
    std::vector<InstanceDiskRow> disks;
    while (select.step()) {
        auto row = select.row();
        disks.push_back({.size_gb = row.integer(), .count = row.integer(), .type = row.text()});
    }
    return disks;
}

std::vector<NetworkCardRow> select_network_cards(Database& db, std::string_view type)
{
    Statement select(db,
                     "SELECT network_card_index, network_performance, maximum_network_interfaces,"
                     " additional_flexible_network_interfaces, baseline_bandwidth_gbps,"
                     " peak_bandwidth_gbps, default_ena_queue_count_per_interface,"
                     " maximum_ena_queue_count, maximum_ena_queue_count_per_interface,"
                     " interface_types FROM catalogue.instance_type_network_card"
                     " WHERE instance_type = ?1 ORDER BY network_card_index");
    select.bind(type);
    std::vector<NetworkCardRow> cards;
    while (select.step()) {
        auto row = select.row();
        cards.push_back({.index = row.integer(),
                         .performance = row.text(),
                         .maximum_interfaces = row.integer(),
                         .additional_flexible_interfaces = row.optional_integer(),
                         .baseline_bandwidth_gbps = row.real(),
                         .peak_bandwidth_gbps = row.real(),
                         .default_ena_queues_per_interface = row.optional_integer(),
                         .maximum_ena_queues = row.optional_integer(),
                         .maximum_ena_queues_per_interface = row.optional_integer(),
                         .interface_types = read_list(row)});
    }
    return cards;
}

std::vector<GpuRow> select_gpus(Database& db, std::string_view type)
{
    Statement select(db,
                     "SELECT name, manufacturer, count, logical_gpu_count, gpu_partition_size,"
                     " workloads, memory_mib FROM catalogue.instance_type_gpu"
                     " WHERE instance_type = ?1 ORDER BY position");
    select.bind(type);
    std::vector<GpuRow> gpus;
    while (select.step()) {
        auto row = select.row();
        gpus.push_back({.name = row.text(),
                        .manufacturer = row.text(),
                        .count = row.integer(),
                        .logical_count = row.optional_integer(),
                        .partition_size = row.optional_real(),
                        .workloads = read_list(row),
                        .memory_mib = row.integer()});
    }
    return gpus;
}

std::vector<InstanceTypeRow> select_instance_types(Database& db, const InstanceTypeQuery& query)
{
    Query sql(kColumns);
    sql.sql("t.name > ").value(query.after);
    if (!query.names.empty()) {
        sql.sql(" AND t.name IN ").list(query.names);
    }
    if (!query.include_unsupported) {
        sql.sql(
            " AND EXISTS (SELECT 1 FROM catalogue.instance_type_offering o"
            " JOIN catalogue.availability_zone z ON z.name = o.availability_zone"
            " WHERE o.instance_type = t.name AND z.region = ");
        sql.value(query.region).sql(")");
    }
    append_filters(sql, query.filters, filter_columns(), "t.name", {});
    sql.sql(" ORDER BY t.name LIMIT ").value(query.limit);
    auto select = sql.on(db);
    std::vector<InstanceTypeRow> types;
    while (select.step()) {
        types.push_back(read_instance_type(select));
    }
    return types;
}

}  // namespace amilab
