#include "server/control/account_reset.h"

#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/compute/time_alone.h"
#include "server/http/message.h"
#include "server/services/ec2/images/catalogue_file.h"
#include "storage/base/background.h"
#include "storage/base/units.h"
#include "storage/state/generation.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/query_plans.h"
#include "tests/support/s3_caller.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* kVolume = "volumeId";

/// Keeps the ids of the instances that it is told to kill.
class KilledMachines final : public TimeAlone {
public:
    void kill(Generation&, const InstanceId& id) override { killed.push_back(id.text()); }

    std::vector<std::string> killed;
};

std::string create_volume(TestEmulator& aws, std::string_view account,
                          std::string_view region = kRegion)
{
    return aws
        .must("CreateVolume", {{"AvailabilityZone", std::string(region) + "a"}, {"Size", "1"}},
              account, region)
        .text(kVolume);
}

std::vector<std::string> volumes_of(TestEmulator& aws, std::string_view account,
                                    std::string_view region = kRegion)
{
    return aws.must("DescribeVolumes", {}, account, region).texts("volumeSet/item/volumeId");
}

void reset(TestEmulator& aws, const std::string& account)
{
    control::reset_account(aws.emulator(), account);
    aws.data().background().drain();
}

TEST(AccountReset, TakesWhatIsTheAccountsInAllRegions)
{
    TestEmulator aws;
    create_volume(aws, kAccount);
    create_volume(aws, kAccount, "eu-west-1");
    reset(aws, kAccount);
    EXPECT_THAT(volumes_of(aws, kAccount), IsEmpty());
    EXPECT_THAT(volumes_of(aws, kAccount, "eu-west-1"), IsEmpty());
}

TEST(AccountReset, TakesWhatTheAccountHasInOthersBuckets)
{
    TestEmulator aws;
    const S3Caller host(aws);
    const S3Caller guest(aws, kOtherAccount);
    host.must("PUT", "/open", {}, {{"x-amz-object-ownership", "ObjectWriter"}});
    host.must("DELETE", "/open?publicAccessBlock");
    host.must("PUT", "/open?acl", {}, {{"x-amz-acl", "public-read-write"}});
    host.must("PUT", "/open/mine", "mine");
    guest.must("PUT", "/open/theirs", "theirs");
    guest.must("POST", "/open/more?uploads");
    reset(aws, kOtherAccount);
    const auto listed = host.must("GET", "/open?list-type=2").texts("Contents/Key");
    EXPECT_THAT(listed, ElementsAre("mine"));
    EXPECT_THAT(host.must("GET", "/open?uploads").texts("Upload/Key"), IsEmpty());
    EXPECT_EQ(host.must("GET", "/open/mine").body, "mine");
}

TEST(AccountReset, LeavesOthersWhatIsTheirs)
{
    TestEmulator aws;
    create_volume(aws, kAccount);
    const auto others = create_volume(aws, kOtherAccount);
    reset(aws, kAccount);
    EXPECT_THAT(volumes_of(aws, kOtherAccount), ElementsAre(others));
}

TEST(AccountReset, LeavesClockAndDelays)
{
    TestEmulator aws;
    aws.set_delay("volume.creating", 5);
    const auto now_ms = aws.generation().timing().clock.now_ms();
    reset(aws, kAccount);
    EXPECT_EQ(aws.generation().timing().clock.now_ms(), now_ms);
    create_volume(aws, kAccount);
    EXPECT_THAT(aws.must("DescribeVolumes").texts("volumeSet/item/status"),
                ElementsAre("creating"));
}

TEST(AccountReset, ForgetsWhatWasToCome)
{
    TestEmulator aws;
    aws.set_delay("volume.creating", kMinuteMs);
    create_volume(aws, kAccount);
    reset(aws, kAccount);
    EXPECT_EQ(aws.generation().timing().earliest_due.get_ms(), EarliestDue::kNever);
}

