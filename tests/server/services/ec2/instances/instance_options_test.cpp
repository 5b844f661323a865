#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string launch_code(TestEmulator& emulator, const Parameters& extra)
{
    return emulator.call("RunInstances", launch(public_image(emulator), extra)).code;
}

Answer modify(TestEmulator& emulator, const std::string& operation, const std::string& id,
              const Parameters& extra)
{
    return emulator.call(operation, merged({{"InstanceId", id}}, extra));
}

std::size_t found_by(TestEmulator& emulator, const std::string& name, const std::string& value)
{
    return emulator.must("DescribeInstances", filter(name, value)).texts(kFound).size();
}

TEST(RunInstances, TellsTheDefaultsOfOptionsThatNobodyNamed)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    EXPECT_EQ(field_of(emulator, id, "monitoring/state"), "disabled");
    EXPECT_EQ(field_of(emulator, id, "placement/tenancy"), "default");
    EXPECT_EQ(field_of(emulator, id, "placement/groupName"), "");
    EXPECT_EQ(field_of(emulator, id, "metadataOptions/httpEndpoint"), "enabled");
    EXPECT_EQ(field_of(emulator, id, "enclaveOptions/enabled"), "false");
    EXPECT_EQ(field_of(emulator, id, "maintenanceOptions/autoRecovery"), "default");
    EXPECT_EQ(field_of(emulator, id, "privateDnsNameOptions/hostnameType"), "ip-name");
}

TEST(RunInstances, StoresEachOptionAndAnswersIt)
{
    TestEmulator emulator;
    const auto id =
        run_one(emulator, {{"InstanceType", "m5.xlarge"},
                           {"Monitoring.Enabled", "true"},
                           {"EbsOptimized", "true"},
                           {"Placement.Tenancy", "dedicated"},
                           {"CpuOptions.CoreCount", "2"},
                           {"CpuOptions.ThreadsPerCore", "1"},
                           {"EnclaveOptions.Enabled", "true"},
                           {"MaintenanceOptions.AutoRecovery", "disabled"},
                           {"MetadataOptions.HttpTokens", "required"},
                           {"MetadataOptions.HttpPutResponseHopLimit", "3"},
                           {"MetadataOptions.HttpEndpoint", "disabled"},
                           {"MetadataOptions.HttpProtocolIpv6", "enabled"},
                           {"MetadataOptions.InstanceMetadataTags", "enabled"},
                           {"PrivateDnsNameOptions.HostnameType", "resource-name"},
                           {"PrivateDnsNameOptions.EnableResourceNameDnsARecord", "true"},
                           {"CapacityReservationSpecification."
                            "CapacityReservationPreference",
                            "none"}});
    const std::pair<const char*, const char*> expected[] = {
        {"monitoring/state", "enabled"},
        {"ebsOptimized", "true"},
        {"placement/tenancy", "dedicated"},
        {"cpuOptions/coreCount", "2"},
        {"cpuOptions/threadsPerCore", "1"},
        {"enclaveOptions/enabled", "true"},
        {"maintenanceOptions/autoRecovery", "disabled"},
        {"metadataOptions/httpTokens", "required"},
        {"metadataOptions/httpPutResponseHopLimit", "3"},
        {"metadataOptions/httpEndpoint", "disabled"},
        {"metadataOptions/httpProtocolIpv6", "enabled"},
        {"metadataOptions/instanceMetadataTags", "enabled"},
        {"privateDnsNameOptions/hostnameType", "resource-name"},
        {"privateDnsNameOptions/enableResourceNameDnsARecord", "true"},
        {"capacityReservationSpecification/capacityReservationPreference", "none"}};
    for (const auto& [path, value] : expected) {
        EXPECT_EQ(field_of(emulator, id, path), value) << path;
    }
}

Parameters tagged(const std::string& key)
{
    return {{"TagSpecification.1.ResourceType", "instance"},
            {"TagSpecification.1.Tag.1.Key", key},
            {"TagSpecification.1.Tag.1.Value", "x"}};
}

