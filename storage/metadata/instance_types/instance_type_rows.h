#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"

/// What the catalogue knows of instance types; the same for every account. Names and units are
/// those of fixtures/catalog/schema.sql.
namespace amilab {

struct ProcessorRow {
    std::vector<std::string> architectures;
    std::optional<double> sustained_clock_speed_ghz;
    std::vector<std::string> features;
    std::optional<std::string> manufacturer;
};

struct VcpuRow {
    std::int64_t default_vcpus;
    std::int64_t default_cores;
    std::int64_t default_threads_per_core;
    std::vector<std::int64_t> valid_cores;
    std::vector<std::int64_t> valid_threads_per_core;
};

struct InstanceStorageRow {
    bool supported;
    std::optional<std::int64_t> total_gb;
    std::optional<std::string> nvme_support;
    std::optional<std::string> encryption_support;
};

struct EbsOptimizedRow {
    std::int64_t baseline_bandwidth_mbps;
    double baseline_throughput_mbytes;
    std::int64_t baseline_iops;
    std::int64_t maximum_bandwidth_mbps;
    double maximum_throughput_mbytes;
    std::int64_t maximum_iops;
};

struct InstanceEbsRow {
    /// unsupported, supported or default
    std::string optimized_support;
    std::string encryption_support;
    std::optional<EbsOptimizedRow> optimized;
    std::string nvme_support;
    std::optional<std::int64_t> maximum_attachments;
    std::optional<std::string> attachment_limit_type;
};

struct InstanceNetworkRow {
    std::string performance;
    std::int64_t maximum_interfaces;
    std::int64_t maximum_cards;
    std::int64_t default_card_index;
    std::int64_t ipv4_addresses_per_interface;
    std::int64_t ipv6_addresses_per_interface;
    bool ipv6_supported;
    /// unsupported, supported or required
    std::string ena_support;
    bool efa_supported;
    std::optional<std::int64_t> efa_maximum_interfaces;
    bool encryption_in_transit_supported;
    bool ena_srd_supported;
    std::vector<std::string> bandwidth_weightings;
    std::string flexible_ena_queues_support;
    std::int64_t default_tcp_established_timeout_s;
    std::int64_t default_udp_timeout_s;
    std::int64_t default_udp_stream_timeout_s;
    bool secondary_network_supported;
    std::optional<std::int64_t> maximum_secondary_interfaces;
    std::optional<std::int64_t> ipv4_addresses_per_secondary_interface;
};

struct InstanceTypeRow {
    std::string name;
    bool current_generation;
    bool free_tier_eligible;
    std::vector<std::string> usage_classes;
    std::vector<std::string> root_device_types;
    std::vector<std::string> virtualization_types;
    bool bare_metal;
    /// nitro or xen; nothing on bare metal.
    std::optional<std::string> hypervisor;
    ProcessorRow processor;
    VcpuRow vcpus;
    std::int64_t memory_mib;
    InstanceStorageRow storage;
    InstanceEbsRow ebs;
    InstanceNetworkRow network;
    std::optional<std::int64_t> gpu_total_memory_mib;
    std::vector<std::string> placement_strategies;
    bool hibernation_supported;
    bool burstable;
    bool dedicated_hosts_supported;
    bool auto_recovery_supported;
    /// legacy-bios, uefi
    std::vector<std::string> boot_modes;
    std::string nitro_enclaves_support;
    std::string nitro_tpm_support;
    std::vector<std::string> nitro_tpm_versions;
    std::string phc_support;
    std::string reboot_migration_support;
};

struct InstanceDiskRow {
    std::int64_t size_gb;
    std::int64_t count;
    std::string type;
};

struct NetworkCardRow {
    std::int64_t index;
    std::string performance;
    std::int64_t maximum_interfaces;
    std::optional<std::int64_t> additional_flexible_interfaces;
    double baseline_bandwidth_gbps;
    double peak_bandwidth_gbps;
    std::optional<std::int64_t> default_ena_queues_per_interface;
    std::optional<std::int64_t> maximum_ena_queues;
    std::optional<std::int64_t> maximum_ena_queues_per_interface;
    std::vector<std::string> interface_types;
};

struct GpuRow {
    std::string name;
    std::string manufacturer;
    std::int64_t count;
    std::optional<std::int64_t> logical_count;
    std::optional<double> partition_size;
    std::vector<std::string> workloads;
    std::int64_t memory_mib;
};

/// By name, wherever it is offered.
std::optional<InstanceTypeRow> select_instance_type(Database& db, std::string_view name);
/// The region's zones that have the type, in the order of their names; none: not in this region.
std::vector<std::string> select_offering_zones(Database& db, std::string_view type,
                                               std::string_view region);

std::vector<InstanceDiskRow> select_instance_disks(Database& db, std::string_view type);
std::vector<NetworkCardRow> select_network_cards(Database& db, std::string_view type);
std::vector<GpuRow> select_gpus(Database& db, std::string_view type);

struct InstanceTypeQuery {
    std::string_view region;
    /// Only these; empty: any.
    std::vector<std::string> names;
    /// Whether types that no zone of the region has are wanted too.
    bool include_unsupported;
    std::span<const Filter> filters;
    std::string_view after;
    std::int64_t limit;
};

/// In the order of their names.
std::vector<InstanceTypeRow> select_instance_types(Database& db, const InstanceTypeQuery& query);

}  // namespace amilab
