#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// What the catalogue knows of instance types; the same for every account. Names and units are
/// those of fixtures/catalog/schema.sql.
namespace amilab {

struct InstanceTypeRow {
    std::string name{};
    bool current_generation = false;
    bool free_tier_eligible = false;
    std::vector<std::string> usage_classes{};
    std::vector<std::string> root_device_types{};
    std::vector<std::string> virtualization_types{};
    bool bare_metal = false;
    /// nitro or xen; nothing on bare metal.
    std::optional<std::string> hypervisor{};
    std::vector<std::string> architectures{};
    std::optional<double> sustained_clock_speed_ghz{};
    std::vector<std::string> processor_features{};
    std::optional<std::string> processor_manufacturer{};
    std::int64_t default_vcpus = 0;
    std::int64_t default_cores = 0;
    std::int64_t default_threads_per_core = 0;
    std::vector<std::int64_t> valid_cores{};
    std::vector<std::int64_t> valid_threads_per_core{};
    std::int64_t memory_mib = 0;
    bool storage_supported = false;
    std::optional<std::int64_t> storage_total_gb{};
    std::optional<std::string> storage_nvme_support{};
    std::optional<std::string> storage_encryption_support{};
    /// unsupported, supported or default
    std::string ebs_optimized_support{};
    std::string ebs_encryption_support{};
    /// Six members that are there together, where EBS optimisation is supported.
    std::optional<std::int64_t> ebs_baseline_bandwidth_mbps{};
    std::optional<double> ebs_baseline_throughput_mbytes{};
    std::optional<std::int64_t> ebs_baseline_iops{};
    std::optional<std::int64_t> ebs_maximum_bandwidth_mbps{};
    std::optional<double> ebs_maximum_throughput_mbytes{};
    std::optional<std::int64_t> ebs_maximum_iops{};
    std::string ebs_nvme_support{};
    std::optional<std::int64_t> ebs_maximum_attachments{};
    std::optional<std::string> ebs_attachment_limit_type{};
    std::optional<std::int64_t> ebs_maximum_cards{};
    std::string network_performance{};
    std::int64_t maximum_network_interfaces = 0;
    std::int64_t maximum_network_cards = 0;
    std::int64_t default_network_card_index = 0;
    std::int64_t ipv4_addresses_per_interface = 0;
    std::int64_t ipv6_addresses_per_interface = 0;
    bool ipv6_supported = false;
    /// unsupported, supported or required
    std::string ena_support{};
    bool efa_supported = false;
    std::optional<std::int64_t> efa_maximum_interfaces{};
    bool encryption_in_transit_supported = false;
    bool ena_srd_supported = false;
    std::vector<std::string> bandwidth_weightings{};
    std::string flexible_ena_queues_support{};
    std::int64_t default_tcp_established_timeout_s = 0;
    std::int64_t default_udp_timeout_s = 0;
    std::int64_t default_udp_stream_timeout_s = 0;
    bool secondary_network_supported = false;
    std::optional<std::int64_t> maximum_secondary_network_interfaces{};
    std::optional<std::int64_t> ipv4_addresses_per_secondary_interface{};
    std::vector<std::string> placement_strategies{};
    bool hibernation_supported = false;
    bool burstable_performance_supported = false;
    bool dedicated_hosts_supported = false;
    bool auto_recovery_supported = false;
    /// legacy-bios, uefi
    std::vector<std::string> boot_modes{};
    std::string nitro_enclaves_support{};
    std::string nitro_tpm_support{};
    std::vector<std::string> nitro_tpm_versions{};
    std::string phc_support{};
    std::string reboot_migration_support{};
};

struct InstanceDiskRow {
    std::string instance_type{};
    std::int64_t size_gb = 0;
    std::int64_t count = 0;
    std::string type{};
};

struct NetworkCardRow {
    std::string instance_type{};
    std::int64_t index = 0;
    std::string performance{};
    std::int64_t maximum_interfaces = 0;
    std::optional<std::int64_t> additional_flexible_interfaces{};
    double baseline_bandwidth_gbps = 0;
    double peak_bandwidth_gbps = 0;
    std::optional<std::int64_t> default_ena_queues_per_interface{};
    std::optional<std::int64_t> maximum_ena_queues{};
    std::optional<std::int64_t> maximum_ena_queues_per_interface{};
    std::vector<std::string> interface_types{};
};

struct EbsCardRow {
    std::string instance_type{};
    std::int64_t index = 0;
    std::int64_t baseline_bandwidth_mbps = 0;
    double baseline_throughput_mbytes = 0;
    std::int64_t baseline_iops = 0;
    std::int64_t maximum_bandwidth_mbps = 0;
    double maximum_throughput_mbytes = 0;
    std::int64_t maximum_iops = 0;
};

/// A GPU, or what else computes or encodes; which members it has hangs on its kind.
struct AcceleratorRow {
    std::string instance_type{};
    AcceleratorKind kind{};
    std::string name{};
    std::optional<std::string> manufacturer{};
    std::int64_t count = 0;
    /// Of one.
    std::int64_t memory_mib = 0;
    /// Of all of the kind.
    std::int64_t total_memory_mib = 0;
    std::optional<std::int64_t> logical_gpu_count{};
    std::optional<double> gpu_partition_size{};
    std::vector<std::string> workloads{};
    std::optional<std::int64_t> core_count{};
    std::optional<std::int64_t> core_version{};
};

inline constexpr auto kInstanceTypeColumns = columns<InstanceTypeRow>(
    "catalogue.instance_type", "t", text<&InstanceTypeRow::name>("name"),
    flag<&InstanceTypeRow::current_generation>("current_generation"),
    flag<&InstanceTypeRow::free_tier_eligible>("free_tier_eligible"),
    list<&InstanceTypeRow::usage_classes>("supported_usage_classes"),
    list<&InstanceTypeRow::root_device_types>("supported_root_device_types"),
    list<&InstanceTypeRow::virtualization_types>("supported_virtualization_types"),
    flag<&InstanceTypeRow::bare_metal>("bare_metal"),
    text<&InstanceTypeRow::hypervisor>("hypervisor"),
    list<&InstanceTypeRow::architectures>("supported_architectures"),
    real<&InstanceTypeRow::sustained_clock_speed_ghz>("sustained_clock_speed_ghz"),
    list<&InstanceTypeRow::processor_features>("processor_supported_features"),
    text<&InstanceTypeRow::processor_manufacturer>("processor_manufacturer"),
    integer<&InstanceTypeRow::default_vcpus>("default_vcpus"),
    integer<&InstanceTypeRow::default_cores>("default_cores"),
    integer<&InstanceTypeRow::default_threads_per_core>("default_threads_per_core"),
    list<&InstanceTypeRow::valid_cores>("valid_cores"),
    list<&InstanceTypeRow::valid_threads_per_core>("valid_threads_per_core"),
    integer<&InstanceTypeRow::memory_mib>("memory_mib"),
    flag<&InstanceTypeRow::storage_supported>("instance_storage_supported"),
    integer<&InstanceTypeRow::storage_total_gb>("instance_storage_total_gb"),
    text<&InstanceTypeRow::storage_nvme_support>("instance_storage_nvme_support"),
    text<&InstanceTypeRow::storage_encryption_support>("instance_storage_encryption_support"),
    text<&InstanceTypeRow::ebs_optimized_support>("ebs_optimized_support"),
    text<&InstanceTypeRow::ebs_encryption_support>("ebs_encryption_support"),
    integer<&InstanceTypeRow::ebs_baseline_bandwidth_mbps>("ebs_baseline_bandwidth_mbps"),
    real<&InstanceTypeRow::ebs_baseline_throughput_mbytes>("ebs_baseline_throughput_mbytes"),
    integer<&InstanceTypeRow::ebs_baseline_iops>("ebs_baseline_iops"),
    integer<&InstanceTypeRow::ebs_maximum_bandwidth_mbps>("ebs_maximum_bandwidth_mbps"),
    real<&InstanceTypeRow::ebs_maximum_throughput_mbytes>("ebs_maximum_throughput_mbytes"),
    integer<&InstanceTypeRow::ebs_maximum_iops>("ebs_maximum_iops"),
    text<&InstanceTypeRow::ebs_nvme_support>("ebs_nvme_support"),
    integer<&InstanceTypeRow::ebs_maximum_attachments>("ebs_maximum_attachments"),
    text<&InstanceTypeRow::ebs_attachment_limit_type>("ebs_attachment_limit_type"),
    integer<&InstanceTypeRow::ebs_maximum_cards>("ebs_maximum_cards"),
    text<&InstanceTypeRow::network_performance>("network_performance"),
    integer<&InstanceTypeRow::maximum_network_interfaces>("maximum_network_interfaces"),
    integer<&InstanceTypeRow::maximum_network_cards>("maximum_network_cards"),
    integer<&InstanceTypeRow::default_network_card_index>("default_network_card_index"),
    integer<&InstanceTypeRow::ipv4_addresses_per_interface>("ipv4_addresses_per_interface"),
    integer<&InstanceTypeRow::ipv6_addresses_per_interface>("ipv6_addresses_per_interface"),
    flag<&InstanceTypeRow::ipv6_supported>("ipv6_supported"),
    text<&InstanceTypeRow::ena_support>("ena_support"),
    flag<&InstanceTypeRow::efa_supported>("efa_supported"),
    integer<&InstanceTypeRow::efa_maximum_interfaces>("efa_maximum_interfaces"),
    flag<&InstanceTypeRow::encryption_in_transit_supported>("encryption_in_transit_supported"),
    flag<&InstanceTypeRow::ena_srd_supported>("ena_srd_supported"),
    list<&InstanceTypeRow::bandwidth_weightings>("bandwidth_weightings"),
    text<&InstanceTypeRow::flexible_ena_queues_support>("flexible_ena_queues_support"),
    integer<&InstanceTypeRow::default_tcp_established_timeout_s>("default_tcp_established_timeout"),
    integer<&InstanceTypeRow::default_udp_timeout_s>("default_udp_timeout"),
    integer<&InstanceTypeRow::default_udp_stream_timeout_s>("default_udp_stream_timeout"),
    flag<&InstanceTypeRow::secondary_network_supported>("secondary_network_supported"),
    integer<&InstanceTypeRow::maximum_secondary_network_interfaces>(
        "maximum_secondary_network_interfaces"),
    integer<&InstanceTypeRow::ipv4_addresses_per_secondary_interface>(
        "ipv4_addresses_per_secondary_interface"),
    list<&InstanceTypeRow::placement_strategies>("placement_strategies"),
    flag<&InstanceTypeRow::hibernation_supported>("hibernation_supported"),
    flag<&InstanceTypeRow::burstable_performance_supported>("burstable_performance_supported"),
    flag<&InstanceTypeRow::dedicated_hosts_supported>("dedicated_hosts_supported"),
    flag<&InstanceTypeRow::auto_recovery_supported>("auto_recovery_supported"),
    list<&InstanceTypeRow::boot_modes>("supported_boot_modes"),
    text<&InstanceTypeRow::nitro_enclaves_support>("nitro_enclaves_support"),
    text<&InstanceTypeRow::nitro_tpm_support>("nitro_tpm_support"),
    list<&InstanceTypeRow::nitro_tpm_versions>("nitro_tpm_supported_versions"),
    text<&InstanceTypeRow::phc_support>("phc_support"),
    text<&InstanceTypeRow::reboot_migration_support>("reboot_migration_support"));

inline constexpr std::string_view kOfDisk =
    "EXISTS (SELECT 1 FROM catalogue.disk_facts d WHERE d.storage = t.storage AND ";
// Any member, or the list as it stands: "1" or "1,2" (documented).
inline constexpr std::string_view kAnyValidCores =
    "EXISTS (SELECT 1 FROM (SELECT m.value AS v FROM"
    " json_each('[\"' || replace(t.valid_cores, ',', '\",\"') || '\"]') m"
    " UNION ALL SELECT t.valid_cores) WHERE ";
inline constexpr std::string_view kAnyValidThreads =
    "EXISTS (SELECT 1 FROM (SELECT m.value AS v FROM"
    " json_each('[\"' || replace(t.valid_threads_per_core, ',', '\",\"') || '\"]') m"
    " UNION ALL SELECT t.valid_threads_per_core) WHERE ";

// Source: EC2 API Reference, DescribeInstanceTypes (documented).
inline constexpr FilterColumn kInstanceTypeFilters[] = {
    {"auto-recovery-supported", "auto_recovery_supported"},
    {"bare-metal", "bare_metal"},
    {"burstable-performance-supported", "burstable_performance_supported"},
    {"current-generation", "current_generation"},
    {"dedicated-hosts-supported", "dedicated_hosts_supported"},
    {"ebs-info.attachment-limit-type", "ebs_attachment_limit_type"},
    {"ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps", "ebs_baseline_bandwidth_mbps"},
    {"ebs-info.ebs-optimized-info.baseline-iops", "ebs_baseline_iops"},
    {"ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", "ebs_baseline_throughput_mbytes"},
    {"ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps", "ebs_maximum_bandwidth_mbps"},
    {"ebs-info.ebs-optimized-info.maximum-iops", "ebs_maximum_iops"},
    {"ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", "ebs_maximum_throughput_mbytes"},
    {"ebs-info.ebs-optimized-support", "ebs_optimized_support"},
    {"ebs-info.encryption-support", "ebs_encryption_support"},
    {"ebs-info.maximum-ebs-attachments", "ebs_maximum_attachments"},
    {"ebs-info.nvme-support", "ebs_nvme_support"},
    {"free-tier-eligible", "free_tier_eligible"},
    {"hibernation-supported", "hibernation_supported"},
    {"hypervisor", "hypervisor"},
    {"instance-storage-info.disk.count", "CAST(d.count AS TEXT)", kOfDisk, ")"},
    {"instance-storage-info.disk.size-in-gb", "CAST(d.size_gb AS TEXT)", kOfDisk, ")"},
    {"instance-storage-info.disk.type", "CAST(d.type AS TEXT)", kOfDisk, ")"},
    {"instance-storage-info.encryption-support", "instance_storage_encryption_support"},
    {"instance-storage-info.nvme-support", "instance_storage_nvme_support"},
    {"instance-storage-info.total-size-in-gb", "instance_storage_total_gb"},
    {"instance-storage-supported", "instance_storage_supported"},
    {"instance-type", "name"},
    {"memory-info.size-in-mib", "memory_mib"},
    {"network-info.bandwidth-weightings", "bandwidth_weightings"},
    {"network-info.efa-info.maximum-efa-interfaces", "efa_maximum_interfaces"},
    {"network-info.efa-supported", "efa_supported"},
    {"network-info.ena-support", "ena_support"},
    {"network-info.encryption-in-transit-supported", "encryption_in_transit_supported"},
    {"network-info.flexible-ena-queues-support", "flexible_ena_queues_support"},
    {"network-info.ipv4-addresses-per-interface", "ipv4_addresses_per_interface"},
    {"network-info.ipv6-addresses-per-interface", "ipv6_addresses_per_interface"},
    {"network-info.ipv6-supported", "ipv6_supported"},
    {"network-info.maximum-network-cards", "maximum_network_cards"},
    {"network-info.maximum-network-interfaces", "maximum_network_interfaces"},
    {"network-info.network-performance", "network_performance"},
    {"nitro-enclaves-support", "nitro_enclaves_support"},
    {"nitro-tpm-info.supported-versions", "nitro_tpm_supported_versions"},
    {"nitro-tpm-support", "nitro_tpm_support"},
    {"processor-info.supported-architecture", "supported_architectures"},
    {"processor-info.supported-features", "processor_supported_features"},
    {"processor-info.sustained-clock-speed-in-ghz", "sustained_clock_speed_ghz"},
    {"reboot-migration-support", "reboot_migration_support"},
    {"supported-boot-mode", "supported_boot_modes"},
    {"supported-root-device-type", "supported_root_device_types"},
    {"supported-usage-class", "supported_usage_classes"},
    {"supported-virtualization-type", "supported_virtualization_types"},
    {"vcpu-info.default-cores", "default_cores"},
    {"vcpu-info.default-threads-per-core", "default_threads_per_core"},
    {"vcpu-info.default-vcpus", "default_vcpus"},
    {"vcpu-info.valid-cores", "v", kAnyValidCores, ")"},
    {"vcpu-info.valid-threads-per-core", "v", kAnyValidThreads, ")"},
};
inline constexpr Listing<InstanceTypeRow> kInstanceTypeList{.key = "t.name",
                                                            .owner = "-",
                                                            .region = "-",
                                                            .columns = kInstanceTypeColumns,
                                                            .filters = kInstanceTypeFilters};

/// Has the query ask for types that some zone of its region has.
void require_offered_in_region(ListQuery& wanted);

/// The types among `types` that some zone of the region has.
std::vector<std::string> select_offered_types(Database& db, const std::vector<std::string>& types,
                                              std::string_view region);

// What belongs to several types, in the order of their names.

std::vector<InstanceDiskRow> select_instance_disks(Database& db,
                                                   const std::vector<std::string>& types);
std::vector<NetworkCardRow> select_network_cards(Database& db,
                                                 const std::vector<std::string>& types);
std::vector<EbsCardRow> select_ebs_cards(Database& db, const std::vector<std::string>& types);
std::vector<AcceleratorRow> select_accelerators(Database& db,
                                                const std::vector<std::string>& types);

}  // namespace amilab
