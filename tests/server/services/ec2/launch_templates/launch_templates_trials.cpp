#include "tests/server/services/ec2/launch_templates/launch_templates_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

/// A parameter of LaunchTemplateData, of which each is kept and told.
std::vector<Trial> kept(std::string_view parameter, const std::string& value)
{
    return changes(parameter, value);
}

std::vector<Trial> mapping_parts()
{
    const std::string_view ebs[][2] = {
        {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"},
        {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.Encrypted", "true"},
        {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.Iops", "3000"},
        {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.KmsKeyId", "alias/two"},
        {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.SnapshotId", "snap-0123456789abcdef0"},
        {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.Throughput", "125"},
        {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeInitializationRate", "200"},
        {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeSize", "9"},
        {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeType", "gp3"},
        {"LaunchTemplateData.BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
        {"LaunchTemplateData.BlockDeviceMapping.1.NoDevice", "x"},
        {"LaunchTemplateData.BlockDeviceMapping.1.VirtualName", "ephemeral0"}};
    std::vector<Trial> trials;
    for (const auto& [parameter, value] : ebs) {
        trials = std::move(trials) + kept(parameter, std::string(value));
    }
    return trials;
}

/// Where launches go, and what that costs.
std::vector<Trial> place_trials()
{
    const std::string_view data[][2] = {
        {"LaunchTemplateData.CapacityReservationSpecification.CapacityReservationPreference",
         "none"},
        {"LaunchTemplateData.CapacityReservationSpecification.CapacityReservationTarget."
         "CapacityReservationId",
         "cr-0123456789abcdef0"},
        {"LaunchTemplateData.InstanceMarketOptions.MarketType", "spot"},
        {"LaunchTemplateData.InstanceMarketOptions.SpotOptions.BlockDurationMinutes", "60"},
        {"LaunchTemplateData.InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior",
         "stop"},
        {"LaunchTemplateData.InstanceMarketOptions.SpotOptions.MaxPrice", "0.5"},
        {"LaunchTemplateData.InstanceMarketOptions.SpotOptions.SpotInstanceType", "persistent"},
        {"LaunchTemplateData.InstanceMarketOptions.SpotOptions.ValidUntil", "2031-01-01T00:00:00Z"},
        {"LaunchTemplateData.LicenseSpecification.1.LicenseConfigurationArn",
         "arn:aws:license-manager:us-east-1:123456789012:license-configuration:"
         "lic-0123456789abcdef0123456789abcdef"},
        {"LaunchTemplateData.Placement.Affinity", "host"},
        {"LaunchTemplateData.Placement.AvailabilityZone", "us-east-1a"},
        {"LaunchTemplateData.Placement.AvailabilityZoneId", "use1-az6"},
        {"LaunchTemplateData.Placement.GroupId", "pg-0123456789abcdef0"},
        {"LaunchTemplateData.Placement.GroupName", "near"},
        {"LaunchTemplateData.Placement.HostId", "h-0123456789abcdef0"},
        {"LaunchTemplateData.Placement.PartitionNumber", "2"},
        {"LaunchTemplateData.Placement.Tenancy", "dedicated"}};
    std::vector<Trial> trials;
    for (const auto& [parameter, value] : data) {
        trials = std::move(trials) + kept(parameter, std::string(value));
    }
    return trials;
}

/// What stands in the place of an instance type.
std::vector<Trial> requirement_trials()
{
    const Parameters least = {{"LaunchTemplateData.InstanceRequirements.VCpuCount.Min", "1"},
                              {"LaunchTemplateData.InstanceRequirements.MemoryMiB.Min", "1024"}};
    const std::string_view attributes[][2] = {
        {"LaunchTemplateData.InstanceRequirements.AcceleratorCount.Max", "4"},
        {"LaunchTemplateData.InstanceRequirements.AcceleratorCount.Min", "1"},
        {"LaunchTemplateData.InstanceRequirements.AcceleratorManufacturer.1", "nvidia"},
        {"LaunchTemplateData.InstanceRequirements.AcceleratorName.1", "t4"},
        {"LaunchTemplateData.InstanceRequirements.AcceleratorTotalMemoryMiB.Max", "65536"},
        {"LaunchTemplateData.InstanceRequirements.AcceleratorTotalMemoryMiB.Min", "1024"},
        {"LaunchTemplateData.InstanceRequirements.AcceleratorType.1", "gpu"},
        {"LaunchTemplateData.InstanceRequirements.AllowedInstanceType.1", "m5.*"},
        {"LaunchTemplateData.InstanceRequirements.BareMetal", "included"},
        {"LaunchTemplateData.InstanceRequirements.BaselineEbsBandwidthMbps.Max", "9000"},
        {"LaunchTemplateData.InstanceRequirements.BaselineEbsBandwidthMbps.Min", "500"},
        {"LaunchTemplateData.InstanceRequirements.BaselinePerformanceFactors.Cpu.Reference.1."
         "InstanceFamily",
         "c6i"},
        {"LaunchTemplateData.InstanceRequirements.BurstablePerformance", "required"},
        {"LaunchTemplateData.InstanceRequirements.CpuManufacturer.1", "intel"},
        {"LaunchTemplateData.InstanceRequirements.ExcludedInstanceType.1", "c5.*"},
        {"LaunchTemplateData.InstanceRequirements.InstanceGeneration.1", "current"},
        {"LaunchTemplateData.InstanceRequirements.LocalStorage", "required"},
        {"LaunchTemplateData.InstanceRequirements.LocalStorageType.1", "ssd"},
        {"LaunchTemplateData.InstanceRequirements.MaxSpotPriceAsPercentageOfOptimalOnDemandPrice",
         "50"},
        {"LaunchTemplateData.InstanceRequirements.MemoryGiBPerVCpu.Max", "8.5"},
        {"LaunchTemplateData.InstanceRequirements.MemoryGiBPerVCpu.Min", "0.5"},
        {"LaunchTemplateData.InstanceRequirements.MemoryMiB.Max", "65536"},
        {"LaunchTemplateData.InstanceRequirements.MemoryMiB.Min", "2048"},
        {"LaunchTemplateData.InstanceRequirements.NetworkBandwidthGbps.Max", "12.5"},
        {"LaunchTemplateData.InstanceRequirements.NetworkBandwidthGbps.Min", "0.5"},
        {"LaunchTemplateData.InstanceRequirements.NetworkInterfaceCount.Max", "4"},
        {"LaunchTemplateData.InstanceRequirements.NetworkInterfaceCount.Min", "2"},
        {"LaunchTemplateData.InstanceRequirements.OnDemandMaxPricePercentageOverLowestPrice", "30"},
        {"LaunchTemplateData.InstanceRequirements.RequireEncryptionInTransit", "true"},
        {"LaunchTemplateData.InstanceRequirements.RequireHibernateSupport", "true"},
        {"LaunchTemplateData.InstanceRequirements.SpotMaxPricePercentageOverLowestPrice", "40"},
        {"LaunchTemplateData.InstanceRequirements.TotalLocalStorageGB.Max", "100.5"},
        {"LaunchTemplateData.InstanceRequirements.TotalLocalStorageGB.Min", "10"},
        {"LaunchTemplateData.InstanceRequirements.VCpuCount.Max", "8"},
        {"LaunchTemplateData.InstanceRequirements.VCpuCount.Min", "2"}};
    std::vector<Trial> trials;
    for (const auto& [parameter, value] : attributes) {
        trials = std::move(trials) + changes(parameter, std::string(value), least);
    }
    return trials;
}

/// Parameters that a template keeps as they are, each with a value.
constexpr std::string_view kKeptData[][2] = {
    {"LaunchTemplateData.CpuOptions.AmdSevSnp", "enabled"},
    {"LaunchTemplateData.CpuOptions.NestedVirtualization", "enabled"},
    {"LaunchTemplateData.CpuOptions.CoreCount", "1"},
    {"LaunchTemplateData.CpuOptions.ThreadsPerCore", "1"},
    {"LaunchTemplateData.CreditSpecification.CpuCredits", "standard"},
    {"LaunchTemplateData.DisableApiStop", "true"},
    {"LaunchTemplateData.DisableApiTermination", "true"},
    {"LaunchTemplateData.EbsOptimized", "true"},
    {"LaunchTemplateData.EnclaveOptions.Enabled", "true"},
    {"LaunchTemplateData.HibernationOptions.Configured", "true"},
    {"LaunchTemplateData.IamInstanceProfile.Arn", "arn:aws:iam::123456789012:instance-profile/web"},
    {"LaunchTemplateData.IamInstanceProfile.Name", "web"},
    {"LaunchTemplateData.ImageId", "ami-0123456789abcdef0"},
    {"LaunchTemplateData.InstanceInitiatedShutdownBehavior", "terminate"},
    {"LaunchTemplateData.InstanceType", "m5.large"},
    {"LaunchTemplateData.KernelId", "aki-12345678"},
    {"LaunchTemplateData.KeyName", "mine"},
    {"LaunchTemplateData.RamDiskId", "ari-12345678"},
    {"LaunchTemplateData.MaintenanceOptions.AutoRecovery", "disabled"},
    {"LaunchTemplateData.MetadataOptions.HttpEndpoint", "disabled"},
    {"LaunchTemplateData.MetadataOptions.HttpProtocolIpv6", "enabled"},
    {"LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit", "7"},
    {"LaunchTemplateData.MetadataOptions.HttpTokens", "required"},
    {"LaunchTemplateData.MetadataOptions.InstanceMetadataTags", "enabled"},
    {"LaunchTemplateData.Monitoring.Enabled", "true"},
    {"LaunchTemplateData.NetworkPerformanceOptions.BandwidthWeighting", "vpc-1"},
    {"LaunchTemplateData.NetworkInterface.1.AssociatePublicIpAddress", "true"},
    {"LaunchTemplateData.NetworkInterface.1.ConnectionTrackingSpecification."
     "TcpEstablishedTimeout",
     "300"},
    {"LaunchTemplateData.NetworkInterface.1.ConnectionTrackingSpecification.UdpStreamTimeout",
     "90"},
    {"LaunchTemplateData.NetworkInterface.1.ConnectionTrackingSpecification.UdpTimeout", "45"},
    {"LaunchTemplateData.NetworkInterface.1.DeleteOnTermination", "false"},
    {"LaunchTemplateData.NetworkInterface.1.Description", "first"},
    {"LaunchTemplateData.NetworkInterface.1.DeviceIndex", "0"},
    {"LaunchTemplateData.NetworkInterface.1.Ipv4Prefix.1.Ipv4Prefix", "10.0.0.16/28"},
    {"LaunchTemplateData.NetworkInterface.1.Ipv4PrefixCount", "1"},
    {"LaunchTemplateData.NetworkInterface.1.Ipv6AddressCount", "1"},
    {"LaunchTemplateData.NetworkInterface.1.Ipv6Addresses.1.Ipv6Address", "2001:db8::9"},
    {"LaunchTemplateData.NetworkInterface.1.Ipv6Prefix.1.Ipv6Prefix", "2001:db8:0:0:1::/80"},
    {"LaunchTemplateData.NetworkInterface.1.Ipv6PrefixCount", "1"},
    {"LaunchTemplateData.NetworkInterface.1.NetworkInterfaceId", "eni-0123456789abcdef0"},
    {"LaunchTemplateData.NetworkInterface.1.EnaQueueCount", "2"},
    {"LaunchTemplateData.NetworkInterface.1.EnaSrdSpecification.EnaSrdEnabled", "true"},
    {"LaunchTemplateData.NetworkInterface.1.EnaSrdSpecification.EnaSrdUdpSpecification."
     "EnaSrdUdpEnabled",
     "true"},
    {"LaunchTemplateData.NetworkInterface.1.InterfaceType", "efa"},
    {"LaunchTemplateData.NetworkInterface.1.NetworkCardIndex", "1"},
    {"LaunchTemplateData.NetworkInterface.1.PrimaryIpv6", "true"},
    {"LaunchTemplateData.NetworkInterface.1.PrivateIpAddress", "10.0.0.9"},
    {"LaunchTemplateData.NetworkInterface.1.PrivateIpAddresses.1.Primary", "true"},
    {"LaunchTemplateData.NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "10.0.0.9"},
    {"LaunchTemplateData.NetworkInterface.1.SecondaryPrivateIpAddressCount", "2"},
    {"LaunchTemplateData.NetworkInterface.1.SecurityGroupId.1", "sg-0123456789abcdef0"},
    {"LaunchTemplateData.NetworkInterface.1.SubnetId", "subnet-0123456789abcdef0"},
    {"LaunchTemplateData.PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord", "true"},
    {"LaunchTemplateData.PrivateDnsNameOptions.EnableResourceNameDnsARecord", "true"},
    {"LaunchTemplateData.PrivateDnsNameOptions.HostnameType", "resource-name"},
    {"LaunchTemplateData.SecurityGroup.1", "web"},
    {"LaunchTemplateData.SecurityGroupId.1", "sg-0123456789abcdef0"},
    {"LaunchTemplateData.UserData", "YQ=="}};

std::vector<Trial> data_trials()
{
    auto trials = mapping_parts() + place_trials() + requirement_trials();
    for (const auto& [parameter, value] : kKeptData) {
        trials = std::move(trials) + kept(parameter, std::string(value));
    }
    const Parameters tags = {{"LaunchTemplateData.TagSpecification.1.ResourceType", "instance"},
                             {"LaunchTemplateData.TagSpecification.1.Tag.1.Key", "of"},
                             {"LaunchTemplateData.TagSpecification.1.Tag.1.Value", "test"}};
    return std::move(trials) +
           std::vector<Trial>{{"LaunchTemplateData.TagSpecification.1.ResourceType", tags},
                              {"LaunchTemplateData.TagSpecification.1.Tag.1.Key", tags},
                              {"LaunchTemplateData.TagSpecification.1.Tag.1.Value", tags}};
}

constexpr const char* kAlias =
    "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

TrialTable trials()
{
    TrialTable table;
    table["CreateLaunchTemplate"] = {
        {{"LaunchTemplateName", "new"}, {"LaunchTemplateData.KeyName", "some"}},
        refused("ClientToken", std::string(129, 'x')) + data_trials() +
            changes("LaunchTemplateName", "other") + changes("VersionDescription", "first") +
            tag_trials("launch-template")};
    table["DescribeLaunchTemplates"] = describe_operation(
        filter_trials("launch-template-name", "template") +
        changes("LaunchTemplateId.1", "{template}") + changes("LaunchTemplateName.1", "template") +
        same("IncludeManagedResources", "true") + changes("MaxResults", "1") +
        refused("NextToken", "bm90IG91cnM="));
    table["ModifyLaunchTemplate"] = {
        {{"LaunchTemplateId", "{template}"}, {"SetDefaultVersion", "2"}},
        refused("ClientToken", std::string(129, 'x')) +
            changes("LaunchTemplateId", "{template_2}") +
            refused("LaunchTemplateName", "template") + changes("SetDefaultVersion", "1")};
    table["DeleteLaunchTemplate"] = {
        {{"LaunchTemplateId", "{template}"}},
        changes("LaunchTemplateId", "{template_2}") + refused("LaunchTemplateName", "template")};
    table["CreateLaunchTemplateVersion"] = {
        {{"LaunchTemplateId", "{template}"}, {"LaunchTemplateData.KeyName", "some"}},
        token_trial() + data_trials() + changes("LaunchTemplateId", "{template_2}") +
            refused("LaunchTemplateName", "template") + changes("SourceVersion", "1") +
            changes("ResolveAlias", "true", {{"LaunchTemplateData.ImageId", kAlias}}) +
            changes("VersionDescription", "second")};
    table["DescribeLaunchTemplateVersions"] = {
        {{"LaunchTemplateId", "{template}"}},
        filter_trials("is-default-version", "true") + same("IncludeManagedResources", "true") +
            changes("LaunchTemplateId", "{template_2}") +
            refused("LaunchTemplateName", "template") + changes("LaunchTemplateVersion.1", "1") +
            changes("MinVersion", "2") + changes("ResolveAlias", "true") +
            changes("MaxVersion", "1") + changes("MaxResults", "1") +
            refused("NextToken", "bm90IG91cnM=")};
    table["DeleteLaunchTemplateVersions"] = {
        {{"LaunchTemplateId", "{template}"}, {"LaunchTemplateVersion.1", "2"}},
        changes("LaunchTemplateId", "{template_2}") + refused("LaunchTemplateName", "template") +
            changes("LaunchTemplateVersion.1", "1")};
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"DescribeLaunchTemplates IncludeManagedResources", "no service manages anything"},
    {"DescribeLaunchTemplateVersions IncludeManagedResources", "no service manages anything"},
};

std::vector<Telling> tellings()
{
    return {{"launch_template", "id", "DescribeLaunchTemplates", {{"LaunchTemplateId.1", "{}"}}},
            {"launch_template_version",
             "template_id",
             "DescribeLaunchTemplateVersions",
             {{"LaunchTemplateId", "{}"}}}};
}

void add_launch_templates(World& world)
{
    for (const auto* suffix : {"", "_2"}) {
        const auto name = std::string("template") + suffix;
        world.set_id(name, world
                               .must("CreateLaunchTemplate",
                                     {{"LaunchTemplateName", name},
                                      {"LaunchTemplateData.InstanceType", "t3.small"}})
                               .text("launchTemplate/launchTemplateId"));
        world.must("CreateLaunchTemplateVersion",
                   {{"LaunchTemplateName", name}, {"LaunchTemplateData.ImageId", kAlias}});
    }
}

}  // namespace

constinit const TrialSet kLaunchTemplatesTrials{.trials = trials,
                                                .without_effect = kWithoutEffect,
                                                .tellings = tellings,
                                                .add_to_world = add_launch_templates};

}  // namespace amilab::test
