// Requests of the EBS direct APIs: paths, queries, headers, bodies; then the tokens and checksums
// that they carry.
#include <limits>
#include <string>

#include "server/services/ebs/checksums.h"
#include "server/services/ebs/tokens.h"
#include "server/wire/ebs/block_data.h"
#include "server/wire/ebs/block_lists.h"
#include "server/wire/ebs/schema.h"
#include "server/wire/ebs/upload_ends.h"
#include "server/wire/request.h"
#include "tests/fuzz/members.h"
#include "tests/fuzz/oracle.h"

namespace amilab::fuzz {
namespace {

using ebs::Tokens;

/// The token with its front written over.
std::string forged(std::string token, std::string_view by)
{
    return token.replace(0, by.size(), by);
}

void expect_own_block_token_alone(const ebs::GetSnapshotBlockRequest& request)
{
    Tokens tokens("a key of thirty-two bytes, no less");
    const auto block = static_cast<std::uint64_t>(request.block_index);
    const auto token = tokens.block_token(request.snapshot_id, block, 1000);
    const auto is_taken = [&](std::string_view text, TimeMs now_ms) {
        return tokens.is_block_token(text, request.snapshot_id, block, now_ms);
    };
    require(is_taken(token, 999) && !is_taken(token, 1000), "a token is taken until it expires");
    require(!is_taken(request.block_token, 0), "nobody knows a token that was not given to him");
    const auto other = forged(token, request.block_token);
    require(is_taken(other, 0) == (other == token), "no changed token is taken");
}

void expect_own_page_token_alone(const std::optional<std::string>& given)
{
    Tokens tokens("a key of thirty-two bytes, no less");
    const auto token = tokens.page_token("a list", 7);
    require(tokens.read_page_token(token, "a list") == 7, "a page token says where to go on");
    require(!tokens.read_page_token(token, "another"), "a page token is of its list alone");
    const auto other = forged(token, given.value_or(""));
    require(tokens.read_page_token(other, "a list").has_value() == (other == token),
            "no changed token is taken");
}

void go_on(const wire::OperationSchema& operation, const wire::ParameterNode& root)
{
    if (operation.name == "GetSnapshotBlock") {
        expect_own_block_token_alone(wire::parse_request<ebs::GetSnapshotBlockRequest>(root));
    } else if (operation.name == "ListSnapshotBlocks") {
        expect_own_page_token_alone(
            wire::parse_request<ebs::ListSnapshotBlocksRequest>(root).next_token);
    } else if (operation.name == "ListChangedBlocks") {
        expect_own_page_token_alone(
            wire::parse_request<ebs::ListChangedBlocksRequest>(root).next_token);
    } else if (operation.name == "PutSnapshotBlock") {
        ebs::parse_checksum(wire::parse_request<ebs::PutSnapshotBlockRequest>(root).checksum);
    } else if (operation.name == "CompleteSnapshot") {
        const auto request = wire::parse_request<ebs::CompleteSnapshotRequest>(root);
        ebs::parse_checksum(request.checksum.value_or(""));
    }
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    const fuzz::HttpText text(std::span(data, size));
    fuzz::read_members(ebs::kService, fuzz::kEbsRequests, text, &fuzz::go_on);
    return 0;
}
