#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kCredits = "instanceCreditSpecificationSet/item/cpuCredits";
constexpr const char* kIds = "instanceCreditSpecificationSet/item/instanceId";

std::string credits_of(TestEmulator& emulator, const std::string& id)
{
    return emulator.must("DescribeInstanceCreditSpecifications", one_instance(id)).text(kCredits);
}

Parameters one_wish(const std::string& id, const std::string& credits)
{
    return {{"InstanceCreditSpecification.1.InstanceId", id},
            {"InstanceCreditSpecification.1.CpuCredits", credits}};
}

TEST(DescribeInstanceCreditSpecifications, AnswersWhatEachFamilyHasByDefault)
{
    TestEmulator emulator;
    EXPECT_EQ(credits_of(emulator, run_one(emulator)), "unlimited");
    EXPECT_EQ(credits_of(emulator, run_one(emulator, {{"InstanceType", "t2.micro"}})), "standard");
    EXPECT_EQ(credits_of(emulator, run_one(emulator, {{"InstanceType", "m5.large"}})), "standard");
}

TEST(DescribeInstanceCreditSpecifications, ListsUnlimitedInstancesWhenNoneIsNamed)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    run_one(emulator, {{"CreditSpecification.CpuCredits", "standard"}});
    EXPECT_THAT(emulator.must("DescribeInstanceCreditSpecifications").texts(kIds), ElementsAre(id));
    EXPECT_THAT(emulator
                    .must("DescribeInstanceCreditSpecifications",
                          filter("instance-id", "i-0123456789abcdef0"))
                    .texts(kIds),
                IsEmpty());
    EXPECT_EQ(
        emulator.call("DescribeInstanceCreditSpecifications", one_instance("i-0123456789abcdef0"))
            .code,
        "InvalidInstanceID.NotFound");
}

TEST(ModifyInstanceCreditSpecification, ChangesEachInstanceForItself)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto plain = run_one(emulator, {{"InstanceType", "m5.large"}});
    const auto answer =
        emulator.must("ModifyInstanceCreditSpecification",
                      {{"InstanceCreditSpecification.1.InstanceId", id},
                       {"InstanceCreditSpecification.1.CpuCredits", "standard"},
                       {"InstanceCreditSpecification.2.InstanceId", plain},
                       {"InstanceCreditSpecification.2.CpuCredits", "unlimited"},
                       {"InstanceCreditSpecification.3.InstanceId", "i-0123456789abcdef0"},
                       {"InstanceCreditSpecification.3.CpuCredits", "unlimited"},
                       {"InstanceCreditSpecification.4.InstanceId", "i-x"},
                       {"InstanceCreditSpecification.4.CpuCredits", "unlimited"}});
    EXPECT_THAT(answer.texts("successfulInstanceCreditSpecificationSet/item/instanceId"),
                ElementsAre(id));
    EXPECT_THAT(answer.texts("unsuccessfulInstanceCreditSpecificationSet/item/error/code"),
                ElementsAre("InstanceCreditSpecification.NotSupported",
                            "InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"));
    EXPECT_EQ(credits_of(emulator, id), "standard");
}

TEST(ModifyInstanceCreditSpecification, RefusesOtherOptions)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    EXPECT_EQ(emulator.call("ModifyInstanceCreditSpecification", one_wish(id, "some")).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator
                  .call("ModifyInstanceCreditSpecification",
                        merged(one_wish(id, "standard"), {{"DryRun", "true"}}))
                  .code,
              "DryRunOperation");
}

TEST(ModifyInstanceCreditSpecification, TakesATokenOnceForOneRequest)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const Parameters token = {{"ClientToken", "one"}};
    emulator.must("ModifyInstanceCreditSpecification", merged(one_wish(id, "standard"), token));
    emulator.must("ModifyInstanceCreditSpecification", merged(one_wish(id, "standard"), token));
    EXPECT_EQ(
        emulator.call("ModifyInstanceCreditSpecification", merged(one_wish(id, "unlimited"), token))
            .code,
        "IdempotentParameterMismatch");
}

TEST(ModifyDefaultCreditSpecification, HoldsForLaunchesOfTheFamily)
{
    TestEmulator emulator;
    constexpr const char* kCreditsOfFamily = "instanceFamilyCreditSpecification/cpuCredits";
    const Parameters family = {{"InstanceFamily", "t3"}};
    EXPECT_EQ(emulator.must("GetDefaultCreditSpecification", family).text(kCreditsOfFamily),
              "unlimited");
    const auto before = run_one(emulator);
    emulator.must("ModifyDefaultCreditSpecification", merged(family, {{"CpuCredits", "standard"}}));
    EXPECT_EQ(emulator.must("GetDefaultCreditSpecification", family).text(kCreditsOfFamily),
              "standard");
    EXPECT_EQ(credits_of(emulator, run_one(emulator)), "standard");
    EXPECT_EQ(credits_of(emulator, before), "unlimited");
    EXPECT_EQ(
        emulator.call("ModifyDefaultCreditSpecification", merged(family, {{"CpuCredits", "x"}}))
            .code,
        "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
