#include "server/services/ebs/block_data.h"

#include <cerrno>
#include <span>

#include <fmt/format.h>

#include "server/calls/account_limits.h"
#include "server/services/ebs/access.h"
#include "server/services/ebs/checksums.h"
#include "server/services/ebs/errors.h"
#include "server/services/ebs/tokens.h"
#include "server/services/ebs/upload_traffic.h"
#include "server/wire/ebs/block_data.h"
#include "server/wire/ebs/schema.h"
#include "server/wire/json.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/state/generation.h"

namespace amilab::ebs {

namespace {

constexpr const char* kAlgorithm = "SHA256";

void require_block(const SnapshotRow& row, std::int64_t block_index)
{
    if (block_index >= row.volume_size_gib * kBlocksPerGib) {
        throw invalid_block(
            fmt::format("The block {} is behind the end of the volume, which has "
                        "{} GiB.",
                        block_index, row.volume_size_gib));
    }
}

/// Throws unless the body is one block with the checksum that the request names.
Digest check_data(const PutSnapshotBlockRequest& request, std::string_view body)
{
    if (request.data_length != kBlockBytes) {
        throw invalid_parameter(
            fmt::format("The data length is {}, not {}.", kBlockBytes, request.data_length));
    }
    if (body.size() != static_cast<std::size_t>(kBlockBytes)) {
        throw unreadable_block_data();
    }
    const auto wanted = parse_checksum(request.checksum);
    if (sha256(body) != wanted) {
        throw invalid_parameter("The checksum is not that of the data.");
    }
    return wanted;
}

/// The layers of the caller's own pending snapshot, top first.
struct Target {
    std::vector<LayerId> chain;
    std::uint64_t size_bytes = 0;
};

Target require_target(Session& session, const SnapshotId& id, std::int64_t block_index)
{
    const auto open = require_open(session, id);
    require_block(open.snapshot, block_index);
    return {select_layer_chain(session.db(), *open.snapshot.layer_id),
            static_cast<std::uint64_t>(open.snapshot.volume_size_gib) * kGiB};
}

void write_block(BlockStore& blocks, const Target& target, std::int64_t block_index,
                 std::string_view data)
{
    try {
        UploadLayer(blocks.open_volume(target.chain, target.size_bytes))
            .write(static_cast<std::uint64_t>(block_index * kBlockBytes),
                   std::as_bytes(std::span(data)));
    } catch (const StorageError& error) {
        // A completion sealed it and could not commit; it will be tried again.
        if (error.error_number == ESTALE) {
            throw busy("The snapshot is being completed.");
        }
        throw;
    }
}

}  // namespace

// Source: EBS direct APIs Reference, PutSnapshotBlock (documented). Bytes first, then the row; a
// block counts as written when its row is there.
PutSnapshotBlockResponse put_snapshot_block(ByteSession& session,
                                            const PutSnapshotBlockRequest& request)
{
    const auto id = parse_snapshot_id(request.snapshot_id);
    const auto checksum = check_data(request, session.body());
    const auto hold = session.generation().companions().get<UploadTraffic>().begin_write(
        id.text(), request.block_index);
    Target target;
    session.read([&](Session& rows) {
        target = require_target(rows, id, request.block_index);
        take_bytes(rows, {kService, PutSnapshotBlockRequest::kOperation}, kBlockBytes);
    });
    write_block(session.blocks(), target, request.block_index, session.body());
    bool is_layer_gone = false;
    try {
        session.write([&](Session& rows) {
            is_layer_gone = !layer_exists(rows.db(), target.chain.front());
            require_open(rows, id);
            put_direct_block(rows.db(), id, request.block_index, checksum, rows.now_ms(),
                             request.progress);
        });
    } catch (const ApiError&) {
        // Deleted or given up meanwhile: the files that the write may have made anew go too.
        if (is_layer_gone) {
            session.blocks().remove_layer(target.chain.front());
        }
        throw;
    }
    return {.checksum = request.checksum, .checksum_algorithm = kAlgorithm};
}

// Source: EBS direct APIs Reference, GetSnapshotBlock (documented). A token is of one block of one
// snapshot; whose it was given to does not count, who may read the snapshot does (assumed).
GetSnapshotBlockResponse get_snapshot_block(ByteSession& session,
                                            const GetSnapshotBlockRequest& request)
{
    const auto id = parse_snapshot_id(request.snapshot_id);
    std::shared_ptr<Snapshot> snapshot;
    session.read([&](Session& rows) {
        const auto row = require_readable(rows, id);
        require_block(row, request.block_index);
        const auto key = read_block_token_key(rows.db());
        if (!key || !Tokens(*key).is_block_token(request.block_token, id.text(),
                                                 static_cast<std::uint64_t>(request.block_index),
                                                 rows.now_ms())) {
            throw invalid_block_token();
        }
        snapshot = open_bytes(rows, row);
    });
    std::string data(static_cast<std::size_t>(kBlockBytes), '\0');
    if (snapshot) {
        snapshot->read(static_cast<std::uint64_t>(request.block_index * kBlockBytes),
                       std::as_writable_bytes(std::span(data)));
    }
    const auto checksum = to_base64(sha256(data));
    session.answer_with(std::move(data));
    return {.checksum = checksum, .checksum_algorithm = kAlgorithm, .data_length = kBlockBytes};
}

namespace {

constexpr Operation kOperations[] = {
    move_bytes<get_snapshot_block>(kGetSnapshotBlock),
    move_bytes<put_snapshot_block>(kPutSnapshotBlock),
};

}  // namespace

constinit const Family kBlockData{.operations = kOperations};

}  // namespace amilab::ebs
