#include "tests/server/services/ec2/instance_types/instance_types_trials.h"

#include <string_view>
#include <utility>

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

/// Each leaves out some of what the call finds, or has it find more.
OperationTrials requirement_trials()
{
    const std::string_view parameters[][2] = {
        {"ArchitectureType.1", "arm64"},
        {"VirtualizationType.1", "paravirtual"},
        {"InstanceRequirements.AcceleratorCount.Max", "0"},
        {"InstanceRequirements.AcceleratorCount.Min", "2"},
        {"InstanceRequirements.AcceleratorManufacturer.1", "nvidia"},
        {"InstanceRequirements.AcceleratorName.1", "t4"},
        {"InstanceRequirements.AcceleratorTotalMemoryMiB.Max", "16384"},
        {"InstanceRequirements.AcceleratorTotalMemoryMiB.Min", "16384"},
        {"InstanceRequirements.AcceleratorType.1", "gpu"},
        {"InstanceRequirements.AllowedInstanceType.1", "m5.*"},
        {"InstanceRequirements.BareMetal", "included"},
        {"InstanceRequirements.BaselineEbsBandwidthMbps.Max", "9000"},
        {"InstanceRequirements.BaselineEbsBandwidthMbps.Min", "9000"},
        {"InstanceRequirements.BurstablePerformance", "included"},
        {"InstanceRequirements.CpuManufacturer.1", "amd"},
        {"InstanceRequirements.ExcludedInstanceType.1", "m5.*"},
        {"InstanceRequirements.InstanceGeneration.1", "current"},
        {"InstanceRequirements.LocalStorage", "required"},
        {"InstanceRequirements.LocalStorageType.1", "ssd"},
        {"InstanceRequirements.MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", "100"},
        {"InstanceRequirements.MemoryGiBPerVCpu.Max", "4"},
        {"InstanceRequirements.MemoryGiBPerVCpu.Min", "4"},
        {"InstanceRequirements.MemoryMiB.Max", "8192"},
        {"InstanceRequirements.MemoryMiB.Min", "8192"},
        {"InstanceRequirements.NetworkBandwidthGbps.Max", "12.5"},
        {"InstanceRequirements.NetworkBandwidthGbps.Min", "12.5"},
        {"InstanceRequirements.NetworkInterfaceCount.Max", "4"},
        {"InstanceRequirements.NetworkInterfaceCount.Min", "4"},
        {"InstanceRequirements.RequireEncryptionInTransit", "true"},
        {"InstanceRequirements.RequireHibernateSupport", "true"},
        {"InstanceRequirements.TotalLocalStorageGB.Max", "100.5"},
        {"InstanceRequirements.TotalLocalStorageGB.Min", "100.5"},
        {"InstanceRequirements.VCpuCount.Max", "4"},
        {"InstanceRequirements.VCpuCount.Min", "4"}};
    auto trials = page_trials();
    for (const auto& [parameter, value] : parameters) {
        trials = std::move(trials) + changes(parameter, std::string(value));
    }
    return {{{"ArchitectureType.1", "x86_64"},
             {"VirtualizationType.1", "hvm"},
             {"InstanceRequirements.MemoryMiB.Min", "1"},
             {"InstanceRequirements.VCpuCount.Min", "1"}},
            std::move(trials)};
}

TrialTable trials()
{
    TrialTable table;
    table["DescribeInstanceTypes"] = describe_operation(
        filter_trials("instance-type", "t3.micro") + changes("InstanceType.1", "t3.micro") +
        page_trials() + changes("IncludeUnsupportedInRegion", "true"));
    // Not all types are offered here.
    table["DescribeInstanceTypes"].region = "ap-southeast-5";
    table["DescribeInstanceTypeOfferings"] =
        describe_operation(filter_trials("instance-type", "t3.micro") + page_trials() +
                           changes("LocationType", "availability-zone"));
    table["GetInstanceTypesFromInstanceRequirements"] = requirement_trials();
    return table;
}

}  // namespace

constinit const TrialSet kInstanceTypesTrials{.trials = trials};

}  // namespace amilab::test