TEST(MetadataTags, RefuseKeysThatTheyCannotShowAtLaunch)
{
    TestEmulator emulator;
    const Parameters enabled{{"MetadataOptions.InstanceMetadataTags", "enabled"}};
    expect_refused(emulator.call("RunInstances", launch(public_image(emulator),
                                                        merged(enabled, tagged("Patch Group")))),
                   "InvalidParameterValue",
                   "'Patch Group' is not a valid tag key. Tag keys must match pattern "
                   "([0-9a-zA-Z\\\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', "
                   "'_index')");
    for (const auto* key : {"a/b", ".", "..", "_index", "\xc3\xa9"}) {
        EXPECT_EQ(launch_code(emulator, merged(enabled, tagged(key))), "InvalidParameterValue")
            << key;
    }
    EXPECT_EQ(launch_code(emulator, merged(enabled, tagged("Az09-_+=,.@:"))), "");
    EXPECT_EQ(launch_code(emulator, tagged("a/b")), "");
}

TEST(MetadataTags, RefuseKeysThatTheyCannotShowLater)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"MetadataOptions.InstanceMetadataTags", "enabled"}});
    const auto other = run_one(emulator, tagged("a/b"));
    const auto tag = [&](const std::string& key) {
        return emulator
            .call("CreateTags", {{"ResourceId.1", other},
                                 {"ResourceId.2", id},
                                 {"Tag.1.Key", key},
                                 {"Tag.1.Value", "x"}})
            .code;
    };
    EXPECT_EQ(tag("a b"), "InvalidParameterValue");
    EXPECT_EQ(tag("ab"), "");
    const auto enable = [&] {
        return emulator
            .call("ModifyInstanceMetadataOptions",
                  {{"InstanceId", other}, {"InstanceMetadataTags", "enabled"}})
            .code;
    };
    EXPECT_EQ(enable(), "InvalidParameterValue");
    emulator.must("DeleteTags", {{"ResourceId.1", other}, {"Tag.1.Key", "a/b"}});
    EXPECT_EQ(enable(), "");
}

TEST(RunInstances, MonitorsInDetailOnceTheInstanceRuns)
{
    TestEmulator emulator;
    const auto answer = emulator.must(
        "RunInstances", launch(public_image(emulator), {{"Monitoring.Enabled", "true"}}));
    EXPECT_EQ(answer.text("instancesSet/item/monitoring/state"), "pending");
    EXPECT_EQ(field_of(emulator, answer.text(kInstanceId), "monitoring/state"), "enabled");
    EXPECT_EQ(found_by(emulator, "monitoring-state", "enabled"), 1U);
    EXPECT_EQ(found_by(emulator, "monitoring-state", "disabled"), 0U);
}

