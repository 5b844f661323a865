#include "server/calls/account_limits.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/control/account_reset.h"
#include "storage/base/background.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/settings/account_content_rows.h"
#include "storage/metadata/volumes/export_rows.h"
#include "storage/state/generation.h"
#include "storage/state/space.h"
#include "storage/state/stores.h"
#include "tests/server/services/ebs/ebs_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/json_caller.h"
#include "tests/support/s3_caller.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

DataDirectory::Options limited(AccountLimits limits, std::optional<std::string> path = {})
{
    return {.path = std::move(path),
            .seed = test_seed(),
            .catalogue = {},
            .account_limits = limits,
            .report = {}};
}

const Parameters kOneVolume = {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}};

Answer create_volume(TestEmulator& aws, std::string_view account = kAccount)
{
    return aws.call("CreateVolume", kOneVolume, account);
}

std::string must_create_volume(TestEmulator& aws)
{
    return aws.must("CreateVolume", kOneVolume).text("volumeId");
}

/// How many rows the account has, as the server counts and as they are.
std::int64_t count_rows(TestEmulator& aws, std::string_view account = kAccount)
{
    auto writer = aws.generation().writer();
    const auto counted = select_account_count(writer.db(), account).rows;
    const auto rows = count_account_rows(writer.db());
    const auto found = rows.find(account);
    EXPECT_EQ(counted, found != rows.end() ? found->second : 0) << account;
    return counted;
}

TEST(AccountLimit, OfRowsRefusesTheFirstThatIsTooMany)
{
    TestEmulator aws(limited({.rows = 2}));
    must_create_volume(aws);
    must_create_volume(aws);
    const auto refused = create_volume(aws);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code, "VolumeLimitExceeded");
    EXPECT_THAT(refused.message, HasSubstr("You have reached your quota of 2"));
    EXPECT_EQ(refused.message.find('\n'), std::string::npos);
    EXPECT_EQ(count_rows(aws), 2);
}

TEST(AccountLimit, IsEachAccountsOwn)
{
    TestEmulator aws(limited({.rows = 1}));
    must_create_volume(aws);
    EXPECT_FALSE(create_volume(aws).ok());
    EXPECT_TRUE(create_volume(aws, kOtherAccount).ok());
}

TEST(AccountLimit, OfRowsIsOfAllRegions)
{
    TestEmulator aws(limited({.rows = 1}));
    must_create_volume(aws);
    EXPECT_EQ(aws.call("CreateVolume", {{"AvailabilityZone", "eu-west-1a"}, {"Size", "1"}},
                       kAccount, "eu-west-1")
                  .code,
              "VolumeLimitExceeded");
}

TEST(AccountLimit, GivesRoomBackForWhatIsDeleted)
{
    TestEmulator aws(limited({.rows = 1}));
    const auto volume = must_create_volume(aws);
    aws.must("DeleteVolume", {{"VolumeId", volume}});
    must_create_volume(aws);
    EXPECT_EQ(count_rows(aws), 1);
}

TEST(AccountLimit, NeverRefusesWhatAddsNothing)
{
    TestEmulator aws(limited({.rows = 1, .bytes = 1}));
    const auto volume = must_create_volume(aws);
    aws.must("DescribeVolumes");
    aws.must("ModifyVolumeAttribute", {{"VolumeId", volume}, {"AutoEnableIO.Value", "true"}});
    aws.must("DeleteVolume", {{"VolumeId", volume}});
}

TEST(AccountLimit, OfBytesIsOfCopiesOfOthersObjectsToo)
{
    TestEmulator aws(limited({.bytes = 3 << 20}));
    const S3Caller s3(aws);
    const S3Caller other(aws, kOtherAccount);
    s3.must("PUT", "/open", {}, {{"x-amz-object-ownership", "ObjectWriter"}});
    s3.must("DELETE", "/open?publicAccessBlock");
    s3.must("PUT", "/open/a", std::string(2 << 20, 'x'), {{"x-amz-acl", "public-read"}});
    other.must("PUT", "/theirs");
    other.must("PUT", "/theirs/a", {}, {{"x-amz-copy-source", "open/a"}});
    const Parameters source{{"x-amz-copy-source", "open/a"}};
    EXPECT_EQ(other.call("PUT", "/theirs/b", {}, source).code, "QuotaExceeded");
    const auto id = other.must("POST", "/theirs/b?uploads").text("UploadId");
    const auto part = "/theirs/b?partNumber=1&uploadId=" + id;
    EXPECT_EQ(other.call("PUT", part, {}, source).code, "QuotaExceeded");
    EXPECT_TRUE(other.call("PUT", part, {}, {{"x-amz-copy-source", "theirs/a"}}).ok())
        << "what one holds is not more by that";
    EXPECT_TRUE(s3.call("PUT", "/open/b", {}, source).ok());
}

