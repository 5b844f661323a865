#include "server/services/ec2/volumes/volumes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* kIds = "volumeSet/item/volumeId";
constexpr const char* kInstance = "i-00000000000000001";
constexpr const char* kOtherInstance = "i-00000000000000002";

Answer describe(TestEmulator& aws, const std::string& id)
{
    return aws.must("DescribeVolumes", {{"VolumeId.1", id}});
}

/// An instance, as far as attaching looks at it.
void put_instance(TestEmulator& aws, const std::string& id, const std::string& state = "running",
                  const std::string& zone = "us-east-1a", const std::string& type = "t3.micro")
{
    auto writer = aws.generation().writer();
    Transaction transaction(writer.db());
    Statement(writer.db(),
              "INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token,"
              " launch_time_ms, state, state_change_time_ms, instance_type, zone, image_id,"
              " image_owner, architecture, virtualization_type, hypervisor, root_device_name,"
              " root_device_type, current_boot_mode, ena_support, platform_details,"
              " usage_operation, usage_operation_time_ms, http_tokens,"
              " http_put_response_hop_limit)"
              " VALUES (?1, 'us-east-1', ?2, 'r-00000001', 0, '', 0, ?3, 0, ?4, ?5,"
              " 'ami-00000001', ?2, 'x86_64', 'hvm', 'xen', '/dev/xvda', 'ebs', 'legacy-bios', 1,"
              " 'Linux/UNIX', 'RunInstances', 0, 'optional', 1)")
        .execute(id, kAccount, state, type, zone);
    transaction.commit();
}

void set_instance_state(TestEmulator& aws, const std::string& id, const std::string& state)
{
    auto writer = aws.generation().writer();
    Statement(writer.db(), "UPDATE instance SET state = ?2 WHERE id = ?1").execute(id, state);
}

Parameters attachment(const std::string& volume, const std::string& device = "/dev/sdf",
                      const std::string& instance = kInstance)
{
    return {{"VolumeId", volume}, {"InstanceId", instance}, {"Device", device}};
}

// CreateVolume

TEST(CreateVolume, TellsOfTheVolumeItMakes)
{
    TestEmulator aws;
    const auto made = aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1b"},
                                                {"Size", "100"},
                                                {"VolumeType", "gp3"},
                                                {"Iops", "4000"},
                                                {"Throughput", "500"},
                                                {"TagSpecification.1.ResourceType", "volume"},
                                                {"TagSpecification.1.Tag.1.Key", "Name"},
                                                {"TagSpecification.1.Tag.1.Value", "data"}});
    EXPECT_THAT(made.text("volumeId"), ::testing::MatchesRegex("vol-0[0-9a-f]{16}"));
    EXPECT_EQ(made.text("status"), "creating");
    EXPECT_EQ(made.text("size"), "100");
    EXPECT_EQ(made.text("volumeType"), "gp3");
    EXPECT_EQ(made.text("iops"), "4000");
    EXPECT_EQ(made.text("throughput"), "500");
    EXPECT_EQ(made.text("availabilityZone"), "us-east-1b");
    EXPECT_THAT(made.text("availabilityZoneId"), ::testing::StartsWith("use1-az"));
    EXPECT_EQ(made.text("encrypted"), "false");
    EXPECT_EQ(made.text("multiAttachEnabled"), "false");
    EXPECT_EQ(made.text("snapshotId"), "");
    EXPECT_EQ(made.count("snapshotId"), 1U);
    EXPECT_EQ(made.text("createTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(made.text("tagSet/item/value"), "data");
    EXPECT_EQ(made.text("operator/managed"), "false");
    EXPECT_EQ(made.text("volumeArn"),
              "arn:aws:ec2:us-east-1:123456789012:volume/" + made.text("volumeId"));
}

TEST(CreateVolume, MakesGp2UnlessToldOtherwise)
{
    TestEmulator aws;
    const auto made =
        aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "50"}});
    EXPECT_EQ(made.text("volumeType"), "gp2");
    EXPECT_EQ(made.text("iops"), "150");
    EXPECT_EQ(made.count("throughput"), 0U);
}

TEST(CreateVolume, IsAvailableWhenItsTimeHasCome)
{
    TestEmulator aws;
    aws.set_delay("volume.creating", 2000);
    const auto id = new_volume(aws);
    aws.advance(1999);
    EXPECT_EQ(describe(aws, id).text("volumeSet/item/status"), "creating");
    aws.advance(1);
    EXPECT_EQ(describe(aws, id).text("volumeSet/item/status"), "available");
}