TEST(RunInstances, RefusesOptionsThatTheTypeDoesNotHave)
{
    TestEmulator emulator;
    EXPECT_EQ(launch_code(emulator, {{"EnclaveOptions.Enabled", "true"}}), "Unsupported");
    EXPECT_EQ(launch_code(emulator, {{"CpuOptions.CoreCount", "7"}}), "InvalidParameterValue");
    EXPECT_EQ(launch_code(emulator, {{"CpuOptions.ThreadsPerCore", "9"}}), "InvalidParameterValue");
    EXPECT_EQ(launch_code(emulator, {{"CpuOptions.AmdSevSnp", "enabled"}}), "Unsupported");
    EXPECT_EQ(launch_code(emulator, {{"NetworkPerformanceOptions.BandwidthWeighting", "ebs-1"}}),
              "Unsupported");
    EXPECT_EQ(launch_code(emulator, {{"InstanceType", "m5.large"},
                                     {"CreditSpecification.CpuCredits", "standard"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(launch_code(emulator, {{"CreditSpecification.CpuCredits", "some"}}),
              "InvalidParameterValue");
    EXPECT_EQ(launch_code(emulator, {{"InstanceType", "m5.large"},
                                     {"HibernationOptions.Configured", "true"},
                                     {"EnclaveOptions.Enabled", "true"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(launch_code(emulator, {{"MetadataOptions.HttpPutResponseHopLimit", "65"}}),
              "InvalidParameterValue");
}

TEST(RunInstances, WantsAnEncryptedRootForHibernation)
{
    TestEmulator emulator;
    const Parameters hibernating = {{"HibernationOptions.Configured", "true"}};
    expect_refused(emulator.call("RunInstances", launch(public_image(emulator), hibernating)),
                   "UnsupportedHibernationConfiguration",
                   "For hibernation, the root device volume must be encrypted.");
    emulator.must("EnableEbsEncryptionByDefault");
    run_one(emulator, hibernating);
}

TEST(RunInstances, ReportsLicenseConfigurationsAndLooksAtTheirForm)
{
    TestEmulator emulator;
    const std::string arn =
        "arn:aws:license-manager:us-east-1:123456789012:license-configuration:"
        "lic-0123456789abcdef0123456789abcdef";
    const std::string parameter = "LicenseSpecification.1.LicenseConfigurationArn";
    const auto id = run_one(emulator, {{parameter, arn}});
    EXPECT_EQ(field_of(emulator, id, "licenseSet/item/licenseConfigurationArn"), arn);
    EXPECT_EQ(launch_code(emulator, {{parameter, "lic-0123"}}), "InvalidParameterValue");
    EXPECT_EQ(emulator.must("GetLaunchTemplateData", {{"InstanceId", id}})
                  .text("launchTemplateData/licenseSet/item/licenseConfigurationArn"),
              arn);
    emulator.must("CreateLaunchTemplate",
                  {{"LaunchTemplateName", "licensed"}, {"LaunchTemplateData." + parameter, arn}});
    const auto found = [&](const std::string& value) {
        return emulator
            .must("DescribeLaunchTemplateVersions",
                  merged(filter("license-configuration-arn", value),
                         {{"LaunchTemplateName", "licensed"}}))
            .count("launchTemplateVersionSet/item");
    };
    EXPECT_EQ(found(arn), 1U);
    EXPECT_EQ(found("*:lic-1*"), 0U);
    const auto told = run_one(emulator, {{"LaunchTemplate.LaunchTemplateName", "licensed"}});
    EXPECT_EQ(field_of(emulator, told, "licenseSet/item/licenseConfigurationArn"), arn);
}

TEST(RunInstances, TakesAZoneByItsIdOrItsName)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"Placement.AvailabilityZoneId", "use1-az6"}});
    EXPECT_EQ(field_of(emulator, id, "placement/availabilityZone"), "us-east-1c");
    EXPECT_EQ(field_of(emulator, id, "placement/availabilityZoneId"), "use1-az6");
    EXPECT_EQ(launch_code(emulator, {{"Placement.AvailabilityZoneId", "use1-az99"}}),
              "InvalidParameterValue");
    EXPECT_EQ(launch_code(emulator, {{"Placement.AvailabilityZoneId", "use1-az6"},
                                     {"Placement.AvailabilityZone", "us-east-1c"}}),
              "InvalidParameterCombination");
}

TEST(RunInstances, RefusesByNameWhatIsNotThere)
{
    TestEmulator emulator;
    EXPECT_EQ(launch_code(emulator, {{"Placement.Tenancy", "host"}}),
              "UnavailableHostRequirements");
    EXPECT_EQ(launch_code(emulator, {{"Placement.Tenancy", "shared"}}), "InvalidParameterValue");
    EXPECT_EQ(launch_code(emulator, {{"Placement.GroupName", "none"}}),
              "InvalidPlacementGroup.Unknown");
    EXPECT_EQ(launch_code(emulator, {{"Placement.GroupId", "pg-0123456789abcdef0"}}),
              "InvalidPlacementGroup.Unknown");
}

TEST(RunInstances, MakesInstancesOfADedicatedVpcDedicated)
{
    TestEmulator emulator;
    const auto vpc =
        emulator.must("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"InstanceTenancy", "dedicated"}})
            .text("vpc/vpcId");
    const auto subnet =
        emulator.must("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.0.0.0/24"}})
            .text("subnet/subnetId");
    const auto id = run_one(emulator, {{"SubnetId", subnet}});
    EXPECT_EQ(field_of(emulator, id, "placement/tenancy"), "dedicated");
}

TEST(RunInstances, PutsInstancesIntoPlacementGroups)
{
    TestEmulator emulator;
    emulator.must("CreatePlacementGroup", {{"GroupName", "near"}, {"Strategy", "cluster"}});
    emulator.must("CreatePlacementGroup",
                  {{"GroupName", "parts"}, {"Strategy", "partition"}, {"PartitionCount", "3"}});
    EXPECT_EQ(launch_code(emulator, {{"Placement.GroupName", "near"}}),
              "InvalidParameterCombination");
    const auto near =
        run_one(emulator, {{"InstanceType", "c5.large"}, {"Placement.GroupName", "near"}});
    EXPECT_EQ(field_of(emulator, near, "placement/groupName"), "near");
    const Parameters third = {{"Placement.GroupName", "parts"}, {"Placement.PartitionNumber", "3"}};
    const auto part = run_one(emulator, third);
    EXPECT_EQ(field_of(emulator, part, "placement/partitionNumber"), "3");
    EXPECT_EQ(launch_code(emulator, merged(third, {{"Placement.PartitionNumber", "4"}})),
              "InvalidParameterValue");
    EXPECT_EQ(launch_code(emulator, {{"Placement.PartitionNumber", "1"}}),
              "InvalidParameterDependency");
    EXPECT_EQ(found_by(emulator, "placement-group-name", "parts"), 1U);
    EXPECT_EQ(found_by(emulator, "placement-partition-number", "3"), 1U);
}

TEST(DeletePlacementGroup, RefusesWhileAnInstanceIsInTheGroup)
{
    TestEmulator emulator;
    emulator.must("CreatePlacementGroup", {{"GroupName", "spread"}, {"Strategy", "spread"}});
    const auto id = run_one(emulator, {{"Placement.GroupName", "spread"}});
    EXPECT_EQ(emulator.call("DeletePlacementGroup", {{"GroupName", "spread"}}).code,
              "InvalidPlacementGroup.InUse");
    emulator.must("TerminateInstances", one_instance(id));
    emulator.must("DeletePlacementGroup", {{"GroupName", "spread"}});
}

TEST(RunInstances, HibernatesOnlyWhatWasSetUpForIt)
{
    TestEmulator emulator;
    const auto plain = run_one(emulator);
    const auto id = run_one(emulator, {{"HibernationOptions.Configured", "true"},
                                       {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                       {"BlockDeviceMapping.1.Ebs.Encrypted", "true"}});
    EXPECT_EQ(emulator.call("StopInstances", one_instance(plain, {{"Hibernate", "true"}})).code,
              "UnsupportedHibernationConfiguration");
    emulator.must("StopInstances", one_instance(id, {{"Hibernate", "true"}}));
    EXPECT_EQ(field_of(emulator, id, "stateReason/code"), "Client.UserInitiatedHibernate");
    EXPECT_EQ(found_by(emulator, "hibernation-options.configured", "true"), 1U);
}

TEST(DescribeInstances, FiltersByOptionsAsItAnswersThem)
{
    TestEmulator emulator;
    run_one(emulator);
    run_one(emulator, {{"MetadataOptions.HttpEndpoint", "disabled"}});
    const std::pair<const char*, const char*> defaults[] = {
        {"capacity-reservation-specification.capacity-reservation-preference", "open"},
        {"enclave-options.enabled", "false"},
        {"hibernation-options.configured", "false"},
        {"maintenance-options.auto-recovery", "default"},
        {"metadata-options.http-protocol-ipv6", "disabled"},
        {"metadata-options.instance-metadata-tags", "disabled"},
        {"network-performance-options.bandwidth-weighting", "default"},
        {"private-dns-name-options.enable-resource-name-dns-a-record", "false"},
        {"private-dns-name-options.enable-resource-name-dns-aaaa-record", "false"},
        {"private-dns-name-options.hostname-type", "ip-name"},
        {"tenancy", "default"}};
    for (const auto& [name, value] : defaults) {
        EXPECT_EQ(found_by(emulator, name, value), 2U) << name;
        EXPECT_EQ(found_by(emulator, name, "other"), 0U) << name;
    }
    EXPECT_EQ(found_by(emulator, "metadata-options.http-endpoint", "enabled"), 1U);
    EXPECT_EQ(found_by(emulator, "metadata-options.http-endpoint", "disabled"), 1U);
}

TEST(MonitorInstances, SaysWhatBeginsAndDescribesWhatIs)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    constexpr const char* kState = "instancesSet/item/monitoring/state";
    EXPECT_EQ(emulator.must("MonitorInstances", one_instance(id)).text(kState), "pending");
    EXPECT_EQ(field_of(emulator, id, "monitoring/state"), "enabled");
    EXPECT_EQ(emulator.must("UnmonitorInstances", one_instance(id)).text(kState), "disabling");
    EXPECT_EQ(field_of(emulator, id, "monitoring/state"), "disabled");
    EXPECT_EQ(emulator.call("MonitorInstances", one_instance("i-0123456789abcdef0")).code,
              "InvalidInstanceID.NotFound");
    EXPECT_EQ(emulator.call("MonitorInstances", one_instance(id, {{"DryRun", "true"}})).code,
              "DryRunOperation");
    emulator.must("TerminateInstances", one_instance(id));
    EXPECT_EQ(emulator.call("MonitorInstances", one_instance(id)).code, "IncorrectInstanceState");
}

TEST(ModifyInstanceMetadataOptions, ChangesWhatIsSaidAndLeavesTheRest)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"MetadataOptions.HttpPutResponseHopLimit", "5"}});
    const auto answer = modify(emulator, "ModifyInstanceMetadataOptions", id,
                               {{"HttpTokens", "required"}, {"HttpEndpoint", "enabled"}});
    EXPECT_EQ(answer.text("instanceMetadataOptions/state"), "pending");
    EXPECT_EQ(answer.text("instanceMetadataOptions/httpPutResponseHopLimit"), "5");
    EXPECT_EQ(field_of(emulator, id, "metadataOptions/httpTokens"), "required");
    EXPECT_EQ(field_of(emulator, id, "metadataOptions/state"), "applied");
    EXPECT_EQ(modify(emulator, "ModifyInstanceMetadataOptions", id, {}).code,
              "InvalidParameterCombination");
    EXPECT_EQ(modify(emulator, "ModifyInstanceMetadataOptions", id, {{"HttpTokens", "some"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(
        modify(emulator, "ModifyInstanceMetadataOptions", "vol-1", {{"HttpTokens", "optional"}})
            .code,
        "InvalidParameterValue");
}

TEST(ModifyInstancePlacement, MovesStoppedInstancesAlone)
{
    TestEmulator emulator;
    emulator.must("CreatePlacementGroup", {{"GroupName", "spread"}, {"Strategy", "spread"}});
    const auto id = run_one(emulator);
    const std::string operation = "ModifyInstancePlacement";
    EXPECT_EQ(modify(emulator, operation, id, {{"GroupName", "spread"}}).code,
              "IncorrectInstanceState");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_TRUE(modify(emulator, operation, id, {{"GroupName", "spread"}}).ok());
    EXPECT_EQ(field_of(emulator, id, "placement/groupName"), "spread");
    EXPECT_EQ(modify(emulator, operation, id, {{"Tenancy", "dedicated"}}).code,
              "InvalidParameterCombination");
    EXPECT_TRUE(modify(emulator, operation, id, {{"GroupName", ""}}).ok());
    EXPECT_EQ(field_of(emulator, id, "placement/groupName"), "");
    EXPECT_TRUE(modify(emulator, operation, id, {{"Tenancy", "dedicated"}}).ok());
    EXPECT_EQ(field_of(emulator, id, "placement/tenancy"), "dedicated");
    EXPECT_TRUE(modify(emulator, operation, id, {{"Tenancy", "host"}}).ok());
    EXPECT_EQ(modify(emulator, operation, id, {}).code, "InvalidParameterCombination");
}

TEST(ModifyInstanceCpuOptions, IsForStoppedInstancesAndGoesWithTheType)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"InstanceType", "m5.2xlarge"}});
    const std::string operation = "ModifyInstanceCpuOptions";
    EXPECT_EQ(modify(emulator, operation, id, {{"CoreCount", "2"}}).code, "IncorrectInstanceState");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_EQ(modify(emulator, operation, id, {{"CoreCount", "9"}}).code, "InvalidParameterValue");
    const auto answer = modify(emulator, operation, id, {{"CoreCount", "2"}});
    EXPECT_EQ(answer.text("threadsPerCore"), "2");
    EXPECT_EQ(field_of(emulator, id, "cpuOptions/coreCount"), "2");
    EXPECT_TRUE(
        modify(emulator, "ModifyInstanceAttribute", id, {{"InstanceType.Value", "m5.4xlarge"}})
            .ok());
    EXPECT_EQ(field_of(emulator, id, "cpuOptions/coreCount"), "8");
}

