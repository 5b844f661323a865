// Requests as clients send them, damaged: each is answered, none with a 5xx, and nothing that was
// there before is touched.
#include <random>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ebs/ebs_support.h"

namespace amilab::test {
namespace {

struct Request {
    std::string method;
    std::string target;
    Parameters headers = {};
    std::string body = {};
};

class EbsGarbage : public EbsTest {
protected:
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

    template <class List>
    const auto& one_of(const List& list)
    {
        return *(list.begin() + static_cast<std::ptrdiff_t>(below(list.size())));
    }

    std::string some_id()
    {
        return one_of(std::vector{completed_, child_, upload_, std::string("snap-0"),
                                  std::string("snap-ffffffffffffffff1")});
    }

    std::string some_number()
    {
        return one_of(std::vector<std::string>{"0", "1", "2047", "2048", "-1", "4294967296",
                                               "9223372036854775807", "9223372036854775808", "1e3",
                                               "0x1", " 1", "", "٣"});
    }

    Request sensible();
    void damage(std::string& text);
    Request damaged();
    void expect_answered(const Request& request);

    std::mt19937_64 random_{std::hash<std::string>()(test_seed())};
    std::string completed_ = uploaded({block_of('a'), block_of('b')});
    std::string child_ = uploaded({{}, block_of('c')}, {{"ParentSnapshotId", completed_}});
    std::string upload_ = started();
    std::string token_ = token_of(completed_, 0);
};

Request EbsGarbage::sensible()
{
    switch (below(6)) {
        case 0:
            return {"POST",
                    "/snapshots",
                    {},
                    boost::json::serialize(boost::json::object{
                        {"VolumeSize", below(4)},
                        {"ParentSnapshotId", some_id()},
                        {"Tags", boost::json::array{boost::json::object{{"Key", "a"}}}},
                        {"ClientToken", fmt::format("t{}", below(3))},
                        {"Timeout", 10 + below(100)}})};
        case 1: {
            const auto data = std::string(below(2) == 0 ? kBlock : below(100), 'x');
            return {"PUT",
                    fmt::format("/snapshots/{}/blocks/{}", some_id(), some_number()),
                    {{"x-amz-Data-Length", std::to_string(data.size())},
                     {"x-amz-Checksum", checksum_of(data)},
                     {"x-amz-Checksum-Algorithm", "SHA256"},
                     {"x-amz-Progress", some_number()}},
                    data};
        }
        case 2:
            return {"POST",
                    "/snapshots/completion/" + some_id(),
                    {{"x-amz-ChangedBlocksCount", some_number()},
                     {"x-amz-Checksum", checksum_of("")},
                     {"x-amz-Checksum-Algorithm", "SHA256"},
                     {"x-amz-Checksum-Aggregation-Method", "LINEAR"}}};
        case 3:
            return {"GET", fmt::format("/snapshots/{}/blocks?maxResults={}&startingBlockIndex={}",
                                       some_id(), some_number(), some_number())};
        case 4:
            return {"GET",
                    fmt::format("/snapshots/{}/changedblocks?firstSnapshotId={}&pageToken={}",
                                some_id(), some_id(), url_encoded(token_))};
        default:
            return {"GET", fmt::format("/snapshots/{}/blocks/{}?blockToken={}", some_id(),
                                       some_number(), url_encoded(token_))};
    }
}

void EbsGarbage::damage(std::string& text)
{
    const auto at = below(std::min<std::size_t>(text.size(), 300) + 1);
    switch (below(4)) {
        case 0:
            text.insert(at, 1, static_cast<char>(random_()));
            break;
        case 1:
            text.erase(at, 1 + below(8));
            break;
        case 2:
            text.replace(at, 1,
                         one_of(std::vector<std::string>{"/", "?", "&", "%", "%00", "%2F", "{",
                                                         "\"", "[", "\\u0000", "null", "\n", "=",
                                                         std::string(70, 'A')}));
            break;
        default:
            text += text.substr(std::min(at, text.size()), 50);
            break;
    }
}

Request EbsGarbage::damaged()
{
    auto request = sensible();
    for (auto count = below(4); count > 0; --count) {
        switch (below(5)) {
            case 0:
                request.method =
                    one_of(std::vector<std::string>{"GET", "PUT", "POST", "DELETE", "HEAD", "X"});
                break;
            case 1:
                damage(request.body);
                break;
            case 2:
                if (!request.headers.empty()) {
                    auto& header = request.headers[below(request.headers.size())];
                    damage(below(4) == 0 ? header.first : header.second);
                }
                break;
            default:
                damage(request.target);
                break;
        }
    }
    return request;
}

void EbsGarbage::expect_answered(const Request& request)
{
    const auto answer = ebs_.call(request.method, request.target, request.body, request.headers);
    const auto what = fmt::format("{} {}\n{}", request.method, request.target, answer.body);
    EXPECT_GE(answer.status, 200) << what;
    EXPECT_LT(answer.status, 500) << what;
    static const std::set<std::string> kCodes = {
        "AccessDeniedException",     "ConcurrentLimitExceededException",
        "ConflictException",         "RequestThrottledException",
        "ResourceNotFoundException", "SerializationException",
        "UnknownOperationException", "ValidationException"};
    if (!answer.ok()) {
        EXPECT_TRUE(kCodes.contains(answer.code)) << what;
        EXPECT_NE(answer.message, "") << what;
    }
}

TEST_F(EbsGarbage, IsAnsweredAndTouchesNothing)
{
    for (int round = 0; round < 3000; ++round) {
        expect_answered(damaged());
        ASSERT_FALSE(HasFailure()) << "round " << round;
        if (round % 100 == 0) {
            // So that the limit of open ones is not all that is met.
            emulator_.advance(TimeMs{200} * 60'000);
            upload_ = started();
        }
    }
    EXPECT_EQ(read(completed_, 0), block_of('a'));
    EXPECT_EQ(read(completed_, 1), block_of('b'));
    EXPECT_EQ(read(child_, 0), block_of('a'));
    EXPECT_EQ(read(child_, 1), block_of('c'));
    EXPECT_EQ(read(uploaded({block_of('d')}), 0), block_of('d'));
}

/// Tokens are of their block and list alone, whatever is changed in them.
TEST_F(EbsGarbage, NoChangedTokenIsTaken)
{
    const auto page =
        list(completed_, "?maxResults=100&startingBlockIndex=1").text("/Blocks/0/BlockToken");
    for (int round = 0; round < 500; ++round) {
        auto token = below(2) == 0 ? token_ : page;
        damage(token);
        if (token == token_) {
            continue;
        }
        const auto block = ebs_.call("GET", fmt::format("/snapshots/{}/blocks/0?blockToken={}",
                                                        completed_, url_encoded(token)));
        EXPECT_EQ(block.status, 400) << token;
        const auto listed = ebs_.call("GET", fmt::format("/snapshots/{}/blocks?pageToken={}",
                                                         completed_, url_encoded(token)));
        EXPECT_EQ(listed.status, 400) << token;
    }
}

}  // namespace
}  // namespace amilab::test
