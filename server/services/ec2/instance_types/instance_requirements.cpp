#include "server/services/ec2/instance_types/instance_requirements.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/wire/ec2/instance_types/instance_requirements.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instance_types/instance_requirement_rows.h"
#include "storage/metadata/instance_types/instance_type_rows.h"

namespace amilab::ec2 {

namespace {

using TypesRequest = GetInstanceTypesFromInstanceRequirementsRequest;
using TypesResponse = GetInstanceTypesFromInstanceRequirementsResponse;

// Source: assumed, as of EC2's other lists.
constexpr std::int64_t kLargestPage = 1000;

template <class Value>
std::optional<double> number_of(const std::optional<Value>& value)
{
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

/// Of the request's structures with Min and Max, whatever their numbers are.
template <class Range>
WantedRange range_of(const Range& range)
{
    return {.min = number_of(std::optional(range.min)), .max = number_of(range.max)};
}
template <class Range>
WantedRange range_of(const std::optional<Range>& range)
{
    return range ? WantedRange{.min = number_of(range->min), .max = number_of(range->max)}
                 : WantedRange{};
}

void check_range(const WantedRange& range, std::string_view parameter)
{
    for (const auto& one : {range.min, range.max}) {
        if (one && *one < 0) {
            throw invalid_value(fmt::format("{}", *one), parameter, "It must not be negative.");
        }
    }
    if (range.min && range.max && *range.min > *range.max) {
        throw invalid_value(fmt::format("{}", *range.min), parameter,
                            "The minimum must not be greater than the maximum.");
    }
}

/// Source: integers (documented); that they are not negative is assumed.
void check_percentage(const std::optional<std::int64_t>& percentage, std::string_view parameter)
{
    check_range({.min = number_of(percentage)}, parameter);
}

void check_patterns(const std::vector<std::string>& patterns, std::string_view parameter)
{
    for (const auto& pattern : patterns) {
        if (!has_only(pattern, ".*-")) {
            throw invalid_value(pattern, parameter);
        }
    }
}

void check_prices(const InstanceRequirementsRequest& wanted)
{
    constexpr auto kOfSpot = "SpotMaxPricePercentageOverLowestPrice";
    constexpr auto kOfOptimal = "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice";
    check_percentage(wanted.on_demand_max_price_percentage_over_lowest_price,
                     "OnDemandMaxPricePercentageOverLowestPrice");
    check_percentage(wanted.spot_max_price_percentage_over_lowest_price, kOfSpot);
    check_percentage(wanted.max_spot_price_as_percentage_of_optimal_on_demand_price, kOfOptimal);
    if (wanted.spot_max_price_percentage_over_lowest_price &&
        wanted.max_spot_price_as_percentage_of_optimal_on_demand_price) {
        throw parameters_not_together(kOfSpot, kOfOptimal);
    }
}

void check_baseline(const InstanceRequirementsRequest& wanted)
{
    if (wanted.baseline_performance_factors && wanted.baseline_performance_factors->cpu &&
        wanted.baseline_performance_factors->cpu->references.size() > 1) {
        throw too_many_given(wanted.baseline_performance_factors->cpu->references.size(), 1,
                             "instance families as a baseline");
    }
}

TypeInclusion inclusion_of(const std::optional<std::string>& word, TypeInclusion otherwise)
{
    return to_word<TypeInclusion>(word, otherwise);
}

/// What the catalogue calls them.
std::vector<std::string> catalogue_names(std::vector<std::string> makers)
{
    constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"amazon-web-services", "AWS"},
        {"amd", "AMD"},
        {"apple", "Apple"},
        {"habana", "Habana"},
        {"intel", "Intel"},
        {"nvidia", "NVIDIA"},
        {"xilinx", "Xilinx"}};
    for (auto& maker : makers) {
        for (const auto& [word, name] : kNames) {
            if (maker == word) {
                maker = name;
                break;
            }
        }
    }
    return makers;
}

bool has(const std::vector<std::string>& values, std::string_view value)
{
    return values.empty() || std::ranges::find(values, value) != values.end();
}

/// Source: the defaults are documented; that types without disks have whatever is said of disks'
/// types, and that what several cards have is added up, is assumed.
WantedAttributes attributes_of(const TypesRequest& request)
{
    const auto& from = request.instance_requirements;
    WantedAttributes to;
    to.architectures = request.architecture_types;
    to.virtualization_types = request.virtualization_types;
    to.vcpus = range_of(from.v_cpu_count);
    to.memory_mib = range_of(from.memory_mi_b);
    to.memory_gib_per_vcpu = range_of(from.memory_gi_b_per_v_cpu);
    to.processor_manufacturers = catalogue_names(from.cpu_manufacturers);
    to.allowed_types = from.allowed_instance_types;
    to.excluded_types = from.excluded_instance_types;
    to.current_generation = has(from.instance_generations, "current");
    to.previous_generation = has(from.instance_generations, "previous");
    to.bare_metal = inclusion_of(from.bare_metal, TypeInclusion::kExcluded);
    to.burstable = inclusion_of(from.burstable_performance, TypeInclusion::kExcluded);
    to.hibernation = from.require_hibernate_support.value_or(false);
    to.encryption_in_transit = from.require_encryption_in_transit.value_or(false);
    to.network_interfaces = range_of(from.network_interface_count);
    to.network_gbps = range_of(from.network_bandwidth_gbps);
    to.ebs_baseline_mbps = range_of(from.baseline_ebs_bandwidth_mbps);
    to.local_storage = inclusion_of(from.local_storage, TypeInclusion::kIncluded);
    to.disk_types = from.local_storage_types;
    to.local_storage_gb = range_of(from.total_local_storage_gb);
    to.accelerators = range_of(from.accelerator_count);
    to.accelerator_memory_mib = range_of(from.accelerator_total_memory_mi_b);
    to.accelerator_types = from.accelerator_types;
    to.accelerator_manufacturers = catalogue_names(from.accelerator_manufacturers);
    to.accelerator_names = from.accelerator_names;
    return to;
}

void choose_types(Session& /*session*/, const TypesRequest& request, ListQuery& wanted)
{
    check_instance_requirements(request.instance_requirements);
    require_offered_in_region(wanted);
    require_attributes(attributes_of(request), wanted);
}

/// "c5.large" but not "mac1.metal".
bool is_common(const PricedTypeRow& type)
{
    return type.name.size() > 1 &&
           std::string_view("cmr").find(type.name[0]) != std::string::npos && type.name[1] >= '0' &&
           type.name[1] <= '9';
}

/// The lowest on-demand price of those for which `counts` holds.
template <class Counts>
std::optional<NanoUsd> lowest_price(const std::vector<PricedTypeRow>& types, Counts counts)
{
    std::optional<NanoUsd> lowest;
    for (const auto& type : types) {
        if (type.on_demand && counts(type) && (!lowest || *type.on_demand < *lowest)) {
            lowest = type.on_demand;
        }
    }
    return lowest;
}

/// The price that others are held against.
/// Source: of current C, M or R types, failing that of current ones, failing that of previous ones
/// (documented).
std::optional<NanoUsd> identified_price(const std::vector<PricedTypeRow>& types)
{
    const auto is_current = [](const auto& type) { return type.current_generation; };
    auto price = lowest_price(
        types, [](const auto& type) { return type.current_generation && is_common(type); });
    price = price ? price : lowest_price(types, is_current);
    return price ? price : lowest_price(types, [](const auto&) { return true; });
}

/// Source: types whose Spot price is above the threshold are left out (documented); a type without
/// a Spot price has none above it, and where no price is known there is no threshold (assumed).
void protect_price(Session& session, const TypesRequest& request, ListQuery& wanted)
{
    const auto& percentage =
        request.instance_requirements.max_spot_price_as_percentage_of_optimal_on_demand_price;
    if (!percentage) {
        return;
    }
    const auto types = select_priced_types(session.db(), wanted);
    const auto identified = identified_price(types);
    if (!identified) {
        return;
    }
    const auto most = static_cast<double>(*identified) * static_cast<double>(*percentage) / 100;
    std::vector<std::string> names;
    for (const auto& type : types) {
        if (!type.spot || static_cast<double>(*type.spot) <= most) {
            names.push_back(type.name);
        }
    }
    require_named_types(names, wanted);
}

std::vector<InstanceTypeInfoFromInstanceRequirements> to_answers(
    Session& /*session*/, std::vector<InstanceTypeRow>&& rows)
{
    std::vector<InstanceTypeInfoFromInstanceRequirements> answers;
    for (auto& row : rows) {
        answers.push_back({.instance_type = std::move(row.name)});
    }
    return answers;
}

constexpr DescribeSpec kDescribe{.schema = kGetInstanceTypesFromInstanceRequirements,
                                 .page = {.largest = kLargestPage},
                                 .refine = &choose_types,
                                 .resolve = &protect_price,
                                 .select = &select_page<kInstanceTypeList>,
                                 .key = &key_by<&InstanceTypeRow::name>,
                                 .answers = &to_answers,
                                 .into = &TypesResponse::instance_types};

}  // namespace