TEST(CreateVolume, TakesAZoneByNameOrById)
{
    TestEmulator aws;
    const auto by_name =
        aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1c"}, {"Size", "1"}});
    const auto by_id =
        aws.must("CreateVolume",
                 {{"AvailabilityZoneId", by_name.text("availabilityZoneId")}, {"Size", "1"}});
    EXPECT_EQ(by_id.text("availabilityZone"), "us-east-1c");
    EXPECT_EQ(aws.call("CreateVolume", {{"Size", "1"}}).message,
              "The request must contain the parameter zone");
    EXPECT_EQ(aws.call("CreateVolume", {{"Size", "1"}}).code, "MissingParameter");
    EXPECT_EQ(aws.call("CreateVolume", {{"Size", "1"},
                                        {"AvailabilityZone", "us-east-1c"},
                                        {"AvailabilityZoneId", "use1-az1"}})
                  .code,
              "InvalidParameterCombination");
    const auto elsewhere =
        aws.call("CreateVolume", {{"AvailabilityZone", "eu-west-1a"}, {"Size", "1"}});
    EXPECT_EQ(elsewhere.code, "InvalidZone.NotFound");
    EXPECT_EQ(elsewhere.message, "The zone 'eu-west-1a' does not exist.");
}

TEST(CreateVolume, NeedsASizeOrASnapshot)
{
    TestEmulator aws;
    const auto refused = aws.call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}});
    EXPECT_EQ(refused.code, "MissingParameter");
    EXPECT_EQ(refused.message, "The request must contain the parameter size/snapshot");
}

TEST(CreateVolume, IsAsLargeAsItsSnapshotOrLarger)
{
    TestEmulator aws;
    const auto source = new_volume(aws, {{"VolumeType", "gp3"}});
    const auto large = aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "5"}})
                           .text("volumeId");
    const auto snapshot = aws.must("CreateSnapshot", {{"VolumeId", large}}).text("snapshotId");
    const auto same =
        aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1b"}, {"SnapshotId", snapshot}});
    EXPECT_EQ(same.text("size"), "5");
    EXPECT_EQ(same.text("snapshotId"), snapshot);
    const auto larger =
        aws.must("CreateVolume",
                 {{"AvailabilityZone", "us-east-1b"}, {"SnapshotId", snapshot}, {"Size", "6"}});
    EXPECT_EQ(larger.text("size"), "6");
    const auto smaller =
        aws.call("CreateVolume",
                 {{"AvailabilityZone", "us-east-1b"}, {"SnapshotId", snapshot}, {"Size", "4"}});
    EXPECT_EQ(smaller.code, "InvalidParameterValue");
    EXPECT_EQ(smaller.message,
              "Volume of size 4GB is smaller than snapshot '" + snapshot + "', expect size >= 5GB");
}

TEST(CreateVolume, RefusesSnapshotsThatCannotBeUsed)
{
    TestEmulator aws;
    const auto on = [&](const std::string& snapshot, const char* account = kAccount) {
        return aws
            .call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", snapshot}},
                  account)
            .code;
    };
    EXPECT_EQ(on("snap-0123456789abcdef0"), "InvalidSnapshot.NotFound");
    EXPECT_EQ(on("snap-123"), "InvalidSnapshotID.Malformed");
    const auto volume = new_volume(aws);
    aws.set_delay("snapshot.pending", 1000);
    const auto snapshot = aws.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
    EXPECT_EQ(on(snapshot), "IncorrectState");
    EXPECT_EQ(on(snapshot, kOtherAccount), "InvalidSnapshot.NotFound");
}

TEST(CreateVolume, RefusesWhatItsTypeDoesNotTake)
{
    TestEmulator aws;
    const auto refused = [&](Parameters more) {
        more.insert(more.begin(), {"AvailabilityZone", "us-east-1a"});
        return aws.call("CreateVolume", more);
    };
    EXPECT_EQ(refused({{"Size", "10"}, {"VolumeType", "gp9"}}).code, "UnknownVolumeType");
    EXPECT_EQ(
        refused({{"Size", "0"}}).message,
        "The volume size is invalid for gp2 volumes: 0 GiB. gp2 volumes must be at least 1 GiB in "
        "size. Please specify a volume size above the minimum limit.");
    EXPECT_EQ(refused({{"Size", "10"}, {"VolumeType", "io1"}}).message,
              "The parameter iops must be specified for io1 volumes.");
    EXPECT_EQ(refused({{"Size", "10"}, {"Iops", "100"}}).message,
              "The parameter iops is not supported for gp2 volumes.");
    EXPECT_EQ(aws.must("DescribeVolumes").count("volumeSet/item"), 0U);
}