TEST(NestedVirtualization, IsOfTypesThatHaveIt)
{
    TestEmulator emulator;
    const Parameters enabled{{"CpuOptions.NestedVirtualization", "enabled"}};
    EXPECT_EQ(launch_code(emulator, enabled), "Unsupported");
    const auto id = run_one(emulator, merged(enabled, {{"InstanceType", "c8i.xlarge"}}));
    EXPECT_EQ(field_of(emulator, id, "cpuOptions/nestedVirtualization"), "enabled");
    EXPECT_EQ(emulator.must("GetLaunchTemplateData", {{"InstanceId", id}})
                  .text("launchTemplateData/cpuOptions/nestedVirtualization"),
              "enabled");
    const auto plain = run_one(emulator, {{"CpuOptions.NestedVirtualization", "disabled"}});
    EXPECT_EQ(field_of(emulator, plain, "cpuOptions/nestedVirtualization"), "disabled");
    EXPECT_EQ(field_of(emulator, run_one(emulator), "cpuOptions/nestedVirtualization"), "");
}

TEST(NestedVirtualization, ChangesWhileTheInstanceIsStopped)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"InstanceType", "c8i.xlarge"}});
    const std::string operation = "ModifyInstanceCpuOptions";
    const Parameters enabled{{"NestedVirtualization", "enabled"}};
    EXPECT_EQ(modify(emulator, operation, id, enabled).code, "IncorrectInstanceState");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_EQ(modify(emulator, operation, id, enabled).text("nestedVirtualization"), "enabled");
    const auto retype = [&](const char* type) {
        return modify(emulator, "ModifyInstanceAttribute", id, {{"InstanceType.Value", type}}).code;
    };
    EXPECT_EQ(retype("m5.large"), "Unsupported");
    EXPECT_EQ(modify(emulator, operation, id, {{"NestedVirtualization", "disabled"}})
                  .text("nestedVirtualization"),
              "disabled");
    EXPECT_EQ(field_of(emulator, id, "cpuOptions/nestedVirtualization"), "disabled");
    EXPECT_EQ(retype("m5.large"), "");
    EXPECT_EQ(modify(emulator, operation, id, enabled).code, "Unsupported");
}

