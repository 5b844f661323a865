#include "tests/server/services/ec2/instances/instances_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

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

void add_states(TrialTable& table)
{
    table["RunInstances"] = {
        {{"ImageId", "{image}"},
         {"InstanceType", "t3.micro"},
         {"MinCount", "1"},
         {"MaxCount", "1"}},
        launched_mapping_trials() + token_trial() + changes("DisableApiStop", "true") +
            changes("DisableApiTermination", "true") + changes("ImageId", "{image_2}") +
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
            changes("SriovNetSupport.Value", "simple") + changes("UserData.Value", "aGVsbG8=") +
            refused("GroupId.1", "sg-0123456789abcdef0")};
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
    add_root_volumes(table);
    add_images_and_products(table);
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
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
