#include "server/services/ebs/block_data.h"

#include <cerrno>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "server/calls/account_limits.h"
#include "server/calls/secrets.h"
#include "server/services/ebs/access.h"
#include "server/services/ebs/checksums.h"
#include "server/services/ebs/errors.h"
#include "server/services/ebs/tokens.h"
#include "server/services/ebs/upload_traffic.h"
#include "server/wire/ebs/schema.h"
#include "server/wire/json.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/upload_layer.h"
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
    if (as_digest(sha256(body)) != wanted) {
        throw invalid_parameter("The checksum is not that of the data.");
    }
    return wanted;
}

/// Throws busy for a layer that a completion sealed, which could not commit; it will be tried
/// again.
template <class Work>
auto busy_when_sealed(const Work& work)
{
    try {
        return work();
    } catch (const StorageError& error) {
        if (error.error_number == ESTALE) {
            throw busy("The snapshot is being completed.");
        }
        throw;
    }
}

/// What a block of the caller's own pending snapshot is written to. It is opened while the rows
/// that tell its layers still hold: layers below it that are merged or deleted later keep their
/// files for it.
UploadLayer open_target(Session& session, const SnapshotId& id, std::int64_t block_index)
{
    const auto open = require_open(session, id);
    require_block(open.snapshot, block_index);
    return busy_when_sealed([&] {
        return UploadLayer(session.blocks().open_volume(
            select_layer_chain(session.db(), *open.snapshot.layer_id),
            static_cast<std::uint64_t>(open.snapshot.volume_size_gib) * kGiB));
    });
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
    std::optional<UploadLayer> target;
    session.read([&](Session& rows) {
        target = open_target(rows, id, request.block_index);
        take_bytes(rows, {kService, PutSnapshotBlockRequest::kOperation}, rows.account(),
                   kBlockBytes);
    });
    busy_when_sealed([&] {
        target->write(static_cast<std::uint64_t>(request.block_index * kBlockBytes),
                      std::as_bytes(std::span(session.body())));
    });
    commit_written(session, id, target->id(), [&](Session& rows) {
        put_direct_block(rows.db(), id, request.block_index, checksum, rows.now_ms(),
                         request.progress);
    });
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
    const auto checksum = to_base64(as_digest(sha256(data)));
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
