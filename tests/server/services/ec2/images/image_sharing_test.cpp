
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
constexpr const char* kOrganizationArn =
    "arn:aws:organizations::999988887777:organization/o-abcdefghij";
constexpr const char* kUnitArn =
    "arn:aws:organizations::999988887777:ou/o-abcdefghij/ou-abcd-12345678";
constexpr const char* kIds = "imagesSet/item/imageId";

Parameters one(const std::string& image)
{
    return {{"ImageId.1", image}};
}

TEST(SharedImage, IsSeenAndRunByMembersOfTheOrganization)
{
    TestEmulator aws;
    const auto image = own_image(aws, "for all of us");
    ASSERT_TRUE(
        modify_image(aws, image, {{"LaunchPermission.Add.1.OrganizationArn", kOrganizationArn}})
            .ok());
    EXPECT_THAT(seen_images(aws, kOtherAccount), IsEmpty());
    EXPECT_THAT(seen_images(aws, kOtherAccount, one(image)), IsEmpty());
    EXPECT_EQ(aws.call("RunInstances", launch(image), kOtherAccount).code, "AuthFailure");

    declare_account(aws, {.id = kOtherAccount, .organization = kOrganizationArn});
    EXPECT_THAT(seen_images(aws, kOtherAccount), ElementsAre(image));
    EXPECT_THAT(seen_images(aws, kOtherAccount, one(image)), ElementsAre(image));
    EXPECT_THAT(seen_images(aws, kStranger), IsEmpty());
    EXPECT_TRUE(aws.call("RunInstances", launch(image), kOtherAccount).ok());

    declare_account(aws, {.id = kOtherAccount});
    EXPECT_THAT(seen_images(aws, kOtherAccount), IsEmpty());
}

TEST(SharedImage, IsSeenByMembersOfTheUnitAlone)
{
    TestEmulator aws;
    const auto image = own_image(aws, "for one unit");
    ASSERT_TRUE(
        modify_image(aws, image, {{"LaunchPermission.Add.1.OrganizationalUnitArn", kUnitArn}})
            .ok());
    declare_account(aws, {.id = kStranger, .organization = kOrganizationArn});
    declare_account(aws, {.id = kOtherAccount,
                          .organization = kOrganizationArn,
                          .organizational_units = {kUnitArn}});
    EXPECT_THAT(seen_images(aws, kStranger), IsEmpty());
    EXPECT_THAT(seen_images(aws, kOtherAccount), ElementsAre(image));
}

TEST(SharedImage, IsShownOnceHoweverOftenItIsShared)
{
    TestEmulator aws;
    const auto image = own_image(aws, "shared in every way");
    ASSERT_TRUE(modify_image(aws, image,
                             {{"LaunchPermission.Add.1.OrganizationalUnitArn", kUnitArn},
                              {"LaunchPermission.Add.2.OrganizationArn", kOrganizationArn},
                              {"LaunchPermission.Add.3.UserId", kOtherAccount},
                              {"LaunchPermission.Add.4.UserId", kAccount}})
                    .ok());
    for (const char* account : {kOtherAccount, kAccount}) {
        declare_account(
            aws,
            {.id = account, .organization = kOrganizationArn, .organizational_units = {kUnitArn}});
        EXPECT_THAT(seen_images(aws, account), ElementsAre(image));
    }
    ASSERT_TRUE(modify_image(aws, image, {{"LaunchPermission.Add.1.Group", "all"}}).ok());
    for (const char* account : {kOtherAccount, kAccount, kStranger}) {
        EXPECT_THAT(seen_images(aws, account), ElementsAre(image));
    }
}

TEST(SharedImage, IsExecutableBySelfThroughTheOrganizationToo)
{
    TestEmulator aws;
    const auto image = own_image(aws, "for all of us");
    ASSERT_TRUE(
        modify_image(aws, image, {{"LaunchPermission.Add.1.OrganizationArn", kOrganizationArn}})
            .ok());
    declare_account(aws, {.id = kOtherAccount, .organization = kOrganizationArn});
    EXPECT_THAT(seen_images(aws, kOtherAccount, {{"ExecutableBy.1", "self"}}), ElementsAre(image));
    EXPECT_THAT(seen_images(aws, kOtherAccount, {{"ExecutableBy.1", kOtherAccount}}),
                ElementsAre(image));
    // Another's id means what is shared with that account itself.
    EXPECT_THAT(seen_images(aws, kAccount, {{"ExecutableBy.1", kOtherAccount}}), IsEmpty());
}