TEST(CreateVolume, MakesMultiAttachVolumesOfTwoTypesOnly)
{
    TestEmulator aws;
    const auto made = [&](const std::string& type, const std::string& iops,
                          const char* region = kRegion) {
        Parameters wanted = {{"AvailabilityZone", std::string(region) + "a"},
                             {"Size", "10"},
                             {"VolumeType", type},
                             {"MultiAttachEnabled", "true"}};
        if (!iops.empty()) {
            wanted.emplace_back("Iops", iops);
        }
        return aws.call("CreateVolume", wanted, kAccount, region);
    };
    EXPECT_EQ(made("io2", "100").text("multiAttachEnabled"), "true");
    EXPECT_EQ(made("io1", "100").text("multiAttachEnabled"), "true");
    const auto refused = made("gp3", "");
    EXPECT_EQ(refused.code, "InvalidParameterCombination");
    EXPECT_EQ(refused.message,
              "The parameter multi-attach-enabled is not supported for gp3 volumes.");
    EXPECT_EQ(made("io1", "100", "eu-west-1").code, "InvalidParameterCombination");
    EXPECT_EQ(made("io2", "100", "eu-west-1").text("multiAttachEnabled"), "true");
}

TEST(CreateVolume, TakesAnInitializationRateForSnapshotsOnly)
{
    TestEmulator aws;
    const auto snapshot =
        aws.must("CreateSnapshot", {{"VolumeId", new_volume(aws)}}).text("snapshotId");
    const auto with_rate = [&](const std::string& rate) {
        return aws.call("CreateVolume", {{"AvailabilityZone", "us-east-1a"},
                                         {"SnapshotId", snapshot},
                                         {"VolumeInitializationRate", rate}});
    };
    EXPECT_EQ(with_rate("100").text("volumeInitializationRate"), "100");
    EXPECT_EQ(with_rate("300").text("volumeInitializationRate"), "300");
    EXPECT_EQ(with_rate("99").code, "InvalidParameterValue");
    EXPECT_EQ(with_rate("301").message,
              "The value specified for VolumeInitializationRate is not in the allowed range.");
    const auto empty = aws.call(
        "CreateVolume",
        {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"VolumeInitializationRate", "100"}});
    EXPECT_EQ(empty.code, "InvalidParameterCombination");
    EXPECT_EQ(new_volume(aws, {{"VolumeType", "gp3"}}).substr(0, 4), "vol-");
}

TEST(CreateVolume, RefusesOutpostsAndLocalZonesByName)
{
    TestEmulator aws;
    const auto outpost = aws.call(
        "CreateVolume", {{"AvailabilityZone", "us-east-1a"},
                         {"Size", "1"},
                         {"OutpostArn", "arn:aws:outposts:us-east-1:123456789012:outpost/op-1"}});
    EXPECT_EQ(outpost.code, "UnsupportedOperation");
    EXPECT_THAT(outpost.message, ::testing::HasSubstr("OutpostArn"));
    const auto local =
        aws.call("CreateVolume", {{"AvailabilityZone", "us-east-1-bos-1a"}, {"Size", "1"}});
    EXPECT_EQ(local.code, "InvalidZone.NotFound");
    EXPECT_THAT(local.message, ::testing::HasSubstr("us-east-1-bos-1a"));
}

TEST(CreateVolume, MakesOneVolumeForOneClientToken)
{
    TestEmulator aws;
    Parameters wanted = {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"ClientToken", "t"}};
    const auto first = aws.must("CreateVolume", wanted);
    const auto again = aws.must("CreateVolume", wanted);
    EXPECT_EQ(again.text("volumeId"), first.text("volumeId"));
    EXPECT_EQ(again.text("status"), "available");
    EXPECT_THAT(aws.must("DescribeVolumes").texts(kIds), SizeIs(1));
    wanted[1].second = "2";
    EXPECT_EQ(aws.call("CreateVolume", wanted).code, "IdempotentParameterMismatch");
    const auto other = aws.must("CreateVolume", wanted, kOtherAccount);
    EXPECT_NE(other.text("volumeId"), first.text("volumeId"));
    aws.must("DeleteVolume", {{"VolumeId", first.text("volumeId")}});
    wanted[1].second = "1";
    EXPECT_EQ(aws.call("CreateVolume", wanted).code, "InvalidVolume.NotFound");
}

