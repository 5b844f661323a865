#include "server/services/ec2/instances/launch_options.h"

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/licenses.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/host_placement.h"
#include "server/services/ec2/instances/iam_instance_profiles.h"
#include "server/services/ec2/instances/reserved_capacity.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/placement_groups/placement_groups.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/instances/instance_metadata_default_rows.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/settings/account_rows.h"

namespace amilab::ec2 {

namespace {

void set_metadata_options(Session& session, LaunchOptions& options,
                          const std::optional<InstanceMetadataOptionsRequest>& wish,
                          const ImageRow& image)
{
    const auto settled =
        select_instance_metadata_defaults(session.db(), session.account(), session.region());
    const auto said = wish.value_or(InstanceMetadataOptionsRequest{});
    const auto first = [](const auto& one, const auto& other, const auto& last) {
        return one ? *one : other ? *other : last;
    };
    // Source: EC2 User Guide, "Configure the AMI" for IMDSv2 (documented).
    const bool needs_tokens = image.imds_support == ImdsSupport::kVersion2;
    const std::string tokens = needs_tokens ? "required" : "optional";
    options.http_tokens = first(said.http_tokens, settled.http_tokens, tokens);
    options.http_put_response_hop_limit =
        first(said.http_put_response_hop_limit, settled.http_put_response_hop_limit,
              std::int64_t{needs_tokens ? 2 : 1});
    options.row.http_endpoint =
        first(said.http_endpoint, settled.http_endpoint, options.row.http_endpoint);
    options.row.http_protocol_ipv6 =
        said.http_protocol_ipv6.value_or(options.row.http_protocol_ipv6);
    options.row.instance_metadata_tags =
        first(said.instance_metadata_tags, settled.instance_metadata_tags,
              options.row.instance_metadata_tags);
    if (settled.http_tokens_enforced == "enabled" && options.http_tokens != "required") {
        throw tokens_enforced();
    }
}

void set_credits(Session& session, InstanceOptionRow& row,
                 const std::optional<CreditSpecificationRequest>& wish, const TypeOptionsRow& type)
{
    if (wish) {
        check_cpu_credits(wish->cpu_credits);
        if (!type.burstable) {
            throw credits_not_supported(type.name);
        }
        row.cpu_credits = wish->cpu_credits;
    } else if (type.burstable) {
        row.cpu_credits = settled_cpu_credits(session, family_of(type.name));
    }
}

/// Source: EC2 User Guide, "Prerequisites for EC2 instance hibernation": the type, and no enclaves
/// (documented).
void set_hibernation(InstanceOptionRow& row, const RunInstancesRequest& request,
                     const TypeOptionsRow& type)
{
    row.hibernation =
        request.hibernation_options && request.hibernation_options->configured.value_or(false);
    row.enclave = request.enclave_options && request.enclave_options->enabled.value_or(false);
    if (row.hibernation && !type.hibernation) {
        throw hibernation_not_possible(
            fmt::format("the instance type {} does not support it", type.name));
    }
    require_enclaves_possible(row, type);
}

void set_processors(InstanceOptionRow& row, const std::optional<CpuOptionsRequest>& wish,
                    const TypeOptionsRow& type)
{
    if (!wish) {
        return;
    }
    set_cpu_options(row, wish->core_count, wish->threads_per_core, type);
    if (wish->amd_sev_snp == "enabled" &&
        !list_has(type.processor_features.value_or(""), "amd-sev-snp")) {
        throw option_not_of_type("AMD SEV-SNP", type.name);
    }
    row.amd_sev_snp = wish->amd_sev_snp;
    row.nested_virtualization = wish->nested_virtualization;
    require_nested_virtualization_possible(row, type);
}

/// Source: an empty name is none (observed: Packer sends one with every launch that has no
/// profile); that an empty ARN is none either, and wherever roles are looked at, is assumed.
void set_profile(Session& session, LaunchOptions& options,
                 const std::optional<IamInstanceProfileSpecification>& wish)
{
    if (!wish || (!is_given(wish->arn) && !is_given(wish->name))) {
        return;
    }
    check_profile(session, wish->arn, wish->name);
    options.profile = named_profile(session, wish->arn, wish->name);
}

void set_kernel(LaunchOptions& options, const RunInstancesRequest& request)
{
    options.kernel_id = request.kernel_id;
    options.ramdisk_id = request.ramdisk_id;
    drop_empty(options.kernel_id);
    drop_empty(options.ramdisk_id);
    check_kernel(options.kernel_id, options.ramdisk_id);
}

PlacementGroupRow require_placement_group(Session& session, const PlacementWish& wish)
{
    if (is_given(wish.group_name) && is_given(wish.group_id)) {
        throw parameters_not_together("groupName", "groupId");
    }
    if (is_given(wish.group_name)) {
        return require_own<kPlacementGroupList, &PlacementGroupRow::name, unknown_placement_group,
                           std::string>(session, *wish.group_name);
    }
    const auto id = parse_id<PlacementGroupId>(*wish.group_id);
    auto row = find_own<kPlacementGroupList, &PlacementGroupRow::id>(session, id);
    if (!row) {
        throw unknown_placement_group(id.text());
    }
    return std::move(*row);
}

/// Source: EC2 User Guide, "Placement strategies": which types a cluster takes, no spread group
/// with dedicated instances, partitions in partition groups alone (documented); the first text is
/// observed, the others are assumed.
void require_fits_group(const InstanceOptionRow& row, const PlacementGroupRow& group,
                        const TypeOptionsRow& type)
{
    if (!list_has(type.placement_strategies, group.strategy) && group.strategy == "cluster") {
        throw invalid_parameter_combination(
            fmt::format("Cluster placement groups are not supported by the '{}' instance type. "
                        "Specify a supported instance type or change the placement group strategy, "
                        "and try again.",
                        type.name));
    }
    if (group.strategy == "spread" && row.tenancy != InstanceTenancy::kDefault) {
        throw invalid_parameter_combination(
            "A spread placement group takes instances with default tenancy alone.");
    }
    if (row.partition_number &&
        (*row.partition_number < 1 || *row.partition_number > group.partition_count.value_or(0))) {
        throw invalid_value(std::to_string(*row.partition_number), "partitionNumber",
                            fmt::format("The placement group '{}' has {} partitions.", group.name,
                                        group.partition_count.value_or(0)));
    }
}

}  // namespace

void set_names(InstanceOptionRow& row, const std::optional<PrivateDnsNameOptionsRequest>& wish,
               const LaunchSubnet& subnet)
{
    const auto said = wish.value_or(PrivateDnsNameOptionsRequest{});
    row.hostname_type = said.hostname_type.value_or(subnet.hostname_type);
    row.resource_name_dns_a =
        said.enable_resource_name_dns_a_record.value_or(subnet.resource_name_dns_a);
    row.resource_name_dns_aaaa =
        said.enable_resource_name_dns_aaaa_record.value_or(subnet.resource_name_dns_aaaa);
    // Source: EC2 API Reference, PrivateDnsNameOptionsRequest (documented), the refusal is assumed.
    if (subnet.ipv6_native && row.hostname_type != text_of(HostnameType::kResourceName)) {
        throw ip_name_without_ipv4();
    }
}

void follow_tenancy(InstanceOptionRow& row, const LaunchSubnet& subnet)
{
    if (subnet.is_dedicated && row.tenancy == InstanceTenancy::kDefault) {
        row.tenancy = text_of(InstanceTenancy::kDedicated);
    }
}

void set_placement(Session& session, InstanceOptionRow& row, const PlacementWish& wish,
                   const TypeOptionsRow& type)
{
    if (is_given(wish.tenancy)) {
        if (!find_word<InstanceTenancy>(*wish.tenancy)) {
            throw invalid_value(*wish.tenancy, "tenancy", "Expected default, dedicated or host.");
        }
        row.tenancy = *wish.tenancy;
    }
    if (!is_given(wish.group_name) && !is_given(wish.group_id)) {
        if (wish.partition_number) {
            throw invalid_parameter_dependency("partitionNumber", "groupName");
        }
        return;
    }
    const auto group = require_placement_group(session, wish);
    row.placement_group_id = group.id.text();
    row.placement_group_name = group.name;
    row.partition_number = wish.partition_number;
    require_fits_group(row, group, type);
}

void set_cpu_options(InstanceOptionRow& row, const std::optional<std::int64_t>& cores,
                     const std::optional<std::int64_t>& threads_per_core,
                     const TypeOptionsRow& type)
{
    if (!cores && !threads_per_core) {
        return;
    }
    if (!type.valid_cores || !type.valid_threads_per_core) {
        throw option_not_of_type("CPU options", type.name);
    }
    row.core_count = cores.value_or(type.default_cores);
    row.threads_per_core = threads_per_core.value_or(type.default_threads_per_core);
    if (!list_has(*type.valid_cores, std::to_string(*row.core_count))) {
        throw invalid_value(std::to_string(*row.core_count), "coreCount",
                            fmt::format("{} may have {} cores.", type.name, *type.valid_cores));
    }
    if (!list_has(*type.valid_threads_per_core, std::to_string(*row.threads_per_core))) {
        throw invalid_value(std::to_string(*row.threads_per_core), "threadsPerCore",
                            fmt::format("{} may have {} threads for each core.", type.name,
                                        *type.valid_threads_per_core));
    }
}

void require_nested_virtualization_possible(const InstanceOptionRow& row,
                                            const TypeOptionsRow& type)
{
    if (row.nested_virtualization == "enabled" &&
        !list_has(type.processor_features.value_or(""), "nested-virtualization")) {
        throw option_not_of_type("Nested virtualization options", type.name);
    }
}

void check_cpu_credits(const std::string& text)
{
    if (!find_word<CpuCredits>(text)) {
        throw invalid_value(text, "cpuCredits", "Expected standard or unlimited.");
    }
}

std::optional<std::string> settled_cpu_credits(Session& session, std::string_view family)
{
    return select_account_setting(session.db(), session.account(), session.region(),
                                  fmt::format("cpu-credits.{}", family));
}

void settle_cpu_credits(Session& session, std::string_view family, std::string_view cpu_credits)
{
    write_account_setting(session.db(), session.account(), session.region(),
                          fmt::format("cpu-credits.{}", family), cpu_credits);
}

std::string_view usual_cpu_credits(std::string_view family)
{
    return text_of(family == "t2" ? CpuCredits::kStandard : CpuCredits::kUnlimited);
}

void require_enclaves_possible(const InstanceOptionRow& row, const TypeOptionsRow& type)
{
    if (row.hibernation && row.enclave) {
        throw invalid_parameter_combination(
            "An instance can be enabled for hibernation or for Nitro Enclaves, not for both.");
    }
    if (row.enclave && type.nitro_enclaves_support != "supported") {
        throw option_not_of_type("Nitro Enclaves", type.name);
    }
}

void set_bandwidth_weighting(InstanceOptionRow& row, const std::string& weighting,
                             const TypeOptionsRow& type)
{
    if (weighting != kUsualBandwidthWeighting &&
        !list_has(type.bandwidth_weightings.value_or(""), weighting)) {
        throw option_not_of_type(fmt::format("The bandwidth weighting {}", weighting), type.name);
    }
    row.bandwidth_weighting = weighting;
}

LaunchOptions plan_options(Session& session, const RunInstancesRequest& request,
                           const ImageRow& image, const LaunchTypeRow& launch_type)
{
    const auto type = select_type_options(session.db(), launch_type.name);
    LaunchOptions options;
    auto& row = options.row;
    row.monitored = request.monitoring && request.monitoring->enabled.value_or(false);
    set_metadata_options(session, options, request.metadata_options, image);
    set_credits(session, row, request.credit_specification, type);
    set_processors(row, request.cpu_options, type);
    set_hibernation(row, request, type);
    set_profile(session, options, request.iam_instance_profile);
    set_kernel(options, request);
    if (request.maintenance_options) {
        row.auto_recovery = request.maintenance_options->auto_recovery.value_or(row.auto_recovery);
    }
    if (request.capacity_reservation_specification) {
        set_capacity_preference(session, row, *request.capacity_reservation_specification);
    }
    if (request.network_performance_options) {
        set_bandwidth_weighting(row,
                                request.network_performance_options->bandwidth_weighting.value_or(
                                    kUsualBandwidthWeighting),
                                type);
    }
    row.licenses = checked_licenses(request.license_specifications);
    if (request.placement) {
        const auto& place = *request.placement;
        set_placement(session, row,
                      {place.group_name, place.group_id, place.partition_number, place.tenancy},
                      type);
        set_host(session, row, {place.tenancy, place.host_id, place.affinity});
    }
    options.ebs_optimized = request.ebs_optimized.value_or(false);
    if (options.ebs_optimized &&
        launch_type.ebs_optimized_support == EbsOptimizedSupport::kUnsupported) {
        throw ebs_optimization_not_supported();
    }
    return options;
}

}  // namespace amilab::ec2
