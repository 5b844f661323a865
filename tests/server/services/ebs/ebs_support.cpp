#include "tests/server/services/ebs/ebs_support.h"

#include <fmt/format.h>

#include "server/calls/secrets.h"
#include "server/wire/types.h"

namespace amilab::test {

std::string block_of(char fill)
{
    std::string block(kBlock, fill);
    block.front() = '!';
    return block;
}

std::string checksum_of(std::string_view bytes)
{
    return wire::encode_base64(sha256(bytes));
}

std::string linear_checksum_of(const std::vector<std::string>& blocks)
{
    std::string all;
    for (const auto& block : blocks) {
        all += sha256(block);
    }
    return checksum_of(all);
}

JsonAnswer EbsTest::start(const boost::json::object& request) const
{
    return ebs_.call("POST", "/snapshots", request);
}

std::string EbsTest::started(boost::json::object request) const
{
    request.emplace("VolumeSize", 1);
    const auto answer = start(request);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.text("/SnapshotId");
}

JsonAnswer EbsTest::put(const std::string& snapshot, int index, const std::string& data,
                        Parameters headers) const
{
    // The first of a name counts: what the test says stands before what is usual.
    headers.insert(headers.end(), {{"x-amz-Data-Length", std::to_string(data.size())},
                                   {"x-amz-Checksum", checksum_of(data)},
                                   {"x-amz-Checksum-Algorithm", "SHA256"}});
    return ebs_.call("PUT", fmt::format("/snapshots/{}/blocks/{}", snapshot, index), data, headers);
}

JsonAnswer EbsTest::complete(const std::string& snapshot, int count, Parameters headers) const
{
    headers.emplace_back("x-amz-ChangedBlocksCount", std::to_string(count));
    return ebs_.call("POST", "/snapshots/completion/" + snapshot, "", headers);
}

std::string EbsTest::uploaded(const std::vector<std::string>& blocks,
                              boost::json::object request) const
{
    const auto snapshot = started(std::move(request));
    int count = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (!blocks[i].empty()) {
            const auto answer = put(snapshot, static_cast<int>(i), blocks[i]);
            EXPECT_EQ(answer.status, 201) << answer.body;
            ++count;
        }
    }
    const auto answer = complete(snapshot, count);
    EXPECT_EQ(answer.status, 202) << answer.body;
    return snapshot;
}

JsonAnswer EbsTest::list(const std::string& snapshot, const std::string& query) const
{
    return ebs_.call("GET", fmt::format("/snapshots/{}/blocks{}", snapshot, query));
}

JsonAnswer EbsTest::list_changed(const std::string& first, const std::string& second,
                                 const std::string& query) const
{
    return ebs_.call("GET", fmt::format("/snapshots/{}/changedblocks?firstSnapshotId={}{}", second,
                                        first, query));
}

JsonAnswer EbsTest::get(const std::string& snapshot, int index, const std::string& token) const
{
    return ebs_.call("GET", fmt::format("/snapshots/{}/blocks/{}?blockToken={}", snapshot, index,
                                        url_encoded(token)));
}

std::string EbsTest::token_of(const std::string& snapshot, int index) const
{
    const auto answer = list(snapshot, fmt::format("?startingBlockIndex={}", index));
    EXPECT_EQ(answer.text("/Blocks/0/BlockIndex"), std::to_string(index)) << answer.body;
    return answer.text("/Blocks/0/BlockToken");
}

std::string EbsTest::read(const std::string& snapshot, int index) const
{
    const auto answer = get(snapshot, index, token_of(snapshot, index));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
}

std::vector<int> EbsTest::indexes(const JsonAnswer& answer)
{
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto* blocks = answer.json.as_object().if_contains("Blocks");
    if (blocks == nullptr) {
        blocks = answer.json.as_object().if_contains("ChangedBlocks");
    }
    std::vector<int> found;
    for (const auto& block : blocks->as_array()) {
        found.push_back(static_cast<int>(block.as_object().at("BlockIndex").as_int64()));
    }
    return found;
}

void EbsTest::expect_refusal(const JsonAnswer& answer, int status, const std::string& code,
                             const std::string& reason)
{
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.code, code) << answer.body;
    EXPECT_EQ(answer.reason, reason) << answer.body;
    EXPECT_NE(answer.message, "");
}

}  // namespace amilab::test
