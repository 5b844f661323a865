// What the log says of calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/state/generation.h"
#include "tests/server/front/front_world.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class CallLines : public testing::Test {
protected:
    /// What the log says while the front answers, with one line break at its end.
    std::string log_of(http::Request request, http::BodyReader& body)
    {
        testing::internal::CaptureStdout();
        try {
            answer_ = world_.ask(std::move(request), body);
        } catch (const http::HttpError&) {
        } catch (const http::ConnectionLost&) {
        }
        return testing::internal::GetCapturedStdout();
    }
    std::string log_of(http::Request request)
    {
        CountedRequestBody none(0);
        return log_of(std::move(request), none);
    }
    std::string request_id() const { return header_of(answer_, "x-amzn-RequestId"); }

    FrontWorld world_;
    http::Response answer_;
};

http::Request signed_request(const std::string& key, const std::string& region,
                             const std::string& target)
{
    return make_request("GET", target, {{"Authorization", authorization_of(key, region, "ec2")}});
}

TEST_F(CallLines, SayWhoseTheCallIsAndWhatBecameOfIt)
{
    const auto line = log_of(
        signed_request("210987654321", "eu-west-1", "/?Action=DescribeRegions&Version=2016-11-15"));
    EXPECT_THAT(line, MatchesRegex(R"(\[.*\] \[info\] [-0-9a-f]{36} 210987654321 eu-west-1 ec2 )"
                                   "DescribeRegions 200 - [0-9]+\\.[0-9][0-9]\n"));
    EXPECT_THAT(line, HasSubstr(request_id()));
}

TEST_F(CallLines, NameTheOperationAndTheErrorOfRefusedCalls)
{
    EXPECT_THAT(log_of(signed_request("210987654321", "eu-west-1",
                                      "/?Action=DescribeFleets&Version=2016-11-15")),
                HasSubstr(" 210987654321 eu-west-1 ec2 DescribeFleets 400 UnsupportedOperation "));
    EXPECT_THAT(log_of(signed_request("210987654321", "eu-west-1",
                                      "/?Action=DescribeVolumes&Version=2016-11-15&VolumeId.1=v")),
                HasSubstr(" ec2 DescribeVolumes 400 InvalidParameterValue "));
    EXPECT_THAT(log_of(make_request("GET", "/?Action=No%0Ape")),
                HasSubstr(R"( 123456789012 us-east-1 ec2 No\x0ape 400 InvalidAction )"));
    EXPECT_THAT(log_of(make_request("GET", "/", {{"Authorization", "Basic x"}})),
                HasSubstr(" - - ec2 GET:/ 400 IncompleteSignature "));
}

TEST_F(CallLines, AreWrittenForControlCallsToo)
{
    EXPECT_THAT(log_of(make_request("GET", "/_amilab/clock")),
                MatchesRegex(R"(\[.*\] \[info\] - - - control GET:/_amilab/clock 200 - )"
                             "[0-9]+\\.[0-9][0-9]\n"));
    EXPECT_THAT(log_of(make_request("POST", "/_amilab/health")),
                HasSubstr("- - - control POST:/_amilab/health 405 - "));
    EXPECT_THAT(log_of(make_request("GET", "/_amilab/nothing")),
                HasSubstr("- - - control GET:/_amilab/nothing 404 - "));
    EXPECT_THAT(
        log_of(make_request("GET",
                            "/_amilab/export/snap-0123456789abcdef0?account=210987654321&"
                            "region=eu-west-1")),
        HasSubstr("- 210987654321 eu-west-1 control "
                  "GET:/_amilab/export/snap-0123456789abcdef0 400 InvalidSnapshot.NotFound "));
}

TEST_F(CallLines, AreWrittenWhenTheBodyIsRefused)
{
    CountedRequestBody large(3U << 20U);
    EXPECT_THAT(log_of(signed_request("210987654321", "eu-west-1", "/"), large),
                HasSubstr(" 210987654321 eu-west-1 ec2 GET:/ 413 - "));
    CountedRequestBody early(100, {.early_at = 50});
    EXPECT_THAT(log_of(make_request("POST", "/_amilab/import?name=golden"), early),
                HasSubstr("- 123456789012 us-east-1 control POST:/_amilab/import 400 - "));
}

TEST_F(CallLines, HaveNoStatusWhenNobodyIsLeftToAnswer)
{
    CountedRequestBody lost(100, {.lost_at = 50});
    EXPECT_THAT(log_of(make_request("POST", "/_amilab/import?name=golden"), lost),
                HasSubstr("- 123456789012 us-east-1 control POST:/_amilab/import - - "));
}

TEST_F(CallLines, OfControlCallsNameTheAccountThatTheyActFor)
{
    world_.generation().settings().access_keys().replace(
        {{"AKIAIOSFODNN7EXAMPLE", "111122223333"}});
    CountedRequestBody disk(512);
    EXPECT_THAT(
        log_of(make_request("POST", "/_amilab/import?name=golden&access-key=AKIAIOSFODNN7EXAMPLE"),
               disk),
        HasSubstr("- 111122223333 us-east-1 control POST:/_amilab/import 200 - "));
    EXPECT_THAT(log_of(make_request("GET",
                                    "/_amilab/export/vol-0123456789abcdef0?access-key="
                                    "210987654321&region=eu-west-1")),
                HasSubstr("- 210987654321 eu-west-1 control GET:/_amilab/export/"
                          "vol-0123456789abcdef0 400 InvalidVolume.NotFound "));
    EXPECT_THAT(log_of(make_request("GET", "/_amilab/export/vol-0123456789abcdef0?account=12")),
                HasSubstr("- - - control GET:/_amilab/export/vol-0123456789abcdef0 400 - "));
}

}  // namespace
}  // namespace amilab::test
