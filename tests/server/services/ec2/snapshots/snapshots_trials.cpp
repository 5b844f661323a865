#include "tests/server/services/ec2/snapshots/snapshots_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

void add_snapshots_themselves(TrialTable& table)
{
    table["CreateSnapshot"] = {{{"VolumeId", "{volume}"}},
                               changes("Description", "nightly") + tag_trials("snapshot") +
                                   changes("VolumeId", "{volume_2}")};
    table["CreateSnapshots"] = {
        {{"InstanceSpecification.InstanceId", "{instance}"}},
        changes("CopyTagsFromSource", "volume") + changes("Description", "nightly") +
            changes("InstanceSpecification.ExcludeBootVolume", "true") +
            changes("InstanceSpecification.ExcludeDataVolumeId.1", "{volume_2}") +
            changes("InstanceSpecification.InstanceId", "{stopped}") + tag_trials("snapshot")};
    table["CopySnapshot"] = {
        {{"SourceSnapshotId", "{free_snapshot}"}, {"SourceRegion", "us-east-1"}},
        changes("CompletionDurationMinutes", "15") + changes("Description", "nightly") +
            refused("DestinationRegion", "eu-west-1") + changes("Encrypted", "true") +
            changes("KmsKeyId", "alias/two", {{"Encrypted", "true"}}) +
            same("PresignedUrl", "https://ec2.us-east-1.amazonaws.com/?Action=CopySnapshot") +
            refused("SourceRegion", "eu-west-1") + changes("SourceSnapshotId", "{large_snapshot}") +
            tag_trials("snapshot")};
    table["DeleteSnapshot"] = {{{"SnapshotId", "{free_snapshot}"}},
                               refused("SnapshotId", "{snapshot}")};
    table["DescribeSnapshots"] = describe_operation(
        filter_trials("status", "completed") + page_trials() + changes("Owner.1", kOtherAccount) +
        changes("RestorableBy.1", kOtherAccount) + changes("SnapshotId.1", "{snapshot}"));
}

void add_attributes(TrialTable& table)
{
    table["DescribeSnapshotAttribute"] = {
        {{"SnapshotId", "{snapshot}"}, {"Attribute", "createVolumePermission"}},
        changes("Attribute", "productCodes") + changes("SnapshotId", "{free_snapshot}")};
    table["ResetSnapshotAttribute"] = {
        {{"SnapshotId", "{snapshot}"}, {"Attribute", "createVolumePermission"}},
        changes("SnapshotId", "{free_snapshot}") + refused("Attribute", "productCodes")};
    const Parameters flat{{"OperationType", "add"}};
    const Parameters to_third{{"UserId.1", World::kThirdAccount}, {"OperationType", "add"}};
    const Parameters removed{{"SnapshotId", "{free_snapshot}"}};
    table["ModifySnapshotAttribute"] = {
        {{"SnapshotId", "{snapshot}"}},
        changes("CreateVolumePermission.Add.1.Group", "all") +
            changes("CreateVolumePermission.Add.1.UserId", World::kThirdAccount) +
            changes("CreateVolumePermission.Remove.1.Group", "all", removed) +
            changes("CreateVolumePermission.Remove.1.UserId", kOtherAccount, removed) +
            changes("UserGroup.1", "all", flat) + changes("UserId.1", World::kThirdAccount, flat) +
            refused("Attribute", "productCodes", to_third) +
            changes("OperationType", "add", {{"UserId.1", World::kThirdAccount}}) +
            changes("SnapshotId", "{free_snapshot}", to_third)};
}

void add_locks_and_tiers(TrialTable& table)
{
    table["LockSnapshot"] = {
        {{"SnapshotId", "{free_snapshot}"}, {"LockMode", "governance"}, {"LockDuration", "1"}},
        changes("CoolOffPeriod", "1", {{"LockMode", "compliance"}}) +
            refused("ExpirationDate", "2030-01-01T00:00:00Z") + changes("LockDuration", "2") +
            changes("LockMode", "compliance") + changes("SnapshotId", "{large_snapshot}")};
    table["UnlockSnapshot"] = {{{"SnapshotId", "{locked_snapshot}"}},
                               refused("SnapshotId", "{free_snapshot}")};
    table["DescribeLockedSnapshots"] =
        describe_operation(filter_trials("lock-state", "governance") + page_trials() +
                           changes("SnapshotId.1", "{locked_snapshot}"));
    table["ModifySnapshotTier"] = {
        {{"SnapshotId", "{free_snapshot}"}, {"StorageTier", "archive"}},
        refused("SnapshotId", "{snapshot}") + refused("StorageTier", "standard")};
    table["RestoreSnapshotTier"] = {
        {{"SnapshotId", "{archived_snapshot}"}, {"TemporaryRestoreDays", "1"}},
        changes("TemporaryRestoreDays", "2") + refused("PermanentRestore", "true") +
            refused("SnapshotId", "{free_snapshot}")};
    table["DescribeSnapshotTierStatus"] = describe_operation(
        filter_trials("last-tiering-operation", "archival-completed") + page_trials());
}

void add_fast_restores(TrialTable& table)
{
    const auto zones =
        changes("AvailabilityZone.1", "us-east-1c") + refused("AvailabilityZoneId.1", "use1-az1");
    table["EnableFastSnapshotRestores"] = {
        {{"SourceSnapshotId.1", "{free_snapshot}"}, {"AvailabilityZone.1", "us-east-1a"}},
        zones + changes("SourceSnapshotId.1", "{large_snapshot}")};
    table["DisableFastSnapshotRestores"] = {
        {{"SourceSnapshotId.1", "{locked_snapshot}"}, {"AvailabilityZone.1", "us-east-1a"}},
        zones + changes("SourceSnapshotId.1", "{large_snapshot}")};
    table["DescribeFastSnapshotRestores"] =
        describe_operation(filter_trials("state", "enabled") + changes("MaxResults", "1") +
                           refused("NextToken", "bm90IG91cnM="));
}

TrialTable trials()
{
    TrialTable table;
    add_snapshots_themselves(table);
    add_attributes(table);
    add_locks_and_tiers(table);
    add_fast_restores(table);
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"CopySnapshot PresignedUrl", "SDKs add it for the region of the source, which is here"},
};

std::vector<Telling> tellings()
{
    const Parameters by_id{{"SnapshotId.1", "{}"}};
    const Parameters by_filter{{"Filter.1.Name", "snapshot-id"}, {"Filter.1.Value.1", "{}"}};
    return {{"snapshot", "id", "DescribeSnapshots", by_id},
            // What the EBS direct APIs have begun.
            {"direct_snapshot", "snapshot_id", "DescribeSnapshots", by_id},
            {"create_volume_permission",
             "snapshot_id",
             "DescribeSnapshotAttribute",
             {{"SnapshotId", "{}"}, {"Attribute", "createVolumePermission"}}},
            {"snapshot_lock", "snapshot_id", "DescribeLockedSnapshots", by_id},
            {"snapshot_tier", "snapshot_id", "DescribeSnapshotTierStatus", by_filter},
            {"fast_restore", "snapshot_id", "DescribeFastSnapshotRestores", by_filter}};
}

}  // namespace

constinit const TrialSet kSnapshotsTrials{.trials = trials,
                                          .without_effect = kWithoutEffect,
                                          .tellings = tellings,
                                          .add_to_world = add_snapshots};

}  // namespace amilab::test
