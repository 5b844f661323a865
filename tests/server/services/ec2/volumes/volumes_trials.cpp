#include "tests/server/services/ec2/volumes/volumes_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

void add_describes(TrialTable& table)
{
    table["DescribeVolumes"] = describe_operation(
        filter_trials("status", "available") + same("IncludeManagedResources", "true") +
        page_trials() + changes("VolumeId.1", "{volume}"));
    table["DescribeVolumeStatus"] = describe_operation(
        filter_trials("volume-status.status", "ok") + same("IncludeManagedResources", "true") +
        page_trials() + changes("VolumeId.1", "{volume}"));
    table["DescribeVolumesModifications"] = describe_operation(
        filter_trials("modification-state", "completed") + same("IncludeManagedResources", "true") +
        page_trials() + changes("VolumeId.1", "{volume}"));
    table["DescribeVolumeAttribute"] = {
        {{"VolumeId", "{volume}"}, {"Attribute", "autoEnableIO"}},
        changes("VolumeId", "{volume_2}") + changes("Attribute", "productCodes")};
}

void add_life(TrialTable& table)
{
    table["CreateVolume"] = {
        {{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}},
        changes("AvailabilityZone", "us-east-1b") +
            std::vector<Trial>{{"AvailabilityZoneId",
                                {{"AvailabilityZone", ""}, {"AvailabilityZoneId", "use1-az1"}}}} +
            token_trial() + changes("Encrypted", "true") +
            changes("KmsKeyId", "alias/two", {{"Encrypted", "true"}}) +
            changes("Iops", "4000", {{"VolumeType", "gp3"}}) +
            changes("MultiAttachEnabled", "true", {{"VolumeType", "io2"}, {"Iops", "100"}}) +
            changes("Size", "9") + changes("SnapshotId", "{snapshot}") + tag_trials("volume") +
            changes("Throughput", "200", {{"VolumeType", "gp3"}}) +
            changes("VolumeInitializationRate", "200", {{"SnapshotId", "{snapshot}"}}) +
            changes("VolumeType", "gp3")};
    table["DeleteVolume"] = either_of("VolumeId", "{volume_3}", "{volume_4}");
    table["AttachVolume"] = {
        {{"VolumeId", "{volume_3}"}, {"InstanceId", "{instance}"}, {"Device", "/dev/sdg"}},
        changes("Device", "/dev/sdh") + changes("InstanceId", "{stopped}") +
            changes("VolumeId", "{volume_4}")};
    table["DetachVolume"] = {{{"VolumeId", "{volume_2}"}},
                             refused("Device", "/dev/sdz") + changes("Force", "true") +
                                 refused("InstanceId", "{stopped}") +
                                 refused("VolumeId", "{volume_3}")};
    table["DetachVolume"].slow = {"attachment.detaching"};
}

void add_changes(TrialTable& table)
{
    const Parameters gp3{{"VolumeType", "gp3"}, {"Size", "10"}};
    const Parameters io2{{"VolumeType", "io2"}, {"Size", "10"}, {"Iops", "100"}};
    table["CopyVolumes"] = {{{"SourceVolumeId", "{volume}"}},
                            token_trial() + changes("Encrypted", "true") +
                                changes("KmsKeyId", "alias/two", {{"Encrypted", "true"}}) +
                                changes("Iops", "4000", gp3) +
                                changes("MultiAttachEnabled", "true", io2) + changes("Size", "9") +
                                changes("SourceVolumeId", "{volume_2}") + tag_trials("volume") +
                                changes("Throughput", "200", gp3) + changes("VolumeType", "gp3")};
    table["ModifyVolume"] = {{{"VolumeId", "{volume_3}"}, {"Size", "2"}},
                             changes("Iops", "4000", gp3) +
                                 changes("MultiAttachEnabled", "true", io2) + changes("Size", "3") +
                                 changes("Throughput", "200") + changes("VolumeId", "{volume_4}") +
                                 changes("VolumeType", "gp2")};
    table["ModifyVolumeAttribute"] = {
        {{"VolumeId", "{volume}"}, {"AutoEnableIO.Value", "true"}},
        changes("VolumeId", "{volume_2}") + changes("AutoEnableIO.Value", "false")};
    table["EnableVolumeIO"] = {{{"VolumeId", "{volume}"}},
                               refused("VolumeId", "vol-0123456789abcdef0")};
}

TrialTable trials()
{
    TrialTable table;
    add_describes(table);
    add_life(table);
    add_changes(table);
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"DescribeVolumeStatus IncludeManagedResources", "no service manages anything"},
    {"DescribeVolumes IncludeManagedResources", "no service manages anything"},
    {"DescribeVolumesModifications IncludeManagedResources", "no service manages anything"},
};

std::vector<Telling> tellings()
{
    return {{"volume", "id", "DescribeVolumes", {{"VolumeId.1", "{}"}}},
            {"volume",
             "id",
             "DescribeVolumeAttribute",
             {{"VolumeId", "{}"}, {"Attribute", "autoEnableIO"}}},
            {"volume", "id", "DescribeVolumeStatus", {{"VolumeId.1", "{}"}}},
            {"attachment", "volume_id", "DescribeVolumes", {{"VolumeId.1", "{}"}}},
            {"volume_modification",
             "volume_id",
             "DescribeVolumesModifications",
             {{"VolumeId.1", "{}"}}}};
}

}  // namespace

constinit const TrialSet kVolumesTrials{.trials = trials,
                                        .without_effect = kWithoutEffect,
                                        .tellings = tellings,
                                        .add_to_world = add_volumes};

}  // namespace amilab::test
