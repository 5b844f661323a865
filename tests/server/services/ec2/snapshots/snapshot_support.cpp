#include "tests/server/services/ec2/snapshots/snapshot_support.h"

namespace amilab::test {

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