TEST(AccountLimit, NeverRefusesReadsThatMakeTheDefaultNetwork)
{
    TestEmulator aws(limited({.rows = 1}));
    EXPECT_THAT(aws.must("DescribeVpcs").texts("vpcSet/item/vpcId"), SizeIs(1));
    EXPECT_GT(count_rows(aws), 1);
    EXPECT_EQ(aws.call("CreateKeyPair", {{"KeyName", "one"}}).code, "ResourceLimitExceeded");
}

TEST(AccountLimit, IsSaidInTheWordsOfTheOperation)
{
    TestEmulator aws(limited({.rows = 1}));
    aws.must("DescribeVpcs");
    EXPECT_EQ(aws.call("RunInstances", launch(public_image(aws))).code, "InstanceLimitExceeded");
    EXPECT_EQ(aws.call("ImportKeyPair", {{"KeyName", "one"}, {"PublicKeyMaterial", "eA=="}}).status,
              400);
    const JsonCaller ebs(aws, "ebs");
    const auto started = ebs.call("POST", "/snapshots", boost::json::object{{"VolumeSize", 1}});
    EXPECT_EQ(started.status, 402);
    EXPECT_EQ(started.code, "ServiceQuotaExceededException");
    EXPECT_EQ(started.reason, "DEPENDENCY_SERVICE_QUOTA_EXCEEDED");
    const JsonCaller ssm(aws, "ssm");
    EXPECT_EQ(
        ssm.call_operation("PutParameter", {{"Name", "a"}, {"Value", "b"}, {"Type", "String"}})
            .code,
        "ParameterLimitExceeded");
    const JsonCaller rbin(aws, "rbin");
    const auto rule = rbin.call(
        "POST", "/rules",
        boost::json::object{
            {"ResourceType", "EBS_SNAPSHOT"},
            {"RetentionPeriod",
             boost::json::object{{"RetentionPeriodValue", 1}, {"RetentionPeriodUnit", "DAYS"}}}});
    EXPECT_EQ(rule.status, 402);
    EXPECT_EQ(rule.code, "ServiceQuotaExceededException");
}

TEST(AccountLimit, CountsTagsToo)
{
    TestEmulator aws(limited({.rows = 2}));
    const auto volume = must_create_volume(aws);
    const auto tag = [&](const std::string& key) {
        return aws.call("CreateTags",
                        {{"ResourceId.1", volume}, {"Tag.1.Key", key}, {"Tag.1.Value", ""}});
    };
    EXPECT_TRUE(tag("one").ok());
    EXPECT_EQ(tag("two").code, "ResourceLimitExceeded");
    EXPECT_TRUE(tag("one").ok()) << "it is there";
    EXPECT_EQ(count_rows(aws), 2);
}

TEST(AccountLimit, HoldsBehindAResetAndARestart)
{
    const TemporaryDirectory folder;
    {
        TestEmulator aws(limited({.rows = 1}, folder.path()));
        must_create_volume(aws);
        aws.data().reset();
        must_create_volume(aws);
        EXPECT_FALSE(create_volume(aws).ok());
    }
    TestEmulator again(limited({.rows = 1}, folder.path()));
    EXPECT_EQ(count_rows(again), 1);
    EXPECT_FALSE(create_volume(again).ok());
    control::reset_account(again.emulator(), kAccount);
    must_create_volume(again);
}

TEST(AccountLimit, LowerThanWhatIsThereRefusesMoreAndKeepsThat)
{
    const TemporaryDirectory folder;
    std::string volume;
    {
        TestEmulator aws(limited({}, folder.path()));
        must_create_volume(aws);
        volume = must_create_volume(aws);
    }
    TestEmulator aws(limited({.rows = 1}, folder.path()));
    EXPECT_THAT(aws.must("DescribeVolumes").texts("volumeSet/item/volumeId"), SizeIs(2));
    EXPECT_FALSE(create_volume(aws).ok());
    aws.must("DeleteVolume", {{"VolumeId", volume}});
}

TEST(AccountLimit, CountsRowsThatComeAndGoAsTheyAre)
{
    TestEmulator aws(limited({.rows = 1'000'000}));
    const auto instance = run_one(aws);
    own_image(aws, "one");
    const JsonCaller ssm(aws, "ssm");
    for (const auto* value : {"a", "b"}) {
        EXPECT_TRUE(
            ssm.call_operation(
                   "PutParameter",
                   {{"Name", "a"}, {"Value", value}, {"Type", "String"}, {"Overwrite", "true"}})
                .ok());
    }
    aws.must("EnableEbsEncryptionByDefault");
    aws.must("DisableEbsEncryptionByDefault");
    EXPECT_GT(count_rows(aws), 10);
    aws.must("TerminateInstances", {{"InstanceId.1", instance}});
    aws.advance(2 * kHourMs);
    aws.emulator().settle();
    count_rows(aws);
    EXPECT_FALSE(aws.call("CreateVolume", {{"AvailabilityZone", "nowhere"}, {"Size", "1"}}).ok());
    count_rows(aws);
    control::reset_account(aws.emulator(), kAccount);
    EXPECT_EQ(count_rows(aws), 0);
}

