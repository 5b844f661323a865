#include "tests/server/services/ec2/common/encryption_support.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"

namespace amilab::test {

Parameters a_volume(Parameters more)
{
    more.insert(more.begin(), {{"AvailabilityZone", "us-east-1a"}});
    more.emplace_back("Size", "1");
    return more;
}

std::string make_snapshot(TestEmulator& aws, const Parameters& more)
{
    return snapshot_of(aws, new_volume(aws, more));
}

std::string snapshot_field(TestEmulator& aws, const std::string& id, const std::string& name)
{
    return aws.must("DescribeSnapshots", {{"SnapshotId.1", id}}).text("snapshotSet/item/" + name);
}

}  // namespace amilab::test
