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

constexpr const char* kVpcIds = "vpcSet/item/vpcId";

TEST(DescribeVpcs, ShowsTheDefaultVpc)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeVpcs");
    const auto vpc = answer.root().child("vpcSet").child("item");
    EXPECT_STREQ(vpc.child_value("cidrBlock"), "172.31.0.0/16");
    EXPECT_STREQ(vpc.child_value("state"), "available");
    EXPECT_STREQ(vpc.child_value("isDefault"), "true");
    EXPECT_STREQ(vpc.child_value("instanceTenancy"), "default");
    EXPECT_THAT(vpc.child_value("dhcpOptionsId"), ::testing::MatchesRegex("dopt-[0-9a-f]{17}"));
    const auto association = vpc.child("cidrBlockAssociationSet").child("item");
    EXPECT_THAT(association.child_value("associationId"),
                ::testing::MatchesRegex("vpc-cidr-assoc-[0-9a-f]{17}"));
    EXPECT_STREQ(association.child_value("cidrBlock"), "172.31.0.0/16");
    EXPECT_STREQ(association.child("cidrBlockState").child_value("state"), "associated");
    EXPECT_FALSE(vpc.child("ipv6CidrBlockAssociationSet"));
}

TEST(DescribeVpcs, RefusesUnknownAndMalformedIds)
{
    TestEmulator emulator;
    const auto id = emulator.must("DescribeVpcs").text(kVpcIds);
    EXPECT_EQ(emulator.must("DescribeVpcs", {{"VpcId.1", id}}).text(kVpcIds), id);
    const auto unknown =
        emulator.call("DescribeVpcs", {{"VpcId.1", id}, {"VpcId.2", "vpc-0123456789abcdef0"}});
    EXPECT_EQ(unknown.code, "InvalidVpcID.NotFound");
    EXPECT_EQ(unknown.message, "The vpc ID 'vpc-0123456789abcdef0' does not exist");
    EXPECT_EQ(emulator.call("DescribeVpcs", {{"VpcId.1", "subnet-12345678"}}).code,
              "InvalidVpcID.Malformed");
    EXPECT_EQ(emulator.call("DescribeVpcs", {{"VpcId.1", id}}, kOtherAccount).code,
              "InvalidVpcID.NotFound");
    EXPECT_EQ(emulator.call("DescribeVpcs", {{"VpcId.1", id}}, kAccount, "eu-west-1").code,
              "InvalidVpcID.NotFound");
}

TEST(DescribeVpcs, AnIdThatTheFiltersLeaveOutIsNoError)
{
    TestEmulator emulator;
    auto parameters = filter("is-default", "false");
    parameters.emplace_back("VpcId.1", emulator.must("DescribeVpcs").text(kVpcIds));
    EXPECT_EQ(emulator.must("DescribeVpcs", parameters).count("vpcSet/item"), 0U);
}

TEST(DescribeVpcs, Filters)
{
    TestEmulator emulator;
    const auto all = emulator.must("DescribeVpcs");
    const auto found = [&](const std::string& name, const std::string& value) {
        return emulator.must("DescribeVpcs", filter(name, value)).count("vpcSet/item");
    };
    const auto association = all.text("vpcSet/item/cidrBlockAssociationSet/item/associationId");
    EXPECT_EQ(found("cidr", "172.31.0.0/16"), 1U);
    EXPECT_EQ(found("cidr", "10.*"), 0U);
    EXPECT_EQ(found("cidr-block-association.association-id", association), 1U);
    EXPECT_EQ(found("cidr-block-association.association-id", "x"), 0U);
    EXPECT_EQ(found("cidr-block-association.cidr-block", "172.31.0.0/16"), 1U);
    EXPECT_EQ(found("cidr-block-association.state", "associated"), 1U);
    EXPECT_EQ(found("cidr-block-association.state", "associating"), 0U);
    EXPECT_EQ(found("dhcp-options-id", all.text("vpcSet/item/dhcpOptionsId")), 1U);
    EXPECT_EQ(found("is-default", "true"), 1U);
    EXPECT_EQ(found("isDefault", "true"), 1U);
    EXPECT_EQ(found("is-default", "false"), 0U);
    EXPECT_EQ(found("owner-id", kAccount), 1U);
    EXPECT_EQ(found("owner-id", kOtherAccount), 0U);
    EXPECT_EQ(found("state", "available"), 1U);
    EXPECT_EQ(found("state", "pending"), 0U);
    EXPECT_EQ(found("vpc-id", all.text(kVpcIds)), 1U);
    EXPECT_EQ(found("ipv6-cidr-block-association.state", "*"), 0U);
    EXPECT_EQ(emulator.call("DescribeVpcs", filter("colour", "red")).code, "InvalidParameterValue");
}

TEST(DescribeVpcs, ShowsAndFiltersTags)
{
    TestEmulator emulator;
    const auto id = emulator.must("DescribeVpcs").text(kVpcIds);
    {
        auto writer = emulator.generation().writer();
        Transaction transaction(writer.db());
        upsert_tags(writer.db(), kAccount, kRegion, {id, "vpc"}, {{"Name", "main"}});
        transaction.commit();
    }
    EXPECT_EQ(emulator.must("DescribeVpcs").text("vpcSet/item/tagSet/item/value"), "main");
    EXPECT_EQ(emulator.must("DescribeVpcs", filter("tag:Name", "ma*")).count("vpcSet/item"), 1U);
    EXPECT_EQ(emulator.must("DescribeVpcs", filter("tag:Name", "other")).count("vpcSet/item"), 0U);
    EXPECT_EQ(emulator.must("DescribeVpcs", filter("tag-key", "Name")).count("vpcSet/item"), 1U);
}

}  // namespace
}  // namespace amilab::test