TEST(SharedImage, ComesInPagesInTheOrderOfIds)
{
    TestEmulator aws;
    std::vector<std::string> all;
    for (int i = 0; i < 12; ++i) {
        all.push_back(own_image(aws, fmt::format("image {}", i)));
        const Parameters by_turns[] = {
            {{"LaunchPermission.Add.1.UserId", kOtherAccount}},
            {{"LaunchPermission.Add.1.Group", "all"}},
            {{"LaunchPermission.Add.1.OrganizationArn", kOrganizationArn}}};
        ASSERT_TRUE(modify_image(aws, all.back(), by_turns[i % 3]).ok());
    }
    std::sort(all.begin(), all.end());
    declare_account(aws, {.id = kOtherAccount, .organization = kOrganizationArn});
    std::vector<std::string> paged;
    Parameters page{{"Owner.1", kAccount}, {"MaxResults", "5"}};
    for (int i = 0; i < 3; ++i) {
        const auto answer = aws.must("DescribeImages", page, kOtherAccount);
        for (auto& id : answer.texts(kIds)) {
            paged.push_back(id);
        }
        page = {
            {"Owner.1", kAccount}, {"MaxResults", "5"}, {"NextToken", answer.text("nextToken")}};
    }
    EXPECT_EQ(paged, all);
}