TEST(CreateVolume, OnlySaysWhatADryRunWouldDo)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("CreateVolume",
                       {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"DryRun", "true"}})
                  .code,
              "DryRunOperation");
    // What is wrong with the parameters themselves comes first.
    EXPECT_EQ(aws.call("CreateVolume",
                       {{"AvailabilityZone", "us-east-1a"}, {"Size", "0"}, {"DryRun", "true"}})
                  .code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.must("DescribeVolumes").count("volumeSet/item"), 0U);
}

// DescribeVolumes

TEST(DescribeVolumes, ShowsEachAccountAndRegionItsOwn)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    EXPECT_THAT(aws.must("DescribeVolumes").texts(kIds), ElementsAre(id));
    EXPECT_THAT(aws.must("DescribeVolumes", {}, kOtherAccount).texts(kIds), IsEmpty());
    EXPECT_THAT(aws.must("DescribeVolumes", {}, kAccount, "eu-west-1").texts(kIds), IsEmpty());
    EXPECT_EQ(aws.call("DescribeVolumes", {{"VolumeId.1", id}}, kOtherAccount).code,
              "InvalidVolume.NotFound");
}

TEST(DescribeVolumes, RefusesTheWholeCallWhenOneIdIsUnknown)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto refused =
        aws.call("DescribeVolumes", {{"VolumeId.1", id}, {"VolumeId.2", "vol-0123456789abcdef0"}});
    EXPECT_EQ(refused.code, "InvalidVolume.NotFound");
    EXPECT_EQ(refused.message, "The volume 'vol-0123456789abcdef0' does not exist.");
    EXPECT_EQ(aws.call("DescribeVolumes", {{"VolumeId.1", "vol-0"}}).code,
              "InvalidVolumeID.Malformed");
}

TEST(DescribeVolumes, AnswersPageByPage)
{
    TestEmulator aws;
    std::vector<std::string> made;
    for (int i = 0; i < 11; ++i) {
        made.push_back(new_volume(aws));
    }
    const auto first = aws.must("DescribeVolumes", {{"MaxResults", "6"}});
    EXPECT_THAT(first.texts(kIds), SizeIs(6));
    const auto second =
        aws.must("DescribeVolumes", {{"MaxResults", "6"}, {"NextToken", first.text("nextToken")}});
    EXPECT_THAT(second.texts(kIds), SizeIs(5));
    EXPECT_EQ(second.text("nextToken"), "");
    auto seen = first.texts(kIds);
    const auto rest = second.texts(kIds);
    seen.insert(seen.end(), rest.begin(), rest.end());
    EXPECT_THAT(seen, ::testing::UnorderedElementsAreArray(made));
    const auto both = aws.call("DescribeVolumes", {{"MaxResults", "6"}, {"VolumeId.1", made[0]}});
    EXPECT_EQ(both.code, "InvalidParameterCombination");
    EXPECT_EQ(both.message, "The parameter volumeSet cannot be used with the parameter maxResults");
}

