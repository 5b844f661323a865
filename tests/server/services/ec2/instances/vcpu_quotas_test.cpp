#include "server/services/ec2/instances/vcpu_quotas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/control/quotas.h"
#include "server/http/message.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;

class VcpuQuotas : public ::testing::Test {
protected:
    void set(const char* json) { control::change_quotas(aws.emulator(), boost::json::parse(json)); }
    Answer run(const std::string& type, const std::string& fewest = "1",
               const std::string& most = "1")
    {
        return aws.call("RunInstances",
                        merged(launch(public_image(aws)),
                               {{"InstanceType", type}, {"MinCount", fewest}, {"MaxCount", most}}));
    }

    TestEmulator aws;
};

TEST_F(VcpuQuotas, AreNoneUntilTheyAreSet)
{
    EXPECT_TRUE(run("p3dn.24xlarge").ok());
    EXPECT_EQ(boost::json::serialize(control::show_quotas(aws.emulator()).at("p")), "null");
}

TEST_F(VcpuQuotas, RefuseALaunchThatGoesBeyond)
{
    set(R"({"standard": 4, "p": 0})");
    EXPECT_TRUE(run("t3.micro").ok());
    const auto refused = run("t3.micro", "2", "2");
    EXPECT_EQ(refused.code, "VcpuLimitExceeded");
    EXPECT_THAT(refused.message, HasSubstr("vCPU limit of 4"));
    EXPECT_EQ(run("p3dn.24xlarge").code, "VcpuLimitExceeded");
    EXPECT_EQ(aws.must("DescribeInstances").count("reservationSet/item"), 1U);
}

TEST_F(VcpuQuotas, LetAsManyRunAsFitBetweenTheCounts)
{
    set(R"({"standard": 5})");
    const auto answer = run("t3.micro", "1", "7");
    EXPECT_EQ(answer.count("instancesSet/item"), 2U);
}

TEST_F(VcpuQuotas, CountWhatRunsOfAnAccountInARegion)
{
    set(R"({"standard": 2})");
    const auto id = run("t3.micro").text(kInstanceId);
    EXPECT_EQ(run("t3.micro").code, "VcpuLimitExceeded");
    EXPECT_TRUE(aws.call("RunInstances",
                         merged(launch(public_image(aws)), {{"InstanceType", "t3.micro"}}),
                         kOtherAccount)
                    .ok());
    aws.must("StopInstances", {{"InstanceId.1", id}});
    const auto other = run("t3.micro").text(kInstanceId);
    EXPECT_EQ(aws.call("StartInstances", {{"InstanceId.1", id}}).code, "VcpuLimitExceeded");
    aws.must("TerminateInstances", {{"InstanceId.1", other}});
    EXPECT_TRUE(aws.call("StartInstances", {{"InstanceId.1", id}}).ok());
}

TEST_F(VcpuQuotas, CountTheProcessorsThatAreOn)
{
    set(R"({"standard": 2})");
    const Parameters two = {{"InstanceType", "m5.2xlarge"},
                            {"CpuOptions.CoreCount", "2"},
                            {"CpuOptions.ThreadsPerCore", "1"}};
    EXPECT_TRUE(aws.call("RunInstances", merged(launch(public_image(aws)), two)).ok());
    EXPECT_EQ(run("m5.2xlarge").code, "VcpuLimitExceeded");
}

TEST_F(VcpuQuotas, AreTakenBackByNull)
{
    set(R"({"standard": 0})");
    EXPECT_EQ(run("t3.micro").code, "VcpuLimitExceeded");
    set(R"({"standard": null})");
    EXPECT_TRUE(run("t3.micro").ok());
}

TEST_F(VcpuQuotas, RefuseWhatIsNone)
{
    for (const char* bad : {R"({"q": 1})", R"({"standard": -1})", R"({"standard": "1"})", "[]"}) {
        EXPECT_THROW(set(bad), http::HttpError) << bad;
    }
}

TEST(AwsQuotas, AreThoseOfANewAccount)
{
    TestEmulator aws(Emulator::Options{.has_aws_quotas = true});
    const auto code = [&](const std::string& type) {
        return aws.call("RunInstances", merged(launch(public_image(aws)), {{"InstanceType", type}}))
            .code;
    };
    EXPECT_EQ(code("t3.xlarge"), "");
    EXPECT_EQ(code("t3.xlarge"), "VcpuLimitExceeded");
    EXPECT_EQ(code("g4dn.xlarge"), "VcpuLimitExceeded");
    control::change_quotas(aws.emulator(), boost::json::parse(R"({"g": null})"));
    EXPECT_EQ(code("g4dn.xlarge"), "");
}

TEST(QuotaOf, IsThatOfTheFamily)
{
    using ec2::quota_of;
    EXPECT_EQ(quota_of("t3.micro"), VcpuQuota::kStandard);
    EXPECT_EQ(quota_of("im4gn.large"), VcpuQuota::kStandard);
    EXPECT_EQ(quota_of("vt1.3xlarge"), VcpuQuota::kG);
    EXPECT_EQ(quota_of("u-6tb1.metal"), VcpuQuota::kHighMemory);
    EXPECT_EQ(quota_of("p4d.24xlarge"), VcpuQuota::kP);
    EXPECT_EQ(quota_of("mac1.metal"), std::nullopt);
}

}  // namespace
}  // namespace amilab::test