TEST(ModifyInstanceMaintenanceOptions, AnswersWhatHolds)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto answer =
        modify(emulator, "ModifyInstanceMaintenanceOptions", id, {{"AutoRecovery", "disabled"}});
    EXPECT_EQ(answer.text("autoRecovery"), "disabled");
    EXPECT_EQ(answer.text("rebootMigration"), "default");
    EXPECT_EQ(field_of(emulator, id, "maintenanceOptions/autoRecovery"), "disabled");
    EXPECT_EQ(modify(emulator, "ModifyInstanceMaintenanceOptions", id, {}).code,
              "InvalidParameterCombination");
}

TEST(ModifyPrivateDnsNameOptions, ChangesTheTypeOfTheNameWhileStopped)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const std::string operation = "ModifyPrivateDnsNameOptions";
    EXPECT_TRUE(modify(emulator, operation, id, {{"EnableResourceNameDnsARecord", "true"}}).ok());
    const Parameters by_resource = {{"PrivateDnsHostnameType", "resource-name"}};
    EXPECT_EQ(modify(emulator, operation, id, by_resource).code, "IncorrectInstanceState");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_TRUE(modify(emulator, operation, id, by_resource).ok());
    EXPECT_EQ(field_of(emulator, id, "privateDnsNameOptions/hostnameType"), "resource-name");
    EXPECT_EQ(field_of(emulator, id, "privateDnsNameOptions/enableResourceNameDnsARecord"), "true");
    EXPECT_EQ(field_of(emulator, id, "privateDnsName"), id + ".ec2.internal");
}

