#include "server/services/ec2/launch_templates/template_requirements.h"

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instance_types/instance_requirements.h"

namespace amilab::ec2 {

namespace {

template <class To, class From>
To range_answer(const From& from)
{
    To to;
    to.max = from.max;
    to.min = from.min;
    return to;
}

template <class To, class From>
void show_range(const std::optional<From>& from, std::optional<To>& to)
{
    if (from) {
        to = range_answer<To>(*from);
    }
}

void show_ranges(const InstanceRequirementsRequest& from, InstanceRequirements& to)
{
    to.v_cpu_count = range_answer<VCpuCountRange>(from.v_cpu_count);
    to.memory_mi_b = range_answer<MemoryMiB>(from.memory_mi_b);
    show_range(from.accelerator_count, to.accelerator_count);
    show_range(from.accelerator_total_memory_mi_b, to.accelerator_total_memory_mi_b);
    show_range(from.baseline_ebs_bandwidth_mbps, to.baseline_ebs_bandwidth_mbps);
    show_range(from.memory_gi_b_per_v_cpu, to.memory_gi_b_per_v_cpu);
    show_range(from.network_bandwidth_gbps, to.network_bandwidth_gbps);
    show_range(from.network_interface_count, to.network_interface_count);
    show_range(from.total_local_storage_gb, to.total_local_storage_gb);
}

BaselinePerformanceFactors factors_answer(const BaselinePerformanceFactorsRequest& from)
{
    BaselinePerformanceFactors to;
    if (from.cpu) {
        auto& cpu = to.cpu.emplace();
        for (const auto& one : from.cpu->references) {
            cpu.references.push_back({.instance_family = one.instance_family});
        }
    }
    return to;
}

}  // namespace

void check_template_requirements(const RequestLaunchTemplateData& data)
{
    if (!data.instance_requirements) {
        return;
    }
    if (is_given(data.instance_type)) {
        throw parameters_not_together("InstanceType", "InstanceRequirements");
    }
    check_instance_requirements(*data.instance_requirements);
}

InstanceRequirements requirements_answer(const InstanceRequirementsRequest& from)
{
    InstanceRequirements to;
    show_ranges(from, to);
    to.accelerator_manufacturers = from.accelerator_manufacturers;
    to.accelerator_names = from.accelerator_names;
    to.accelerator_types = from.accelerator_types;
    to.allowed_instance_types = from.allowed_instance_types;
    to.bare_metal = from.bare_metal;
    if (from.baseline_performance_factors) {
        to.baseline_performance_factors = factors_answer(*from.baseline_performance_factors);
    }
    to.burstable_performance = from.burstable_performance;
    to.cpu_manufacturers = from.cpu_manufacturers;
    to.excluded_instance_types = from.excluded_instance_types;
    to.instance_generations = from.instance_generations;
    to.local_storage = from.local_storage;
    to.local_storage_types = from.local_storage_types;
    to.max_spot_price_as_percentage_of_optimal_on_demand_price =
        from.max_spot_price_as_percentage_of_optimal_on_demand_price;
    to.on_demand_max_price_percentage_over_lowest_price =
        from.on_demand_max_price_percentage_over_lowest_price;
    to.require_encryption_in_transit = from.require_encryption_in_transit;
    to.require_hibernate_support = from.require_hibernate_support;
    to.spot_max_price_percentage_over_lowest_price =
        from.spot_max_price_percentage_over_lowest_price;
    return to;
}

}  // namespace amilab::ec2