class VolumeFilters : public ::testing::Test {
protected:
    VolumeFilters()
    {
        put_instance(aws, kInstance);
        attached = new_volume(aws, {{"VolumeType", "gp3"}, {"Size", "1"}});
        const auto snapshot_of = aws.must("CreateSnapshot", {{"VolumeId", attached}});
        snapshot = snapshot_of.text("snapshotId");
        aws.advance(60'000);
        aws.must("AttachVolume", attachment(attached));
        const auto made = aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1b"},
                                                    {"SnapshotId", snapshot},
                                                    {"Size", "4"},
                                                    {"TagSpecification.1.ResourceType", "volume"},
                                                    {"TagSpecification.1.Tag.1.Key", "Team"},
                                                    {"TagSpecification.1.Tag.1.Value", "blue"}});
        loose = made.text("volumeId");
        zone_id = made.text("availabilityZoneId");
    }

    std::vector<std::string> matching(const std::string& name, const std::string& value)
    {
        return aws.must("DescribeVolumes", {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
            .texts(kIds);
    }

    TestEmulator aws;
    std::string attached;
    std::string snapshot;
    std::string loose;
    std::string zone_id;
};

TEST_F(VolumeFilters, MatchWhatTheyAreDocumentedToMatch)
{
    EXPECT_THAT(matching("attachment.attach-time", "2026-01-02T03:05:05.000Z"),
                ElementsAre(attached));
    EXPECT_THAT(matching("attachment.delete-on-termination", "false"), ElementsAre(attached));
    EXPECT_THAT(matching("attachment.delete-on-termination", "true"), IsEmpty());
    EXPECT_THAT(matching("attachment.device", "/dev/sd?"), ElementsAre(attached));
    EXPECT_THAT(matching("attachment.instance-id", kInstance), ElementsAre(attached));
    EXPECT_THAT(matching("attachment.status", "attached"), ElementsAre(attached));
    EXPECT_THAT(matching("availability-zone", "us-east-1b"), ElementsAre(loose));
    EXPECT_THAT(matching("availability-zone-id", zone_id), ElementsAre(loose));
    EXPECT_THAT(matching("create-time", "2026-01-02T03:04:05.000Z"), ElementsAre(attached));
    EXPECT_THAT(matching("encrypted", "false"), SizeIs(2));
    EXPECT_THAT(matching("encrypted", "true"), IsEmpty());
    EXPECT_THAT(matching("fast-restored", "true"), IsEmpty());
    EXPECT_THAT(matching("multi-attach-enabled", "false"), SizeIs(2));
    EXPECT_THAT(matching("operator.managed", "false"), SizeIs(2));
    EXPECT_THAT(matching("operator.principal", "*"), IsEmpty());
    EXPECT_THAT(matching("size", "4"), ElementsAre(loose));
    EXPECT_THAT(matching("snapshot-id", snapshot), ElementsAre(loose));
    EXPECT_THAT(matching("status", "in-use"), ElementsAre(attached));
    EXPECT_THAT(matching("status", "available"), ElementsAre(loose));
    EXPECT_THAT(matching("tag:Team", "bl*"), ElementsAre(loose));
    EXPECT_THAT(matching("tag-key", "Team"), ElementsAre(loose));
    EXPECT_THAT(matching("volume-id", attached), ElementsAre(attached));
    EXPECT_THAT(matching("volume-type", "gp3"), ElementsAre(attached));
}

TEST_F(VolumeFilters, NarrowEachOtherAndTheIds)
{
    EXPECT_THAT(aws.must("DescribeVolumes", {{"Filter.1.Name", "status"},
                                             {"Filter.1.Value.1", "in-use"},
                                             {"Filter.1.Value.2", "available"},
                                             {"Filter.2.Name", "volume-type"},
                                             {"Filter.2.Value.1", "gp2"}})
                    .texts(kIds),
                ElementsAre(loose));
    EXPECT_THAT(aws.must("DescribeVolumes", {{"VolumeId.1", attached},
                                             {"Filter.1.Name", "status"},
                                             {"Filter.1.Value.1", "available"}})
                    .texts(kIds),
                IsEmpty());
    EXPECT_EQ(
        aws.call("DescribeVolumes", {{"Filter.1.Name", "colour"}, {"Filter.1.Value.1", "red"}})
            .code,
        "InvalidParameterValue");
}

// DeleteVolume

TEST(DeleteVolume, TakesItsTimeAndThenTheVolumeIsGone)
{
    TestEmulator aws;
    aws.set_delay("volume.deleting", 1000);
    const auto id = new_volume(aws, {{"TagSpecification.1.ResourceType", "volume"},
                                     {"TagSpecification.1.Tag.1.Key", "Name"},
                                     {"TagSpecification.1.Tag.1.Value", "gone"}});
    aws.must("DeleteVolume", {{"VolumeId", id}});
    EXPECT_EQ(describe(aws, id).text("volumeSet/item/status"), "deleting");
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", id}}).code, "IncorrectState");
    aws.advance(1000);
    EXPECT_EQ(aws.call("DescribeVolumes", {{"VolumeId.1", id}}).code, "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", id}}).code, "InvalidVolume.NotFound");
    EXPECT_EQ(aws.must("DescribeTags").count("tagSet/item"), 0U);
}

TEST(DeleteVolume, RefusesAnAttachedOne)
{
    TestEmulator aws;
    put_instance(aws, kInstance);
    const auto id = new_volume(aws);
    aws.must("AttachVolume", attachment(id));
    const auto refused = aws.call("DeleteVolume", {{"VolumeId", id}});
    EXPECT_EQ(refused.code, "VolumeInUse");
    EXPECT_EQ(refused.message,
              "Volume " + id + " is currently attached to " + std::string(kInstance));
}

TEST(DeleteVolume, RefusesOneThatIsBeingMadeAndThoseOfOthers)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", id}}, kOtherAccount).code,
              "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", "vol-zz"}}).code, "InvalidVolumeID.Malformed");
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", id}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    aws.set_delay("volume.creating", 1000);
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", new_volume(aws)}}).code, "IncorrectState");
}

