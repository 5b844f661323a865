#include "server/services/ebs/block_lists.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/ebs/access.h"
#include "server/services/ebs/errors.h"
#include "server/services/ebs/tokens.h"
#include "server/wire/ebs/block_lists.h"
#include "server/wire/ebs/schema.h"
#include "server/wire/json.h"
#include "storage/base/units.h"
#include "storage/blocks/changed_units.h"

namespace amilab::ebs {

namespace {

// Source: 7 days (documented).
constexpr TimeMs kTokenLifeMs = 7 * kDayMs;
// Source: 10,000 is the most (documented); that it is the default, assumed.
constexpr std::int64_t kMostResults = 10'000;

bool is_key_missing(Session& session)
{
    return !read_block_token_key(session.db());
}

void make_key(Session& session)
{
    const auto key = make_token_key();
    write_block_token_key(session.db(), std::as_bytes(std::span(key)));
}

Tokens tokens_of(Session& session)
{
    return Tokens(read_block_token_key(session.db()).value());
}

/// Where a list begins. Source: StartingBlockIndex is ignored beside a token (documented).
template <class Request>
std::uint64_t first_block(Tokens& tokens, std::string_view list, const Request& request)
{
    if (!request.next_token) {
        return static_cast<std::uint64_t>(request.starting_block_index.value_or(0));
    }
    const auto next = tokens.read_page_token(*request.next_token, list);
    if (!next) {
        throw invalid_page_token();
    }
    return *next;
}

template <class Response>
void describe_snapshot(Session& session, const SnapshotRow& row, Response& response)
{
    response.block_size = kBlockBytes;
    response.expiry_time = Timestamp{session.now_ms() + kTokenLifeMs};
    response.volume_size = row.volume_size_gib;
}

/// Calls `take` with the index of each block that has data, from `first` on, until it says no.
template <class Take>
void for_each_block(const Snapshot& snapshot, std::uint64_t first, Take take)
{
    constexpr auto kSize = static_cast<std::uint64_t>(kBlockBytes);
    const auto count = snapshot.size() / kSize;
    if (first >= count) {
        return;
    }
    auto extents = snapshot.extents(first * kSize, (count - first) * kSize);
    while (const auto extent = extents.next()) {
        if (extent->kind != Extent::Kind::kData) {
            continue;
        }
        const auto end = (extent->offset + extent->length + kSize - 1) / kSize;
        for (first = std::max(first, extent->offset / kSize); first < end; ++first) {
            if (!take(first)) {
                return;
            }
        }
    }
}

}  // namespace

const Prerequisite kTokenKey = {is_key_missing, make_key};

// Source: EBS direct APIs Reference, ListSnapshotBlocks (documented): the blocks that have data, in
// the order of their indexes. A block that holds zeros alone may count as one that was never
// written (ours).
ListSnapshotBlocksResponse list_snapshot_blocks(Session& session,
                                                const ListSnapshotBlocksRequest& request)
{
    const auto id = parse_snapshot_id(request.snapshot_id);
    auto tokens = tokens_of(session);
    auto next = first_block(tokens, id.text(), request);
    const auto row = require_readable(session, id);

    ListSnapshotBlocksResponse response;
    describe_snapshot(session, row, response);
    const auto limit = static_cast<std::size_t>(request.max_results.value_or(kMostResults));
    const auto snapshot = open_bytes(session, row);
    if (!snapshot) {
        return response;
    }
    for_each_block(*snapshot, next, [&](std::uint64_t index) {
        if (response.blocks.size() == limit) {
            response.next_token = tokens.page_token(id.text(), index);
            return false;
        }
        response.blocks.push_back(
            {.block_index = static_cast<std::int64_t>(index),
             .block_token = tokens.block_token(id.text(), index, session.now_ms() + kTokenLifeMs)});
        return true;
    });
    return response;
}

// Source: EBS direct APIs Reference, ListChangedBlocks (documented): both snapshots are named, a
// first token is absent where the first snapshot does not have the block. A second token is always
// there (ours): a block that only the first has reads as zeros.
ListChangedBlocksResponse list_changed_blocks(Session& session,
                                              const ListChangedBlocksRequest& request)
{
    const auto second_id = parse_snapshot_id(request.second_snapshot_id, "secondSnapshotId");
    if (!request.first_snapshot_id) {
        throw invalid_parameter("FirstSnapshotId is wanted beside SecondSnapshotId.");
    }
    const auto first_id = parse_snapshot_id(*request.first_snapshot_id, "firstSnapshotId");
    const auto list = fmt::format("{}>{}", first_id.text(), second_id.text());
    auto tokens = tokens_of(session);
    const auto next = first_block(tokens, list, request);
    const auto first_row = require_readable(session, first_id);
    const auto second_row = require_readable(session, second_id);

    ListChangedBlocksResponse response;
    describe_snapshot(session, second_row, response);
    const auto first = open_bytes(session, first_row);
    const auto second = open_bytes(session, second_row);
    if (!first || !second) {
        throw unrelated_snapshots(first_id.text(), second_id.text());
    }
    ChangedUnits units(*first, *second, kBlockBytes, next);
    if (!units.is_related()) {
        throw unrelated_snapshots(first_id.text(), second_id.text());
    }
    const auto limit = static_cast<std::size_t>(request.max_results.value_or(kMostResults));
    const auto expires_ms = session.now_ms() + kTokenLifeMs;
    while (const auto unit = units.next()) {
        if (response.changed_blocks.size() == limit) {
            response.next_token = tokens.page_token(list, unit->index);
            break;
        }
        ChangedBlock block;
        block.block_index = static_cast<std::int64_t>(unit->index);
        if (unit->is_in_first) {
            block.first_block_token = tokens.block_token(first_id.text(), unit->index, expires_ms);
        }
        block.second_block_token = tokens.block_token(second_id.text(), unit->index, expires_ms);
        response.changed_blocks.push_back(std::move(block));
    }
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    read<list_snapshot_blocks, kTokenKey>(kListSnapshotBlocks, {.is_long = true}),
    read<list_changed_blocks, kTokenKey>(kListChangedBlocks, {.is_long = true}),
};

}  // namespace

constinit const Family kBlockLists{.operations = kOperations};

}  // namespace amilab::ebs
