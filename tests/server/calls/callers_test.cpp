// Whose a call is, and what the log and the control API learn of it.
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/account_calls.h"
#include "server/calls/emulator.h"
#include "server/services/services.h"
#include "storage/state/generation.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using testing::HasSubstr;

constexpr const char* kDeclaredKey = "AKIAIOSFODNN7EXAMPLE";

class Callers : public testing::Test {
protected:
    struct Ask {
        std::string key = kAccount;
        std::string service = "ec2";
        std::string body = "Action=DescribeRegions&Version=2016-11-15";
        std::string target = {};
        std::string method = "POST";
        std::string path = "/";
    };

    explicit Callers(bool is_strict = false)
        : data_({.path = {}, .seed = test_seed(), .catalogue = {}, .report = {}}),
          emulator_(data_, all_services(), {.strict_accounts = is_strict})
    {
        data_.current()->settings().access_keys().replace({{kDeclaredKey, "111122223333"}});
    }

    /// An empty key: unsigned.
    ApiCall parse(const Ask& ask)
    {
        authorization_ =
            ask.key.empty() ? std::string() : authorization_of(ask.key, kRegion, ask.service);
        return emulator_.parse({.method = ask.method,
                                .path = ask.path,
                                .authorization = authorization_,
                                .header =
                                    [&](std::string_view name) {
                                        return name == "X-Amz-Target" && !ask.target.empty()
                                                   ? std::optional<std::string_view>(ask.target)
                                                   : std::nullopt;
                                    }},
                               ask.body);
    }
    /// The error code of the answer; empty when the call succeeds.
    std::string refusal_of(const Ask& ask)
    {
        auto call = parse(ask);
        return call.run().error.code;
    }
    AccountCalls::Map calls() { return data_.current()->companions().get<AccountCalls>().all(); }

    DataDirectory data_;
    Emulator emulator_;
    std::string authorization_;
};

class StrictCallers : public Callers {
protected:
    StrictCallers() : Callers(true) {}
};

const std::string kIdentity = "Action=GetCallerIdentity&Version=2011-06-15";

TEST_F(Callers, WithAnyOtherKeyAreTheDefaultAccount)
{
    for (const auto* key : {"12345678901", "test", "AKIAUNKNOWNKEY000000", ""}) {
        EXPECT_EQ(parse({.key = key}).caller().account, kAccount) << key;
    }
    EXPECT_EQ(parse({.key = kOtherAccount}).caller().account, kOtherAccount);
    EXPECT_EQ(parse({.key = kDeclaredKey}).caller().account, "111122223333");
}

TEST_F(Callers, OfDeclaredKeysAreKnownWhenTheyAreRefusedToo)
{
    const auto call = parse({.key = kDeclaredKey, .body = "Action=Nope"});
    EXPECT_EQ(call.caller().account, "111122223333");
}

TEST_F(StrictCallers, AreRefusedUnlessTheirKeyNamesAnAccount)
{
    for (const auto* key : {"12345678901", "1234-5678-9012", "test", "AKIAUNKNOWNKEY000000"}) {
        auto call = parse({.key = key});
        const auto answer = call.run();
        EXPECT_EQ(answer.status, 401) << key;
        EXPECT_EQ(answer.error.code, "AuthFailure") << key;
        EXPECT_THAT(answer.body, HasSubstr("AWS was not able to validate the provided access "
                                           "credentials"));
    }
    for (const auto* key : {kAccount, kOtherAccount, kDeclaredKey, ""}) {
        EXPECT_EQ(refusal_of({.key = key}), "") << key;
    }
}