TEST(PrivateDnsNames, AreOfTheInstanceWhereItsHostNameIs)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"PrivateDnsNameOptions.HostnameType", "resource-name"}});
    EXPECT_EQ(field_of(emulator, id, "privateDnsName"), id + ".ec2.internal");
    const std::string by_address = "ip-172-31-0-4.ec2.internal";
    EXPECT_EQ(field_of(emulator, id, "networkInterfaceSet/item/privateDnsName"), by_address);
    const auto other = run_one(emulator);
    EXPECT_EQ(field_of(emulator, other, "privateDnsName"), "ip-172-31-0-5.ec2.internal");
    EXPECT_EQ(found_by(emulator, "private-dns-name", id + ".ec2.internal"), 1U);
    EXPECT_EQ(found_by(emulator, "private-dns-name", by_address), 0U);
    EXPECT_EQ(found_by(emulator, "private-dns-name", "ip-172-31-0-5.ec2.internal"), 1U);
}

TEST(PrivateDnsNames, AreWhatTheSubnetSaysUnlessTheLaunchDoes)
{
    TestEmulator emulator;
    const auto subnet = emulator.must("DescribeSubnets", filter("availability-zone", "us-east-1a"))
                            .text("subnetSet/item/subnetId");
    emulator.must("ModifySubnetAttribute",
                  {{"SubnetId", subnet}, {"PrivateDnsHostnameTypeOnLaunch", "resource-name"}});
    emulator.must("ModifySubnetAttribute",
                  {{"SubnetId", subnet}, {"EnableResourceNameDnsARecordOnLaunch.Value", "true"}});
    const auto id = run_one(emulator, {{"SubnetId", subnet}});
    EXPECT_EQ(field_of(emulator, id, "privateDnsName"), id + ".ec2.internal");
    EXPECT_EQ(field_of(emulator, id, "privateDnsNameOptions/enableResourceNameDnsARecord"), "true");
    const auto said = run_one(
        emulator, {{"SubnetId", subnet}, {"PrivateDnsNameOptions.HostnameType", "ip-name"}});
    EXPECT_EQ(field_of(emulator, said, "privateDnsNameOptions/hostnameType"), "ip-name");
    EXPECT_EQ(field_of(emulator, said, "privateDnsNameOptions/enableResourceNameDnsARecord"),
              "true");
}

TEST(ModifyInstanceCapacityReservationAttributes, IsForStoppedInstances)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const std::string operation = "ModifyInstanceCapacityReservationAttributes";
    const Parameters none = {
        {"CapacityReservationSpecification.CapacityReservationPreference", "none"}};
    EXPECT_EQ(modify(emulator, operation, id, none).code, "IncorrectInstanceState");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_TRUE(modify(emulator, operation, id, none).ok());
    EXPECT_EQ(
        field_of(emulator, id, "capacityReservationSpecification/capacityReservationPreference"),
        "none");
}

TEST(ModifyInstanceNetworkPerformanceOptions, WeighsWhatTheTypeCanWeigh)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const std::string operation = "ModifyInstanceNetworkPerformanceOptions";
    EXPECT_EQ(modify(emulator, operation, id, {{"BandwidthWeighting", "default"}}).code,
              "IncorrectInstanceState");
    emulator.must("StopInstances", one_instance(id));
    EXPECT_TRUE(modify(emulator, operation, id, {{"BandwidthWeighting", "default"}}).ok());
    EXPECT_EQ(modify(emulator, operation, id, {{"BandwidthWeighting", "vpc-1"}}).code,
              "Unsupported");
}

}  // namespace
}  // namespace amilab::test