class AccountLimitOfBytes : public ::testing::Test {
protected:
    static constexpr std::uint64_t kMost = 2 << 20;

    /// Writes so many bytes to the volume, and counts none.
    void write(const std::string& volume, std::size_t bytes)
    {
        auto writer = aws_.generation().writer();
        const auto row = select_export(writer.db(), volume, 0);
        ASSERT_TRUE(row && row->is_disk());
        const std::vector<std::byte> data(bytes, std::byte{1});
        aws_.generation().stores().blocks().open_volume(row->chain, kGiB)->write(0, data);
    }

    TestEmulator aws_{limited({.bytes = kMost})};
};

TEST_F(AccountLimitOfBytes, RefusesVolumesAndSnapshotsOnceItIsReached)
{
    const auto volume = must_create_volume(aws_);
    write(volume, kMost + kBlockSize);
    EXPECT_EQ(create_volume(aws_).code, "VolumeLimitExceeded");
    const auto refused = aws_.call("CreateSnapshot", {{"VolumeId", volume}});
    EXPECT_EQ(refused.code, "SnapshotLimitExceeded");
    EXPECT_THAT(refused.message, HasSubstr("maximum storage limit of 2097152 bytes"));
    aws_.must("CreateTags", {{"ResourceId.1", volume}, {"Tag.1.Key", "a"}, {"Tag.1.Value", ""}});
    EXPECT_TRUE(create_volume(aws_, kOtherAccount).ok());
}

TEST_F(AccountLimitOfBytes, GivesRoomBackForWhatIsDeleted)
{
    const auto volume = must_create_volume(aws_);
    write(volume, kMost + kBlockSize);
    EXPECT_FALSE(create_volume(aws_).ok());
    aws_.must("DeleteVolume", {{"VolumeId", volume}});
    must_create_volume(aws_);
}

TEST_F(AccountLimitOfBytes, CountsBlocksThatAreUploaded)
{
    const JsonCaller ebs(aws_, "ebs");
    const auto started = ebs.call("POST", "/snapshots", boost::json::object{{"VolumeSize", 1}});
    ASSERT_TRUE(started.ok()) << started.body;
    const auto put = [&](int index) {
        const auto data = block_of('x');
        return ebs.call(
            "PUT", fmt::format("/snapshots/{}/blocks/{}", started.text("/SnapshotId"), index), data,
            {{"x-amz-Data-Length", std::to_string(data.size())},
             {"x-amz-Checksum", checksum_of(data)},
             {"x-amz-Checksum-Algorithm", "SHA256"}});
    };
    for (int index = 0; index < 4; ++index) {
        EXPECT_TRUE(put(index).ok()) << put(index).body;
    }
    const auto refused = put(4);
    EXPECT_EQ(refused.status, 402);
    EXPECT_EQ(refused.code, "ServiceQuotaExceededException");
}

TEST_F(AccountLimitOfBytes, SeesWhatACopyBrings)
{
    const auto volume = must_create_volume(aws_);
    write(volume, kMost - kBlockSize);
    const auto snapshot = aws_.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
    aws_.must("ModifySnapshotAttribute",
              {{"SnapshotId", snapshot}, {"CreateVolumePermission.Add.1.UserId", kOtherAccount}});
    const Parameters copy = {{"SourceSnapshotId", snapshot}, {"SourceRegion", kRegion}};
    aws_.must("CopySnapshot", copy, kOtherAccount);
    EXPECT_GE(measure_held_bytes(aws_.generation(), kOtherAccount), kMost - kBlockSize);
    EXPECT_FALSE(aws_.generation().stores().held_bytes().take(kOtherAccount, 2 * kBlockSize));
}

TEST_F(AccountLimitOfBytes, HasFilesLookedAtByAWorkerAlone)
{
    const S3Caller s3(aws_);
    s3.must("PUT", "/disks");
    const auto upload = s3.must("POST", "/disks/parts?uploads").text("UploadId");
    EXPECT_EQ(s3.must("PUT", "/disks/parts?partNumber=1&uploadId=" + upload, "x").turns, 2);
    EXPECT_EQ(s3.must("PUT", "/disks/a", "x").turns, 0) << "what is counted needs no look";
    const auto refused = s3.call("PUT", "/disks/b", std::string(kMost, 'x'));
    EXPECT_EQ(refused.code, "QuotaExceeded");
    EXPECT_EQ(refused.turns, 1);
}

TEST(AccountLimit, IsNoneUnlessAskedFor)
{
    TestEmulator aws;
    EXPECT_FALSE(aws.generation().settings().account_limits().any());
    EXPECT_FALSE(aws.generation().stores().held_bytes().most());
}

}  // namespace
}  // namespace amilab::test