TEST_F(StrictCallers, AreRefusedByEveryService)
{
    EXPECT_EQ(refusal_of({.key = "test", .service = "sts", .body = kIdentity}), "AuthFailure");
    EXPECT_EQ(refusal_of({.key = "test",
                          .service = "ssm",
                          .body = "{}",
                          .target = "AmazonSSM.DescribeParameters"}),
              "AuthFailure");
    EXPECT_EQ(refusal_of({.key = "test",
                          .service = "ebs",
                          .body = "",
                          .method = "GET",
                          .path = "/snapshots/snap-0123456789abcdef0/blocks"}),
              "AuthFailure");
    EXPECT_EQ(refusal_of({.service = "sts", .body = kIdentity}), "");
}

TEST_F(StrictCallers, AreRefusedBeforeTheirOperationIsLookedAt)
{
    EXPECT_EQ(refusal_of({.key = "test", .body = "Action=Nope"}), "AuthFailure");
    EXPECT_EQ(refusal_of({.body = "Action=Nope"}), "InvalidAction");
}

TEST_F(StrictCallers, AreFoundInPresignedFormsToo)
{
    const std::string credential = "test%2F20260102%2Fus-east-1%2Fec2%2Faws4_request";
    EXPECT_EQ(refusal_of({.key = "",
                          .body = "Action=DescribeRegions&Version=2016-11-15&X-Amz-Credential=" +
                                  credential}),
              "AuthFailure");
}

TEST_F(Callers, AreCountedWhateverBecomesOfTheirCalls)
{
    refusal_of({});
    refusal_of({.body = "Action=Nope"});
    refusal_of({.key = "test"});
    refusal_of({.key = kDeclaredKey, .service = "sts", .body = kIdentity});
    const auto counted = calls();
    ASSERT_EQ(counted.size(), 2U);
    EXPECT_EQ(counted.at(kAccount).count, 3U);
    EXPECT_EQ(counted.at("111122223333").count, 1U);
}

TEST_F(StrictCallers, OfNoAccountAreNotCounted)
{
    refusal_of({.key = "test"});
    EXPECT_TRUE(calls().empty());
}

TEST_F(Callers, AreForgottenByAReset)
{
    refusal_of({});
    data_.reset();
    EXPECT_TRUE(calls().empty());
}

/// Service and operation as the log has them.
std::string named(const ApiCall& call)
{
    return fmt::format("{} {}", call.service_name(), call.operation_name());
}

TEST_F(Callers, AskForWhatTheLogSays)
{
    EXPECT_EQ(named(parse({})), "ec2 DescribeRegions");
    EXPECT_EQ(named(parse({.key = ""})), "ec2 DescribeRegions");
    EXPECT_EQ(named(parse({.service = "sts", .body = kIdentity})), "sts GetCallerIdentity");
}

TEST_F(Callers, AskForWhatTheLogSaysWhenTheyAreRefused)
{
    EXPECT_EQ(named(parse({.body = "Action=DescribeFleets&Version=2016-11-15"})),
              "ec2 DescribeFleets");
    EXPECT_EQ(named(parse({.body = "Action=Nope"})), "ec2 Nope");
    EXPECT_EQ(named(parse({.body = ""})), "ec2 POST:/");
    EXPECT_EQ(named(parse({.service = "iam", .body = "Action=ListUsers"})), "iam ListUsers");
    EXPECT_EQ(named(parse({.service = "kms", .body = "{}", .target = "TrentService.ListKeys"})),
              "kms ListKeys");
    EXPECT_EQ(named(parse({.service = "ssm", .body = "{}", .target = "AmazonSSM.Nope"})),
              "ssm Nope");
    EXPECT_EQ(named(parse({.service = "ebs", .body = "", .method = "GET", .path = "/nothing"})),
              "ebs GET:/nothing");
    EXPECT_EQ(named(parse({.service = "eks", .body = "", .method = "GET", .path = "/clusters"})),
              "eks GET:/clusters");
}

TEST_F(Callers, AskForNothingThatCanBeToldWhenTheirFormIsBroken)
{
    EXPECT_EQ(named(parse({.body = "Action=%FF"})), "ec2 ");
}

}  // namespace
}  // namespace amilab::test
