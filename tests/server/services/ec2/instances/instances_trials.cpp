#include "tests/server/services/ec2/instances/instances_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

std::vector<Trial> launched_mapping_trials()
{
    const auto encrypted = device("/dev/sdz", {{"Ebs.VolumeSize", "4"}, {"Ebs.Encrypted", "true"}});
    return mapping_trials("/dev/xvda", "/dev/sdz") +
           std::vector<Trial>{{"BlockDeviceMapping.1.NoDevice",
                               device("/dev/xvda", {{"NoDevice", ""}}),
                               {},
                               Outcome::kRefused},
                              {"BlockDeviceMapping.1.VirtualName",
                               device("/dev/xvda", {{"VirtualName", "ephemeral0"}}),
                               {},
                               Outcome::kRefused},
                              {"BlockDeviceMapping.1.Ebs.VolumeInitializationRate",
                               device("/dev/xvda", {{"Ebs.VolumeInitializationRate", "200"}})}} +
           changes("BlockDeviceMapping.1.Ebs.KmsKeyId", "alias/two", encrypted);
}

std::vector<Trial> launched_interface_trials()
{
    const Parameters first{{"NetworkInterface.1.DeviceIndex", "0"}};
    const Parameters second{
        {"NetworkInterface.1.DeviceIndex", "0"},
        {"NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "172.31.16.77"}};
    return changes("PrivateIpAddress", "172.31.0.77") + refused("SecurityGroup.1", "none") +
           changes("NetworkInterface.1.AssociatePublicIpAddress", "false", first) +
           changes("NetworkInterface.1.DeleteOnTermination", "false", first) +
           changes("NetworkInterface.1.Description", "mine", first) +
           changes("NetworkInterface.1.ConnectionTrackingSpecification.TcpEstablishedTimeout",
                   "300", first) +
           changes("NetworkInterface.1.ConnectionTrackingSpecification.UdpStreamTimeout", "90",
                   first) +
           changes("NetworkInterface.1.ConnectionTrackingSpecification.UdpTimeout", "45", first) +
           refused("NetworkInterface.1.DeviceIndex", "1") +
           changes("NetworkInterface.1.NetworkInterfaceId", "{interface}", first) +
           changes("NetworkInterface.1.PrivateIpAddress", "172.31.0.77", first) +
           changes("NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "172.31.0.77",
                   first) +
           std::vector<Trial>{{"NetworkInterface.1.PrivateIpAddresses.1.Primary",
                               {{"NetworkInterface.1.PrivateIpAddresses.1.Primary", "true"}},
                               merged(second, {{"NetworkInterface.1.SubnetId", "{subnet}"}})}} +
           changes("NetworkInterface.1.SecondaryPrivateIpAddressCount", "1", first) +
           refused("NetworkInterface.1.SecurityGroupId.1", "sg-0123456789abcdef0", first) +
           changes("NetworkInterface.1.Ipv4PrefixCount", "1", first) +
           changes("NetworkInterface.1.Ipv4Prefix.1.Ipv4Prefix", "172.31.8.16/28", first) +
           refused("NetworkInterface.1.Ipv6PrefixCount", "1", first) +
           refused("NetworkInterface.1.Ipv6Prefix.1.Ipv6Prefix", "{free_prefix}", first) +
           refused("NetworkInterface.1.Ipv6AddressCount", "1", first) +
           refused("NetworkInterface.1.Ipv6Addresses.1.Ipv6Address", "{free_ipv6}", first) +
           refused("NetworkInterface.1.Ipv6Addresses.1.IsPrimaryIpv6", "true", first) +
           refused("NetworkInterface.1.PrimaryIpv6", "true", first) +
           refused("NetworkInterface.1.InterfaceType", "efa", first) +
           refused("NetworkInterface.1.EnaSrdSpecification.EnaSrdEnabled", "true", first) +
           refused("NetworkInterface.1.EnaSrdSpecification.EnaSrdUdpSpecification.EnaSrdUdpEnabled",
                   "true", first) +
           refused("Ipv6Address.1.IsPrimaryIpv6", "true") + refused("Ipv6AddressCount", "1") +
           refused("Ipv6Address.1.Ipv6Address", "{free_ipv6}") +
           changes("NetworkInterface.1.SubnetId", "{subnet}", first);
}

namespace {

void add_describes(TrialTable& table)
{
    table["DescribeInstances"] = describe_operation(
        filter_trials("image-id", "{image}") + same("IncludeManagedResources", "true") +
        changes("InstanceId.1", "{instance}") + page_trials());
    table["DescribeInstanceStatus"] = describe_operation(
        filter_trials("availability-zone", "us-east-1a") + changes("IncludeAllInstances", "false") +
        same("IncludeManagedResources", "true") + changes("InstanceId.1", "{instance}") +
        page_trials());
    // Five of the six run: a page holds them all.
    table["DescribeInstanceStatus"].request = {{"IncludeAllInstances", "true"}};
    table["DescribeInstanceImageMetadata"] =
        describe_operation(filter_trials("instance-state-name", "running") +
                           changes("InstanceId.1", "{instance}") + page_trials());
}

/// Of an m5.2xlarge, which has them all.
std::vector<Trial> on_large(std::string_view parameter, const std::string& value,
                            Parameters besides = {})
{
    besides.emplace_back("InstanceType", "m5.2xlarge");
    return changes(parameter, value, std::move(besides));
}

constexpr const char* kLicense =
    "arn:aws:license-manager:us-east-1:123456789012:license-configuration:"
    "lic-0123456789abcdef0123456789abcdef";

std::vector<Trial> option_trials()
{
    const Parameters parted = {{"Placement.GroupName", "parted"}};
    const Parameters spot = {{"InstanceMarketOptions.MarketType", "spot"}};
    return refused("CapacityReservationSpecification.CapacityReservationPreference",
                   "capacity-reservations-only") +
           refused(
               "CapacityReservationSpecification.CapacityReservationTarget."
               "CapacityReservationId",
               "cr-0123456789abcdef0") +
           on_large("CpuOptions.CoreCount", "2") + on_large("CpuOptions.ThreadsPerCore", "1") +
           refused("CpuOptions.AmdSevSnp", "enabled") +
           refused("CpuOptions.NestedVirtualization", "enabled") +
           changes("CreditSpecification.CpuCredits", "standard") + changes("EbsOptimized", "true") +
           on_large("EnclaveOptions.Enabled", "true") +
           changes("IamInstanceProfile.Arn", "arn:aws:iam::123456789012:instance-profile/web") +
           changes("IamInstanceProfile.Name", "web") +
           changes("HibernationOptions.Configured", "true",
                   device("/dev/xvda", {{"Ebs.Encrypted", "true"}})) +
           changes("LicenseSpecification.1.LicenseConfigurationArn", kLicense) +
           changes("Placement.AvailabilityZoneId", "use1-az6") +
           changes("KernelId", "aki-12345678") + changes("RamdiskId", "ari-12345678") +
           changes("InstanceMarketOptions.MarketType", "spot") +
           changes("InstanceMarketOptions.SpotOptions.MaxPrice", "0.5", spot) +
           refused("InstanceMarketOptions.SpotOptions.BlockDurationMinutes", "60", spot) +
           refused("InstanceMarketOptions.SpotOptions.SpotInstanceType", "persistent", spot) +
           refused("InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior", "stop", spot) +
           refused("InstanceMarketOptions.SpotOptions.ValidUntil", "2031-01-01T00:00:00Z", spot) +
           changes("LaunchTemplate.LaunchTemplateId", "{template}") +
           changes("LaunchTemplate.LaunchTemplateName", "template") +
           changes("LaunchTemplate.Version", "2",
                   {{"LaunchTemplate.LaunchTemplateName", "template"}}) +
           changes("MaintenanceOptions.AutoRecovery", "disabled") +
           changes("MetadataOptions.HttpEndpoint", "disabled") +
           changes("MetadataOptions.HttpProtocolIpv6", "enabled") +
           changes("MetadataOptions.HttpPutResponseHopLimit", "7") +
           changes("MetadataOptions.HttpTokens", "required") +
           changes("MetadataOptions.InstanceMetadataTags", "enabled") +
           changes("Monitoring.Enabled", "true") +
           refused("NetworkPerformanceOptions.BandwidthWeighting", "vpc-1") +
           refused("Placement.GroupId", "pg-0123456789abcdef0") +
           refused("Placement.Affinity", "host") +
           refused("Placement.HostId", "h-0123456789abcdef0") +
           changes("Placement.GroupName", "parted") +
           changes("Placement.PartitionNumber", "2", parted) +
           changes("Placement.Tenancy", "dedicated") +
           changes("PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord", "true") +
           changes("PrivateDnsNameOptions.EnableResourceNameDnsARecord", "true") +
           changes("PrivateDnsNameOptions.HostnameType", "resource-name");
}

void add_options(TrialTable& table)
{
    const auto of = [](const char* id, const Parameters& more = {}) {
        return merged({{"InstanceId", id}}, more);
    };
    table["MonitorInstances"] = either_of("InstanceId.1", "{instance}", "{stopped}");
    table["UnmonitorInstances"] = either_of("InstanceId.1", "{monitored}", "{monitored_2}");
    table["ModifyInstanceCapacityReservationAttributes"] = {
        of("{stopped}",
           {{"CapacityReservationSpecification.CapacityReservationPreference", "none"}}),
        refused("InstanceId", "{instance}") +
            changes("CapacityReservationSpecification.CapacityReservationPreference",
                    "capacity-reservations-only") +
            refused("CapacityReservationSpecification.CapacityReservationTarget."
                    "CapacityReservationId",
                    "cr-0123456789abcdef0")};
    table["ModifyInstanceCpuOptions"] = {
        of("{stopped}", {{"CoreCount", "1"}}),
        refused("InstanceId", "{instance}") + refused("CoreCount", "9") +
            refused("NestedVirtualization", "enabled") + changes("ThreadsPerCore", "1")};
    table["ModifyInstanceMaintenanceOptions"] = {of("{instance}", {{"AutoRecovery", "disabled"}}),
                                                 changes("InstanceId", "{stopped}") +
                                                     changes("AutoRecovery", "default") +
                                                     changes("RebootMigration", "disabled")};
    table["ModifyInstanceMetadataOptions"] = {
        of("{instance}", {{"HttpTokens", "optional"}}),
        changes("InstanceId", "{stopped}") + changes("HttpTokens", "required") +
            changes("HttpPutResponseHopLimit", "9") + changes("HttpEndpoint", "disabled") +
            changes("HttpProtocolIpv6", "enabled") + changes("InstanceMetadataTags", "enabled")};
    table["ModifyInstanceNetworkPerformanceOptions"] = {
        of("{stopped}", {{"BandwidthWeighting", "default"}}),
        refused("InstanceId", "{instance}") + refused("BandwidthWeighting", "vpc-1")};
    table["ModifyInstancePlacement"] = {
        of("{stopped}", {{"GroupName", "parted"}}),
        refused("InstanceId", "{instance}") + changes("GroupName", "") +
            refused("GroupId", "pg-0123456789abcdef0") + changes("PartitionNumber", "1") +
            changes("Tenancy", "dedicated") + refused("Affinity", "host") +
            refused("HostId", "h-0123456789abcdef0")};
    table["ModifyPrivateDnsNameOptions"] = {
        of("{stopped}", {{"EnableResourceNameDnsARecord", "true"}}),
        changes("InstanceId", "{instance}") + changes("EnableResourceNameDnsARecord", "false") +
            changes("EnableResourceNameDnsAAAARecord", "true") +
            changes("PrivateDnsHostnameType", "resource-name")};
}

void add_defaults_and_credits(TrialTable& table)
{
    table["GetInstanceMetadataDefaults"] = {};
    table["ModifyInstanceMetadataDefaults"] = {
        {{"HttpTokens", "required"}},
        changes("HttpTokens", "optional") + changes("HttpPutResponseHopLimit", "3") +
            changes("HttpEndpoint", "disabled") + changes("InstanceMetadataTags", "enabled") +
            changes("HttpTokensEnforced", "enabled")};
    table["DescribeInstanceCreditSpecifications"] =
        describe_operation(filter_trials("instance-id", "{instance}") +
                           changes("InstanceId.1", "{instance}") + page_trials());
    const std::string first = "InstanceCreditSpecification.1.";
    table["ModifyInstanceCreditSpecification"] = {
        {{first + "InstanceId", "{instance}"}, {first + "CpuCredits", "standard"}},
        refused("ClientToken", std::string(65, 'x')) +
            changes("InstanceCreditSpecification.1.InstanceId", "{stopped}") +
            changes("InstanceCreditSpecification.1.CpuCredits", "unlimited")};
    table["GetDefaultCreditSpecification"] = either_of("InstanceFamily", "t2", "t3");
    table["ModifyDefaultCreditSpecification"] = {
        {{"InstanceFamily", "t3"}, {"CpuCredits", "standard"}},
        changes("InstanceFamily", "t2") + changes("CpuCredits", "unlimited")};
    table["GetConsoleOutput"] = {{{"InstanceId", "{instance}"}},
                                 changes("InstanceId", "{stopped}") + same("Latest", "true")};
    table["GetConsoleScreenshot"] = {{{"InstanceId", "{instance}"}},
                                     refused("InstanceId", "{stopped}") + same("WakeUp", "true")};
    const Parameters key = {
        {"InstanceId", "{safe}"}, {"KeyType", "rsa-2048"}, {"KeyFormat", "der"}};
    table["GetInstanceTpmEkPub"] = {key, changes("InstanceId", "{safe_2}") +
                                             changes("KeyType", "ecc-sec-p384") +
                                             changes("KeyFormat", "tpmt")};
    table["GetInstanceUefiData"] = either_of("InstanceId", "{safe}", "{safe_2}");
    table["DescribeInstanceTopology"] =
        describe_operation(filter_trials("instance-type", "t3.micro") +
                           changes("InstanceId.1", "{instance}") + changes("MaxResults", "1") +
                           changes("GroupName.1", "parted") + refused("NextToken", "bm90IG91cnM="));
    table["SendDiagnosticInterrupt"] = {{{"InstanceId", "{instance}"}},
                                        refused("InstanceId", "{stopped}")};
    table["GetLaunchTemplateData"] = either_of("InstanceId", "{instance}", "{stopped}");
    table["GetPasswordData"] = either_of("InstanceId", "{instance}", "{stopped}");
}

void add_states(TrialTable& table)
{
    table["RunInstances"] = {
        {{"ImageId", "{image}"},
         {"InstanceType", "t3.micro"},
         {"MinCount", "1"},
         {"MaxCount", "1"}},
        launched_mapping_trials() + launched_interface_trials() + token_trial() +
            changes("DisableApiStop", "true") + changes("DisableApiTermination", "true") +
            changes("ImageId", "{image_2}") + option_trials() +
            refused("EnablePrimaryIpv6", "true") +
            refused("NetworkInterface.1.EnaQueueCount", "2",
                    {{"NetworkInterface.1.DeviceIndex", "0"}}) +
            refused("NetworkInterface.1.NetworkCardIndex", "1",
                    {{"NetworkInterface.1.DeviceIndex", "0"}}) +
            changes("InstanceInitiatedShutdownBehavior", "terminate") +
            changes("InstanceType", "t3.small") + changes("KeyName", "{key_name}") +
            changes("MaxCount", "2") + refused("MinCount", "2") +
            changes("Placement.AvailabilityZone", "us-east-1c") +
            refused("SecurityGroupId.1", "sg-0123456789abcdef0") + changes("SubnetId", "{subnet}") +
            tag_trials("instance") + changes("UserData", "aGVsbG8=")};
    table["RebootInstances"] = {{{"InstanceId.1", "{instance}"}},
                                refused("InstanceId.1", "{stopped}")};
    table["StartInstances"] = either_of("InstanceId.1", "{stopped}", "{instance}");
    table["StopInstances"] = {{{"InstanceId.1", "{instance}"}},
                              changes("Force", "true") + refused("Hibernate", "true") +
                                  changes("InstanceId.1", "{stopped}") +
                                  changes("SkipOsShutdown", "true")};
    table["StopInstances"].slow = {"instance.stopping"};
    table["TerminateInstances"] = {{{"InstanceId.1", "{instance}"}},
                                   changes("Force", "true") + changes("InstanceId.1", "{stopped}") +
                                       changes("SkipOsShutdown", "true")};
    table["TerminateInstances"].slow = {"instance.shutting-down"};
}

void add_attributes(TrialTable& table)
{
    table["DescribeInstanceAttribute"] = {
        {{"InstanceId", "{instance}"}, {"Attribute", "instanceType"}},
        changes("InstanceId", "{stopped}") + changes("Attribute", "userData")};
    table["ResetInstanceAttribute"] = {
        {{"InstanceId", "{unchecked}"}, {"Attribute", "sourceDestCheck"}},
        refused("InstanceId", "i-0123456789abcdef0") + refused("Attribute", "kernel")};
    const Parameters flat{{"Attribute", "disableApiStop"}, {"Value", "true"}};
    const auto kept = device("/dev/xvda", {{"Ebs.DeleteOnTermination", "false"}});
    table["ModifyInstanceAttribute"] = {
        {{"InstanceId", "{stopped}"}},
        std::vector<Trial>{
            {"Attribute", {{"Attribute", "disableApiStop"}}, {{"Value", "true"}}},
            {"BlockDeviceMapping.1.DeviceName", device("/dev/sdz"), kept, Outcome::kRefused},
            {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", kept}} +
            changes("Value", "false", flat) + changes("InstanceId", "{instance}", flat) +
            changes("DisableApiStop.Value", "true") +
            changes("DisableApiTermination.Value", "true") + changes("EbsOptimized.Value", "true") +
            changes("EnaSupport.Value", "false") +
            changes("InstanceInitiatedShutdownBehavior.Value", "terminate") +
            changes("InstanceType.Value", "t3.small") + changes("SourceDestCheck.Value", "false") +
            changes("Kernel.Value", "aki-12345678") + changes("Ramdisk.Value", "ari-12345678") +
            refused("EnclaveOptions.Enabled", "true") + changes("SriovNetSupport.Value", "simple") +
            changes("UserData.Value", "aGVsbG8=") + refused("GroupId.1", "sg-0123456789abcdef0")};
}

void add_root_volumes(TrialTable& table)
{
    table["CreateReplaceRootVolumeTask"] = {
        {{"InstanceId", "{instance}"}},
        token_trial() + changes("DeleteReplacedRootVolume", "true") +
            changes("ImageId", "{image_2}") + changes("InstanceId", "{task_instance}") +
            changes("SnapshotId", "{root_snapshot}") + tag_trials("replace-root-volume-task") +
            changes("VolumeId", "{volume_3}") + changes("VolumeInitializationRate", "200")};
    table["DescribeReplaceRootVolumeTasks"] = describe_operation(
        filter_trials("instance-id", "{task_instance}") + changes("MaxResults", "1") +
        refused("NextToken", "bm90IG91cnM=") + changes("ReplaceRootVolumeTaskId.1", "{task}"));
}

void add_images_and_products(TrialTable& table)
{
    table["CreateImage"] = {
        {{"InstanceId", "{instance}"}, {"Name", "captured"}},
        mapping_trials("/dev/sdy", "/dev/sdz") +
            std::vector<Trial>{
                {"BlockDeviceMapping.1.NoDevice", device("/dev/sdf", {{"NoDevice", ""}})},
                {"BlockDeviceMapping.1.VirtualName",
                 device("/dev/sdz", {{"VirtualName", "ephemeral0"}})}} +
            changes("BootModeOverride", "uefi") + changes("Description", "nightly") +
            changes("InstanceId", "{stopped}") + changes("Name", "other name") +
            same("NoReboot", "true") + tag_trials("image")};
    table["ConfirmProductInstance"] = {
        {{"InstanceId", "{instance}"}, {"ProductCode", "{product}"}},
        changes("InstanceId", "{stopped}") + refused("ProductCode", "other")};
}

TrialTable trials()
{
    TrialTable table;
    add_describes(table);
    add_states(table);
    add_attributes(table);
    add_options(table);
    add_defaults_and_credits(table);
    add_root_volumes(table);
    add_images_and_products(table);
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"GetConsoleOutput Latest", "the text is the same at any time"},
    {"GetConsoleScreenshot WakeUp", "no screen sleeps"},
    {"CreateImage NoReboot", "a reboot leaves no trace that a client sees"},
    {"DescribeInstanceStatus IncludeManagedResources", "no service manages anything"},
    {"DescribeInstances IncludeManagedResources", "no service manages anything"},
};

std::vector<Telling> tellings()
{
    const auto attribute = [](const char* name) {
        return Parameters{{"InstanceId", "{}"}, {"Attribute", name}};
    };
    return {{"instance", "id", "DescribeInstances", {{"InstanceId.1", "{}"}}},
            {"instance_option", "instance_id", "DescribeInstances", {{"InstanceId.1", "{}"}}},
            {"instance_option",
             "instance_id",
             "DescribeInstanceCreditSpecifications",
             {{"InstanceId.1", "{}"}}},
            {"instance_metadata_defaults", "owner", "GetInstanceMetadataDefaults", {}},
            {"instance", "id", "DescribeInstanceAttribute", attribute("userData")},
            {"instance", "id", "DescribeInstanceAttribute", attribute("disableApiTermination")},
            {"instance", "id", "DescribeInstanceAttribute", attribute("disableApiStop")},
            {"instance", "id", "DescribeInstanceAttribute",
             attribute("instanceInitiatedShutdownBehavior")},
            {"replace_root_volume_task",
             "id",
             "DescribeReplaceRootVolumeTasks",
             {{"ReplaceRootVolumeTaskId.1", "{}"}}}};
}

}  // namespace

constinit const TrialSet kInstancesTrials{.trials = trials,
                                          .without_effect = kWithoutEffect,
                                          .tellings = tellings,
                                          .add_to_world = add_instances};

}  // namespace amilab::test