TEST(SharedImage, OfACataloguesOwnerIsShownOnceBesideItsCatalogueImages)
{
    TestEmulator aws;
    const auto published = public_image(aws);
    const auto seller =
        aws.must("DescribeImages", one(published)).text("imagesSet/item/imageOwnerId");
    const auto snapshot = own_snapshot(aws, 1, seller);
    const auto own = aws.must("RegisterImage",
                              {{"Name", "not of the catalogue"},
                               {"RootDeviceName", "/dev/xvda"},
                               {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                               {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}},
                              seller)
                         .text("imageId");
    aws.must("ModifyImageAttribute", {{"ImageId", own}, {"LaunchPermission.Add.1.Group", "all"}},
             seller);
    for (const auto& [account, owner] :
         {std::pair(seller, std::string("self")), std::pair(std::string(kAccount), seller)}) {
        const auto ids = aws.must("DescribeImages", {{"Owner.1", owner}}, account).texts(kIds);
        EXPECT_THAT(ids, Contains(published));
        EXPECT_THAT(ids, Contains(own));
        EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
        EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
        // Looked for by the ends of their names they are the same, also from the middle on.
        const Parameters by_end = {
            {"Owner.1", owner}, {"Filter.1.Name", "name"}, {"Filter.1.Value.1", "?*"}};
        EXPECT_EQ(aws.must("DescribeImages", by_end, account).texts(kIds), ids);
        auto page = by_end;
        page.emplace_back("MaxResults", "5");
        const auto first = aws.must("DescribeImages", page, account);
        page.back().second = "1000";
        page.emplace_back("NextToken", first.text("nextToken"));
        const auto rest = aws.must("DescribeImages", page, account);
        auto paged = first.texts(kIds);
        const auto more = rest.texts(kIds);
        paged.insert(paged.end(), more.begin(), more.end());
        EXPECT_EQ(paged, ids);
    }
}

TEST(SharedImage, IsTaggedByMembersOfTheOrganization)
{
    TestEmulator aws;
    const auto image = own_image(aws, "for all of us");
    const auto snapshot = own_snapshot(aws, 1);
    const auto tag = [&](const std::string& id) {
        return aws
            .call("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "a"}, {"Tag.1.Value", "b"}},
                  kOtherAccount)
            .code;
    };
    EXPECT_EQ(tag(image), "InvalidAMIID.NotFound");
    EXPECT_EQ(tag(snapshot), "InvalidSnapshot.NotFound");
    ASSERT_TRUE(
        modify_image(aws, image, {{"LaunchPermission.Add.1.OrganizationArn", kOrganizationArn}})
            .ok());
    declare_account(aws, {.id = kOtherAccount, .organization = kOrganizationArn});
    ASSERT_TRUE(
        modify_snapshot(aws, snapshot, {{"CreateVolumePermission.Add.1.UserId", kOtherAccount}})
            .ok());
    EXPECT_EQ(tag(image), "");
    EXPECT_EQ(tag(snapshot), "");
    EXPECT_EQ(aws.must("DescribeImages", one(image)).count("imagesSet/item/tagSet/item"), 0U);
}

TEST(SharedImage, IsChosenByOwnersAndOwnerIdAlike)
{
    TestEmulator aws;
    const auto mine = own_image(aws, "mine");
    const auto snapshot = own_snapshot(aws, 1, kOtherAccount);
    const auto theirs = aws.must("RegisterImage",
                                 {{"Name", "theirs"},
                                  {"RootDeviceName", "/dev/xvda"},
                                  {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                  {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}},
                                 kOtherAccount)
                            .text("imageId");
    aws.must("ModifyImageAttribute",
             {{"ImageId", theirs}, {"LaunchPermission.Add.1.UserId", kAccount}}, kOtherAccount);
    const auto seen = [&](const std::vector<std::string>& owners, const std::string& owner_id) {
        Parameters parameters{{"Filter.1.Name", "owner-id"}, {"Filter.1.Value.1", owner_id}};
        for (const auto& owner : owners) {
            parameters.emplace_back(fmt::format("Owner.{}", parameters.size()), owner);
        }
        const auto by_name = aws.must("DescribeImages", parameters).texts(kIds);
        parameters.emplace_back("ImageId.1", mine);
        parameters.emplace_back("ImageId.2", theirs);
        EXPECT_EQ(aws.must("DescribeImages", parameters).texts(kIds), by_name);
        return by_name;
    };
    const auto both = UnorderedElementsAre(mine, theirs);
    EXPECT_THAT(seen({"self"}, "*"), ElementsAre(mine));
    EXPECT_THAT(seen({kOtherAccount}, "*"), ElementsAre(theirs));
    EXPECT_THAT(seen({"self", kOtherAccount}, "*"), both);
    EXPECT_THAT(seen({"self", kOtherAccount}, kAccount), ElementsAre(mine));
    EXPECT_THAT(seen({"self", "aws-marketplace"}, "?*9012"), ElementsAre(mine));
    EXPECT_THAT(seen({"self"}, kOtherAccount), IsEmpty());
    EXPECT_THAT(seen({kOtherAccount}, kAccount), IsEmpty());
    EXPECT_THAT(seen({}, kOtherAccount), ElementsAre(theirs));
    EXPECT_THAT(seen({}, kAccount), ElementsAre(mine));
}

TEST(UnsharedImage, IsRefusedWithAwssCodes)
{
    TestEmulator aws;
    const auto image = own_image(aws, "private");
    const auto run = aws.call("RunInstances", launch(image), kStranger);
    EXPECT_EQ(run.code, "AuthFailure");
    EXPECT_EQ(run.message, "Not authorized for images: [" + image + "]");
    EXPECT_EQ(run.status, 403);
    for (const char* action : {"DescribeImageAttribute", "ResetImageAttribute"}) {
        const auto refused =
            aws.call(action, {{"ImageId", image}, {"Attribute", "launchPermission"}}, kStranger);
        EXPECT_EQ(refused.code, "AuthFailure") << action;
        EXPECT_EQ(refused.message, "Not authorized for image:" + image);
    }
    EXPECT_THAT(aws.must("DescribeImages", one(image), kStranger).texts(kIds), IsEmpty());
    EXPECT_EQ(aws.call("DescribeImages", one("ami-0123456789abcdef0"), kStranger).code,
              "InvalidAMIID.NotFound");
    EXPECT_EQ(aws.call("RunInstances", launch(image), kAccount, "eu-west-1").code,
              "InvalidAMIID.NotFound");
}

TEST(UnsharedImage, OfTheDeregisteredIsNobodys)
{
    TestEmulator aws;
    const auto image = own_image(aws, "gone");
    ASSERT_TRUE(modify_image(aws, image, {{"LaunchPermission.Add.1.UserId", kOtherAccount}}).ok());
    aws.must("DeregisterImage", {{"ImageId", image}});
    EXPECT_EQ(aws.call("RunInstances", launch(image), kOtherAccount).code, "InvalidAMIID.NotFound");
    EXPECT_EQ(aws.call("RunInstances", launch(image)).code, "InvalidAMIID.Unavailable");
}

TEST(CancelImageLaunchPermission, TakesTheAccountItselfOffTheList)
{
    TestEmulator aws;
    const auto image = own_image(aws, "shared");
    ASSERT_TRUE(modify_image(aws, image,
                             {{"LaunchPermission.Add.1.UserId", kOtherAccount},
                              {"LaunchPermission.Add.2.UserId", kStranger}})
                    .ok());
    const auto answer =
        aws.must("CancelImageLaunchPermission", {{"ImageId", image}}, kOtherAccount);
    EXPECT_EQ(answer.text("return"), "true");
    EXPECT_THAT(seen_images(aws, kOtherAccount), IsEmpty());
    EXPECT_THAT(seen_images(aws, kStranger), ElementsAre(image));
}

TEST(CancelImageLaunchPermission, RefusesWhatIsNotTheAccountsOwnPermission)
{
    TestEmulator aws;
    const auto image = own_image(aws, "shared");
    const auto cancel = [&](std::string_view account) {
        return aws.call("CancelImageLaunchPermission", {{"ImageId", image}}, account).code;
    };
    EXPECT_EQ(cancel(kOtherAccount), "InvalidAMIID.NotFound");
    EXPECT_EQ(cancel(kAccount), "OperationNotPermitted");
    ASSERT_TRUE(modify_image(aws, image,
                             {{"LaunchPermission.Add.1.Group", "all"},
                              {"LaunchPermission.Add.2.OrganizationArn", kOrganizationArn}})
                    .ok());
    declare_account(aws, {.id = kStranger, .organization = kOrganizationArn});
    EXPECT_EQ(cancel(kOtherAccount), "OperationNotPermitted");
    EXPECT_EQ(cancel(kStranger), "OperationNotPermitted");
    EXPECT_EQ(aws.call("CancelImageLaunchPermission", {{"ImageId", "ami-1"}}).code,
              "InvalidAMIID.Malformed");
    EXPECT_EQ(
        aws.call("CancelImageLaunchPermission", {{"ImageId", image}, {"DryRun", "true"}}, kStranger)
            .code,
        "DryRunOperation");
}

TEST(AccessKey, NamesTheAccountItIsDeclaredFor)
{
    TestEmulator aws;
    const auto image = own_image(aws, "mine");
    ASSERT_TRUE(modify_image(aws, image, {{"LaunchPermission.Add.1.UserId", kOtherAccount}}).ok());
    constexpr const char* kKey = "AKIAIOSFODNN7EXAMPLE";
    const auto seen = [&] {
        return aws.must("DescribeImages", {{"ExecutableBy.1", "self"}, {"Owner.1", kAccount}}, kKey)
            .texts(kIds);
    };
    EXPECT_THAT(seen(), IsEmpty());
    declare_account(aws, {.id = kOtherAccount, .access_keys = {kKey}});
    EXPECT_THAT(seen(), ElementsAre(image));
    declare_account(aws, {.id = kOtherAccount});
    EXPECT_THAT(seen(), IsEmpty());
}

TEST(AccessKey, BelongsToOneAccount)
{
    TestEmulator aws;
    auto writer = aws.generation().writer();
    auto& db = writer.db();
    EXPECT_TRUE(insert_declared_account(db, {.id = kAccount, .access_keys = {"AKIA", "AKIA"}}));
    EXPECT_FALSE(insert_declared_account(db, {.id = kOtherAccount, .access_keys = {"AKIA"}}));
}

TEST(ModifyImageAttribute, RefusesToPublishEncryptedSnapshots)
{
    TestEmulator aws;
    const auto image = own_image(aws, "encrypted");
    run_sql(aws, "UPDATE image_mapping SET encrypted = 1");
    const auto refused = modify_image(aws, image, {{"LaunchPermission.Add.1.Group", "all"}});
    EXPECT_EQ(refused.code, "UnsupportedOperation");
    EXPECT_THAT(refused.message, HasSubstr("be shared publicly. Specify another snapshot."));
    EXPECT_TRUE(modify_image(aws, image, {{"LaunchPermission.Add.1.UserId", kStranger}}).ok());
}

TEST(ModifyImageAttribute, RefusesToShareSnapshotsUnderTheAccountsDefaultKey)
{
    TestEmulator aws;
    const auto source = own_image(aws, "plain");
    const auto copy = [&](const std::string& name, const Parameters& key) {
        Parameters request{{"SourceImageId", source},
                           {"SourceRegion", kRegion},
                           {"Name", name},
                           {"Encrypted", "true"}};
        request.insert(request.end(), key.begin(), key.end());
        return aws.must("CopyImage", request).text("imageId");
    };
    const auto managed = copy("managed", {});
    const auto refused = modify_image(aws, managed, {{"LaunchPermission.Add.1.UserId", kStranger}});
    EXPECT_EQ(refused.code, "InvalidParameter");
    EXPECT_EQ(refused.message,
              "Snapshots encrypted with the AWS Managed CMK can\u2019t be shared. Specify another "
              "snapshot.");
    EXPECT_TRUE(modify_image(aws, managed, {{"LaunchPermission.Remove.1.UserId", kStranger}}).ok());
    EXPECT_TRUE(modify_image(aws, managed, {{"Description.Value", "kept"}}).ok());
    EXPECT_TRUE(modify_image(aws, copy("own", {{"KmsKeyId", "alias/mine"}}),
                             {{"LaunchPermission.Add.1.UserId", kStranger}})
                    .ok());
}

TEST(ModifyImageAttribute, SharesWithAThousandAtMost)
{
    TestEmulator aws;
    const auto image = own_image(aws, "one");
    Parameters many;
    for (int i = 1; i <= 1000; ++i) {
        many.emplace_back(fmt::format("LaunchPermission.Add.{}.UserId", i),
                          fmt::format("{:012}", i));
    }
    EXPECT_TRUE(modify_image(aws, image, many).ok());
    EXPECT_TRUE(modify_image(aws, image, many).ok());
    EXPECT_TRUE(modify_image(aws, image, {{"LaunchPermission.Add.1.Group", "all"}}).ok());
    const Parameters one_more{{"LaunchPermission.Add.1.UserId", kStranger}};
    EXPECT_EQ(modify_image(aws, image, one_more).code, "ResourceLimitExceeded");
    EXPECT_EQ(
        aws.must("DescribeImageAttribute", {{"ImageId", image}, {"Attribute", "launchPermission"}})
            .count("launchPermission/item"),
        1001U);
    auto exchange = one_more;
    exchange.emplace_back("LaunchPermission.Remove.1.UserId", "000000000001");
    EXPECT_TRUE(modify_image(aws, image, exchange).ok());
}

TEST(ModifyImageAttribute, RefusesArnsThatNameNoOrganization)
{
    TestEmulator aws;
    const auto image = own_image(aws, "one");
    for (const std::string arn :
         {"arn:aws:organizations::999988887777:organization/o-short",
          "arn:aws:organizations::99998888777:organization/o-abcdefghij",
          "arn:aws:iam::999988887777:organization/o-abcdefghij", kUnitArn, "",
          "arn:aws:organizations::999988887777:organization/o-abcdefghij/more"}) {
        EXPECT_EQ(modify_image(aws, image, {{"LaunchPermission.Add.1.OrganizationArn", arn}}).code,
                  "InvalidAMIAttributeItemValue")
            << arn;
    }
    EXPECT_EQ(modify_image(aws, image,
                           {{"LaunchPermission.Add.1.OrganizationalUnitArn", kOrganizationArn}})
                  .code,
              "InvalidAMIAttributeItemValue");
    EXPECT_EQ(modify_image(aws, image,
                           {{"LaunchPermission.Add.1.OrganizationArn", std::string(4000, 'a')}})
                  .code,
              "InvalidAMIAttributeItemValue");
}

}  // namespace
}  // namespace amilab::test