TEST(DeleteVolume, KeepsItsSnapshots)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto snapshot = aws.must("CreateSnapshot", {{"VolumeId", id}}).text("snapshotId");
    aws.must("DeleteVolume", {{"VolumeId", id}});
    EXPECT_EQ(aws.must("DescribeSnapshots", {{"SnapshotId.1", snapshot}})
                  .text("snapshotSet/item/volumeId"),
              id);
    aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", snapshot}});
}

// AttachVolume

TEST(AttachVolume, GoesThroughItsStates)
{
    TestEmulator aws;
    aws.set_delay("attachment.attaching", 1000);
    put_instance(aws, kInstance);
    const auto id = new_volume(aws);
    const auto answer = aws.must("AttachVolume", attachment(id));
    EXPECT_EQ(answer.text("status"), "attaching");
    EXPECT_EQ(answer.text("volumeId"), id);
    EXPECT_EQ(answer.text("instanceId"), kInstance);
    EXPECT_EQ(answer.text("device"), "/dev/sdf");
    EXPECT_EQ(answer.text("attachTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(answer.text("deleteOnTermination"), "false");
    const auto during = describe(aws, id);
    EXPECT_EQ(during.text("volumeSet/item/status"), "in-use");
    EXPECT_EQ(during.text("volumeSet/item/attachmentSet/item/status"), "attaching");
    aws.advance(1000);
    EXPECT_EQ(describe(aws, id).text("volumeSet/item/attachmentSet/item/status"), "attached");
}

TEST(AttachVolume, TakesAStoppedInstanceToo)
{
    TestEmulator aws;
    put_instance(aws, kInstance, "stopped");
    aws.must("AttachVolume", attachment(new_volume(aws), "xvdh"));
}

TEST(AttachVolume, RefusesInstancesInOtherStates)
{
    TestEmulator aws;
    put_instance(aws, kInstance);
    const auto id = new_volume(aws);
    for (const auto* state : {"pending", "stopping", "shutting-down", "terminated"}) {
        set_instance_state(aws, kInstance, state);
        const auto refused = aws.call("AttachVolume", attachment(id));
        EXPECT_EQ(refused.code, "IncorrectState") << state;
        EXPECT_EQ(refused.message, "Instance '" + std::string(kInstance) + "' is not 'running'.");
    }
}

TEST(AttachVolume, RefusesWhatIsAttachedAlready)
{
    TestEmulator aws;
    put_instance(aws, kInstance);
    put_instance(aws, kOtherInstance);
    const auto id = new_volume(aws);
    aws.must("AttachVolume", attachment(id));
    const auto again = aws.call("AttachVolume", attachment(id, "/dev/sdg", kOtherInstance));
    EXPECT_EQ(again.code, "VolumeInUse");
    EXPECT_EQ(again.message, id + " is already attached to an instance");
    const auto taken = aws.call("AttachVolume", attachment(new_volume(aws)));
    EXPECT_EQ(taken.code, "InvalidParameterValue");
    EXPECT_EQ(taken.message,
              "Invalid value '/dev/sdf' for unixDevice. Attachment point /dev/sdf is already in "
              "use");
}

TEST(AttachVolume, RefusesAnotherZone)
{
    TestEmulator aws;
    put_instance(aws, kInstance, "running", "us-east-1b");
    const auto id = new_volume(aws);
    const auto refused = aws.call("AttachVolume", attachment(id));
    EXPECT_EQ(refused.code, "InvalidVolume.ZoneMismatch");
    EXPECT_EQ(refused.message, "The volume '" + id +
                                   "' is not in the same availability zone as instance '" +
                                   kInstance + "'");
}

TEST(AttachVolume, RefusesWhatIsNotThereOrNotReady)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    EXPECT_EQ(aws.call("AttachVolume", attachment(id)).code, "InvalidInstanceID.NotFound");
    EXPECT_EQ(aws.call("AttachVolume", attachment(id, "/dev/sdf", "i-x")).code,
              "InvalidInstanceID.Malformed");
    put_instance(aws, kInstance);
    EXPECT_EQ(aws.call("AttachVolume", attachment("vol-0123456789abcdef0")).code,
              "InvalidVolume.NotFound");
    aws.set_delay("volume.creating", 1000);
    const auto young = new_volume(aws);
    const auto refused = aws.call("AttachVolume", attachment(young));
    EXPECT_EQ(refused.code, "IncorrectState");
    EXPECT_EQ(refused.message, young + " is not 'available'.");
    auto dry = attachment(id);
    dry.emplace_back("DryRun", "true");
    EXPECT_EQ(aws.call("AttachVolume", dry).code, "DryRunOperation");
}

TEST(AttachVolume, RefusesNamesThatNoDeviceHas)
{
    TestEmulator aws;
    put_instance(aws, kInstance);
    const auto refused = aws.call("AttachVolume", attachment(new_volume(aws), "/dev/nvme1n1"));
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_EQ(refused.message,
              "Value (/dev/nvme1n1) for parameter device is invalid. /dev/nvme1n1 is not a valid "
              "EBS device name.");
}

TEST(AttachVolume, RefusesMoreThanTheInstanceTypeTakes)
{
    TestEmulator aws;
    put_instance(aws, kInstance, "running", "us-east-1a", "t3.micro");
    constexpr int kMost = 27;
    for (int i = 0; i < kMost; ++i) {
        const std::string device = {'/',
                                    'd',
                                    'e',
                                    'v',
                                    '/',
                                    'x',
                                    'v',
                                    'd',
                                    static_cast<char>('b' + i / 26),
                                    static_cast<char>('a' + i % 26)};
        aws.must("AttachVolume", attachment(new_volume(aws), device));
    }
    const auto refused = aws.call("AttachVolume", attachment(new_volume(aws), "/dev/sdz"));
    EXPECT_EQ(refused.code, "AttachmentLimitExceeded");
    EXPECT_EQ(
        refused.message,
        "You may attach up to 27 devices for this instance type. Please use a larger instance "
        "size to attach more volumes.");
}

// DetachVolume

class Attached : public ::testing::Test {
protected:
    Attached()
    {
        put_instance(aws, kInstance);
        put_instance(aws, kOtherInstance);
        id = new_volume(aws);
        aws.must("AttachVolume", attachment(id));
    }

    TestEmulator aws;
    std::string id;
};

TEST_F(Attached, GoesThroughItsStatesWhenDetached)
{
    aws.set_delay("attachment.detaching", 1000);
    const auto answer = aws.must("DetachVolume", {{"VolumeId", id}});
    EXPECT_EQ(answer.text("status"), "detaching");
    EXPECT_EQ(answer.text("instanceId"), kInstance);
    EXPECT_EQ(answer.text("device"), "/dev/sdf");
    EXPECT_EQ(describe(aws, id).text("volumeSet/item/status"), "in-use");
    EXPECT_EQ(describe(aws, id).text("volumeSet/item/attachmentSet/item/status"), "detaching");
    aws.advance(1000);
    const auto after = describe(aws, id);
    EXPECT_EQ(after.text("volumeSet/item/status"), "available");
    EXPECT_EQ(after.count("volumeSet/item/attachmentSet/item"), 0U);
    EXPECT_EQ(after.count("volumeSet/item/attachmentSet"), 1U);
    aws.must("AttachVolume", attachment(id, "/dev/sdf", kOtherInstance));
}

TEST_F(Attached, IsDetachedByItsOwnInstanceAndDeviceOnly)
{
    const auto elsewhere =
        aws.call("DetachVolume", {{"VolumeId", id}, {"InstanceId", kOtherInstance}});
    EXPECT_EQ(elsewhere.code, "InvalidAttachment.NotFound");
    EXPECT_EQ(aws.call("DetachVolume", {{"VolumeId", id}, {"Device", "/dev/sdg"}}).code,
              "InvalidAttachment.NotFound");
    EXPECT_EQ(
        aws.call("DetachVolume", {{"VolumeId", id}, {"InstanceId", "i-0123456789abcdef0"}}).code,
        "InvalidInstanceID.NotFound");
    aws.must("DetachVolume", {{"VolumeId", id}, {"InstanceId", kInstance}, {"Device", "/dev/sdf"}});
}

TEST_F(Attached, CannotBeDetachedTwice)
{
    aws.must("DetachVolume", {{"VolumeId", id}});
    const auto again = aws.call("DetachVolume", {{"VolumeId", id}});
    EXPECT_EQ(again.code, "IncorrectState");
    EXPECT_EQ(again.message, "Volume '" + id + "' is in the 'available' state.");
}

TEST_F(Attached, LetsGoAtOnceWhenForced)
{
    aws.set_delay("attachment.detaching", 1000);
    aws.must("DetachVolume", {{"VolumeId", id}});
    EXPECT_EQ(aws.call("DetachVolume", {{"VolumeId", id}}).code, "IncorrectState");
    aws.must("DetachVolume", {{"VolumeId", id}, {"Force", "true"}});
    EXPECT_EQ(describe(aws, id).text("volumeSet/item/status"), "available");
    aws.must("AttachVolume", attachment(id));
    aws.advance(5000);
    EXPECT_EQ(describe(aws, id).text("volumeSet/item/attachmentSet/item/status"), "attached");
}

TEST_F(Attached, MayBeDetachedWhileItIsAttaching)
{
    aws.set_delay("attachment.attaching", 1000);
    aws.set_delay("attachment.detaching", 5000);
    const auto young = new_volume(aws);
    aws.must("AttachVolume", attachment(young, "/dev/sdg"));
    aws.must("DetachVolume", {{"VolumeId", young}});
    aws.advance(2000);
    EXPECT_EQ(describe(aws, young).text("volumeSet/item/attachmentSet/item/status"), "detaching");
    aws.advance(3000);
    EXPECT_EQ(describe(aws, young).text("volumeSet/item/status"), "available");
}

TEST_F(Attached, StaysWhileItIsTheRootOfARunningInstance)
{
    const auto root = new_volume(aws);
    aws.must("AttachVolume", attachment(root, "/dev/xvda"));
    const auto refused = aws.call("DetachVolume", {{"VolumeId", root}, {"Force", "true"}});
    EXPECT_EQ(refused.code, "OperationNotPermitted");
    EXPECT_EQ(refused.message,
              "Unable to detach root volume '" + root + "' from instance '" + kInstance + "'");
    set_instance_state(aws, kInstance, "stopped");
    aws.must("DetachVolume", {{"VolumeId", root}});
}

TEST_F(Attached, IsNotForOthersToDetach)
{
    EXPECT_EQ(aws.call("DetachVolume", {{"VolumeId", id}}, kOtherAccount).code,
              "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("DetachVolume", {{"VolumeId", "vol-q"}}).code, "InvalidVolumeID.Malformed");
    EXPECT_EQ(aws.call("DetachVolume", {{"VolumeId", id}, {"DryRun", "true"}}).code,
              "DryRunOperation");
}

TEST(CreateVolume, SaysOfAPendingSnapshotWhatToolsCompare)
{
    TestEmulator aws;
    aws.set_delay("snapshot.pending", 1000);
    const auto snapshot =
        aws.must("CreateSnapshot", {{"VolumeId", new_volume(aws)}}).text("snapshotId");
    for (const auto& [action, parameters] : std::vector<std::pair<const char*, Parameters>>{
             {"CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", snapshot}}},
             {"CopySnapshot", {{"SourceRegion", "us-east-1"}, {"SourceSnapshotId", snapshot}}},
             {"ModifySnapshotTier", {{"SnapshotId", snapshot}, {"StorageTier", "archive"}}}}) {
        const auto refused = aws.call(action, parameters);
        EXPECT_EQ(refused.code, "IncorrectState") << action;
        EXPECT_EQ(refused.message, "Snapshot is in invalid state - pending") << action;
    }
}

