#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(AddressAttributes, AreANameThatIsSetAndReset)
{
    TestEmulator aws;
    const auto id = aws.must("AllocateAddress").text("allocationId");
    const Parameters address{{"AllocationId", id}};
    const auto record = [&] {
        return aws.must("DescribeAddressesAttribute", {{"AllocationId.1", id}})
            .text("addressSet/item/ptrRecord");
    };
    EXPECT_EQ(record(), "");
    const auto set =
        aws.must("ModifyAddressAttribute", merged(address, {{"DomainName", "mail.example.com"}}));
    EXPECT_EQ(set.text("address/ptrRecordUpdate/value"), "mail.example.com.");
    EXPECT_EQ(set.text("address/ptrRecordUpdate/status"), "PENDING");
    EXPECT_EQ(record(), "mail.example.com.");
    const auto reset =
        aws.must("ResetAddressAttribute", merged(address, {{"Attribute", "domain-name"}}));
    EXPECT_EQ(reset.text("address/ptrRecord"), "mail.example.com.");
    EXPECT_EQ(record(), "");
}

TEST(AddressAttributes, RefuseWhatIsNoName)
{
    TestEmulator aws;
    const Parameters address{{"AllocationId", aws.must("AllocateAddress").text("allocationId")}};
    EXPECT_EQ(aws.call("ModifyAddressAttribute", address).code, "MissingParameter");
    for (const auto* name : {".", "a..b", "mail example", ".example.com"}) {
        EXPECT_EQ(aws.call("ModifyAddressAttribute", merged(address, {{"DomainName", name}})).code,
                  "InvalidParameterValue")
            << name;
    }
    EXPECT_EQ(aws.call("ModifyAddressAttribute", {{"AllocationId", "eipalloc-0123456789abcdef0"},
                                                  {"DomainName", "example.com"}})
                  .code,
              "InvalidAllocationID.NotFound");
    EXPECT_EQ(
        aws.call("DescribeAddressesAttribute", {{"AllocationId.1", "eipalloc-0123456789abcdef0"}})
            .code,
        "InvalidAllocationID.NotFound");
}

}  // namespace
}  // namespace amilab::test
