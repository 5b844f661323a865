#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/session.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/metadata/tags/tag_rows.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
constexpr const char* kVpcIds = "vpcSet/item/vpcId";

constexpr const char* kGroupIds = "securityGroupInfo/item/groupId";

TEST(DescribeSecurityGroups, ShowsTheDefaultGroup)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeSecurityGroups");
    ASSERT_EQ(answer.count("securityGroupInfo/item"), 1U);
    const auto group = answer.root().child("securityGroupInfo").child("item");
    EXPECT_STREQ(group.child_value("groupName"), "default");
    EXPECT_STREQ(group.child_value("groupDescription"), "default VPC security group");
    EXPECT_STREQ(group.child_value("ownerId"), kAccount);
    const auto in = group.child("ipPermissions").child("item");
    EXPECT_STREQ(in.child_value("ipProtocol"), "-1");
    EXPECT_STREQ(in.child("groups").child("item").child_value("groupId"),
                 group.child_value("groupId"));
    EXPECT_STREQ(in.child("groups").child("item").child_value("userId"), kAccount);
    EXPECT_FALSE(in.child("fromPort"));
    const auto out = group.child("ipPermissionsEgress").child("item");
    EXPECT_STREQ(out.child_value("ipProtocol"), "-1");
    EXPECT_STREQ(out.child("ipRanges").child("item").child_value("cidrIp"), "0.0.0.0/0");
    EXPECT_TRUE(out.child("groups"));
}

TEST(DescribeSecurityGroups, FindsByIdAndByName)
{
    TestEmulator emulator;
    const auto id = emulator.must("DescribeSecurityGroups").text(kGroupIds);
    for (const auto& parameters :
         {Parameters{{"GroupId.1", id}}, Parameters{{"GroupName.1", "default"}},
          Parameters{{"GroupName.1", id}},
          Parameters{{"GroupId.1", id}, {"GroupName.1", "default"}}}) {
        EXPECT_THAT(emulator.must("DescribeSecurityGroups", parameters).texts(kGroupIds),
                    ElementsAre(id));
    }
}

TEST(DescribeSecurityGroups, RefusesWhatIsUnknownOrMalformed)
{
    TestEmulator emulator;
    const auto vpc = emulator.must("DescribeVpcs").text(kVpcIds);
    const auto unknown = emulator.call("DescribeSecurityGroups", {{"GroupId.1", "sg-12345678"}});
    EXPECT_EQ(unknown.code, "InvalidGroup.NotFound");
    EXPECT_EQ(unknown.message, "The security group 'sg-12345678' does not exist");
    const auto malformed = emulator.call("DescribeSecurityGroups", {{"GroupId.1", "default"}});
    EXPECT_EQ(malformed.code, "InvalidGroupId.Malformed");
    EXPECT_EQ(malformed.message, "Invalid id: \"default\" (expecting \"sg-...\")");
    const auto name = emulator.call("DescribeSecurityGroups", {{"GroupName.1", "web"}});
    EXPECT_EQ(name.code, "InvalidGroup.NotFound");
    EXPECT_EQ(name.message, "The security group 'web' does not exist in default VPC '" + vpc + "'");
}

TEST(DescribeSecurityGroups, Filters)
{
    TestEmulator emulator;
    const auto all = emulator.must("DescribeSecurityGroups");
    const auto id = all.text(kGroupIds);
    const auto found = [&](const std::string& name, const std::string& value) {
        return emulator.must("DescribeSecurityGroups", filter(name, value))
            .count("securityGroupInfo/item");
    };
    EXPECT_EQ(found("description", "default VPC*"), 1U);
    EXPECT_EQ(found("description", "other"), 0U);
    EXPECT_EQ(found("egress.ip-permission.cidr", "0.0.0.0/0"), 1U);
    EXPECT_EQ(found("egress.ip-permission.cidr", "10.0.0.0/8"), 0U);
    EXPECT_EQ(found("egress.ip-permission.protocol", "-1"), 1U);
    EXPECT_EQ(found("egress.ip-permission.group-id", "*"), 0U);
    EXPECT_EQ(found("egress.ip-permission.from-port", "*"), 0U);
    EXPECT_EQ(found("group-id", id), 1U);
    EXPECT_EQ(found("group-name", "default"), 1U);
    EXPECT_EQ(found("group-name", "web"), 0U);
    EXPECT_EQ(found("ip-permission.cidr", "*"), 0U);
    EXPECT_EQ(found("ip-permission.group-id", id), 1U);
    EXPECT_EQ(found("ip-permission.group-name", "default"), 1U);
    EXPECT_EQ(found("ip-permission.protocol", "-1"), 1U);
    EXPECT_EQ(found("ip-permission.protocol", "tcp"), 0U);
    EXPECT_EQ(found("ip-permission.user-id", kAccount), 1U);
    EXPECT_EQ(found("owner-id", kAccount), 1U);
    EXPECT_EQ(found("vpc-id", all.text("securityGroupInfo/item/vpcId")), 1U);
    EXPECT_EQ(found("vpc-id", "vpc-12345678"), 0U);
}

}  // namespace
}  // namespace amilab::test