TEST(CreateVolume, AnswersEmptyTagsAndNoAttachments)
{
    TestEmulator aws;
    const auto made = aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}});
    EXPECT_EQ(made.count("tagSet"), 1U);
    EXPECT_EQ(made.count("attachmentSet"), 0U);
    const auto described = aws.must("DescribeVolumes");
    EXPECT_EQ(described.count("volumeSet/item/tagSet"), 0U);
    EXPECT_EQ(described.count("volumeSet/item/attachmentSet"), 1U);
}

TEST(DescribeVolumes, NamesItsOwnParameterForIdsOfAnotherKind)
{
    TestEmulator aws;
    for (const auto* action :
         {"DescribeVolumes", "DescribeVolumeStatus", "DescribeVolumesModifications"}) {
        const auto refused = aws.call(action, {{"VolumeId.1", "foo"}});
        EXPECT_EQ(refused.code, "InvalidParameterValue") << action;
        EXPECT_EQ(refused.message,
                  "Value (foo) for parameter volumes is invalid. Expected: 'vol-...'.")
            << action;
    }
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", "foo"}}).message,
              "Value (foo) for parameter volumeId is invalid. Expected: 'vol-...'.");
    EXPECT_EQ(aws.call("CopySnapshot", {{"SourceRegion", "us-east-1"}, {"SourceSnapshotId", "foo"}})
                  .message,
              "Value (foo) for parameter sourceSnapshotId is invalid. Expected: 'snap-...'.");
}

}  // namespace
}  // namespace amilab::test