TEST(AccountReset, GivesClientTokensAndNamesBack)
{
    TestEmulator aws;
    const Parameters wanted = {
        {"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"ClientToken", "once"}};
    const auto first = aws.must("CreateVolume", wanted).text(kVolume);
    own_image(aws, "golden");
    reset(aws, kAccount);
    EXPECT_NE(aws.must("CreateVolume", wanted).text(kVolume), first);
    own_image(aws, "golden");
}

TEST(AccountReset, MakesTheDefaultNetworkAnew)
{
    TestEmulator aws;
    const auto before = aws.must("DescribeVpcs").text("vpcSet/item/vpcId");
    reset(aws, kAccount);
    const auto after = aws.must("DescribeVpcs").text("vpcSet/item/vpcId");
    EXPECT_THAT(after, StartsWith("vpc-"));
    EXPECT_NE(after, before);
    run_one(aws);
}

TEST(AccountReset, KillsTheMachinesThatStillRun)
{
    KilledMachines machines;
    TestEmulator aws(machines);
    const auto gone = run_one(aws);
    aws.must("TerminateInstances", {{"InstanceId.1", gone}});
    const auto runs = run_one(aws);
    machines.killed.clear();
    reset(aws, kAccount);
    EXPECT_THAT(machines.killed, ElementsAre(runs));
}

TEST(AccountReset, EndsWhatIsOpenOfItsDisksAlone)
{
    TestEmulator aws;
    std::vector<std::string> ended;
    const auto note = [&ended](const std::string& id) {
        return [&ended, id](ExportEnd why) {
            EXPECT_EQ(why, ExportEnd::kDeleted);
            ended.push_back(id);
        };
    };
    const auto own = create_volume(aws, kAccount);
    const auto others = create_volume(aws, kOtherAccount);
    auto& exports = aws.generation().exports();
    const auto first = exports.add(own, note(own));
    const auto second = exports.add(others, note(others));
    reset(aws, kAccount);
    EXPECT_THAT(ended, ElementsAre(own));
}

class AccountResetOfSharedThings : public ::testing::Test {
protected:
    /// An image that the other account may launch.
    std::string shared_image()
    {
        const auto image = own_image(aws_, "shared");
        aws_.must("ModifyImageAttribute",
                  {{"ImageId", image}, {"LaunchPermission.Add.1.UserId", kOtherAccount}});
        const auto snapshot = aws_.must("DescribeImages", {{"ImageId.1", image}})
                                  .text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
        aws_.must(
            "ModifySnapshotAttribute",
            {{"SnapshotId", snapshot}, {"CreateVolumePermission.Add.1.UserId", kOtherAccount}});
        return image;
    }

    TestEmulator aws_;
};

TEST_F(AccountResetOfSharedThings, LeavesInstancesAndCopiesOfItsImagesAsTheyAre)
{
    const auto image = shared_image();
    aws_.must("RunInstances", launch(image), kOtherAccount);
    const auto copy =
        aws_.must("CopyImage",
                  {{"SourceImageId", image}, {"SourceRegion", kRegion}, {"Name", "copy"}},
                  kOtherAccount)
            .text("imageId");
    reset(aws_, kAccount);
    EXPECT_THAT(aws_.must("DescribeInstances", {}, kOtherAccount)
                    .texts("reservationSet/item/instancesSet/item/instanceState/name"),
                ElementsAre("running"));
    EXPECT_THAT(volumes_of(aws_, kOtherAccount), SizeIs(1));
    aws_.must("RunInstances", launch(copy), kOtherAccount);
}

TEST_F(AccountResetOfSharedThings, TakesWhatOthersNotedAboutThem)
{
    const auto image = shared_image();
    aws_.must("CreateTags",
              {{"ResourceId.1", image}, {"Tag.1.Key", "seen"}, {"Tag.1.Value", "yes"}},
              kOtherAccount);
    reset(aws_, kAccount);
    EXPECT_THAT(aws_.must("DescribeTags", {}, kOtherAccount).texts("tagSet/item/key"), IsEmpty());
    EXPECT_EQ(aws_.call("RunInstances", launch(image), kOtherAccount).code,
              "InvalidAMIID.NotFound");
}

TEST_F(AccountResetOfSharedThings, RefusesLaunchesOfOthersImagesWhoseSnapshotsWereItsOwn)
{
    const auto image = shared_image();
    const auto snapshot = aws_.must("DescribeImages", {{"ImageId.1", image}})
                              .text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
    const auto registered = aws_.call("RegisterImage",
                                      {{"Name", "theirs"},
                                       {"RootDeviceName", "/dev/xvda"},
                                       {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                       {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}},
                                      kOtherAccount);
    reset(aws_, kAccount);
    if (registered.ok()) {
        const auto answer =
            aws_.call("RunInstances", launch(registered.text("imageId")), kOtherAccount);
        EXPECT_EQ(answer.status, 400) << answer.body;
    }
}

TEST(AccountReset, GivesBackWhatTheCatalogueFilesSayIsItsOwn)
{
    const TemporaryDirectory folder;
    const auto path = folder.path() + "/images.json";
    std::ofstream(path) << fmt::format(
        R"({{"Images": [{{"ImageId": "ami-0123456789abcdef0", "Name": "own", "OwnerId": "{}",)"
        R"( "Public": false, "Architecture": "x86_64", "CreationDate":)"
        R"( "2026-01-01T00:00:00.000Z", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings":)"
        R"( [{{"DeviceName": "/dev/xvda", "Ebs": {{"SnapshotId": "snap-0123456789abcdef0",)"
        R"( "VolumeSize": 8}}}}]}}]}})",
        kAccount);
    TestEmulator aws(ec2::read_catalogue({.instead = {},
                                          .beside = {path},
                                          .default_region = kRegion,
                                          .default_account = kAccount,
                                          .unknown_images = UnknownImages::kRefuse}));
    const Parameters own = {{"Owner.1", "self"}};
    ASSERT_THAT(aws.must("DescribeImages", own).texts("imagesSet/item/name"), ElementsAre("own"));
    aws.must("DeregisterImage", {{"ImageId", "ami-0123456789abcdef0"}});
    own_image(aws, "made");
    reset(aws, kAccount);
    EXPECT_THAT(aws.must("DescribeImages", own).texts("imagesSet/item/name"), ElementsAre("own"));
}

/// Whether the step reads what is as long as the program makes it: the schema, the regions.
bool is_of_fixed_length(const std::string& step)
{
    return step == "SCAN m" || step.starts_with("SCAN region") ||
           step.starts_with("SCAN catalogue.region");
}

TEST(AccountReset, ReadsNoTableAsAWhole)
{
    const ToldStatements told;  // before any connection
    TestEmulator aws;
    create_volume(aws, kAccount);
    run_one(aws);
    const auto texts = told.texts_of([&] { control::reset_account(aws.emulator(), kAccount); });
    ASSERT_THAT(texts, Contains(StartsWith("DELETE FROM main.instance ")));
    auto reader = aws.generation().reader();
    for (const auto& text : texts) {
        if (text.starts_with("SELECT") || text.starts_with("DELETE")) {
            auto steps = scans(plan_of(reader.db(), text));
            std::erase_if(steps, is_of_fixed_length);
            EXPECT_THAT(steps, IsEmpty()) << text;
        }
    }
}

TEST(AccountReset, IsOfTheAccountThatIsNamed)
{
    EXPECT_EQ(control::parse_reset(boost::json::parse(R"({"account": "222222222222"})")),
              "222222222222");
    EXPECT_EQ(control::parse_reset(boost::json::parse("{}")), std::nullopt);
}

TEST(AccountReset, RefusesWhatNamesNone)
{
    for (const auto* text : {R"({"account": "22222222222"})", R"({"account": 222222222222})",
                             R"({"account": null})", R"({"account": ["222222222222"]})",
                             R"({"accounts": "222222222222"})", "[]", "null", R"("all")"}) {
        EXPECT_THROW(control::parse_reset(boost::json::parse(text)), http::HttpError) << text;
    }
}

}  // namespace
}  // namespace amilab::test
