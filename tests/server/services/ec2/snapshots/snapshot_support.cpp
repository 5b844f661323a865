#include "tests/server/services/ec2/snapshots/snapshot_support.h"

#include "tests/server/services/ec2/volumes/volume_support.h"

namespace amilab::test {

std::string snapshot_of(TestEmulator& aws, const std::string& volume, const Parameters& extra)
{
    return aws.must("CreateSnapshot", merged({{"VolumeId", volume}}, extra)).text("snapshotId");
}

std::string new_snapshot(TestEmulator& aws, const Parameters& extra)
{
    return snapshot_of(aws, new_volume(aws), extra);
}

Parameters share_with(const std::string& account)
{
    return {{"CreateVolumePermission.Add.1.UserId", account}};
}

const Parameters kPublish = {{"CreateVolumePermission.Add.1.Group", "all"}};

std::vector<std::string> grantees(TestEmulator& aws, const std::string& snapshot)
{
    const auto answer =
        aws.must("DescribeSnapshotAttribute",
                 {{"SnapshotId", snapshot}, {"Attribute", "createVolumePermission"}});
    auto all = answer.texts("createVolumePermission/item/userId");
    for (auto& group : answer.texts("createVolumePermission/item/group")) {
        all.push_back(group);
    }
    return all;
}

Answer create_volume(TestEmulator& aws, const std::string& snapshot, std::string_view account)
{
    return aws.call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", snapshot}},
                    account);
}

}  // namespace amilab::test