void check_instance_requirements(const InstanceRequirementsRequest& requirements)
{
    check_range(range_of(requirements.v_cpu_count), "VCpuCount");
    check_range(range_of(requirements.memory_mi_b), "MemoryMiB");
    check_range(range_of(requirements.memory_gi_b_per_v_cpu), "MemoryGiBPerVCpu");
    check_range(range_of(requirements.network_interface_count), "NetworkInterfaceCount");
    check_range(range_of(requirements.network_bandwidth_gbps), "NetworkBandwidthGbps");
    check_range(range_of(requirements.baseline_ebs_bandwidth_mbps), "BaselineEbsBandwidthMbps");
    check_range(range_of(requirements.total_local_storage_gb), "TotalLocalStorageGB");
    check_range(range_of(requirements.accelerator_count), "AcceleratorCount");
    check_range(range_of(requirements.accelerator_total_memory_mi_b), "AcceleratorTotalMemoryMiB");
    check_patterns(requirements.allowed_instance_types, "AllowedInstanceType");
    check_patterns(requirements.excluded_instance_types, "ExcludedInstanceType");
    if (!requirements.allowed_instance_types.empty() &&
        !requirements.excluded_instance_types.empty()) {
        throw parameters_not_together("AllowedInstanceTypes", "ExcludedInstanceTypes");
    }
    check_prices(requirements);
    check_baseline(requirements);
}

// Source: EC2 API Reference, GetInstanceTypesFromInstanceRequirements (documented); in the order of
// names (assumed).
GetInstanceTypesFromInstanceRequirementsResponse get_instance_types_from_instance_requirements(
    Session& session, const GetInstanceTypesFromInstanceRequirementsRequest& request)
{
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<get_instance_types_from_instance_requirements>(kGetInstanceTypesFromInstanceRequirements),
};

}  // namespace

constinit const Family kInstanceRequirements{.operations = kOperations};

}  // namespace amilab::ec2
