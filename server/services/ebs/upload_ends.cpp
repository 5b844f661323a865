#include "server/services/ebs/upload_ends.h"

#include <cerrno>
#include <functional>
#include <memory>

#include <fmt/format.h>

#include "server/calls/layers.h"
#include "server/calls/secrets.h"
#include "server/calls/snapshot_life.h"
#include "server/services/ebs/access.h"
#include "server/services/ebs/checksums.h"
#include "server/services/ebs/errors.h"
#include "server/services/ebs/upload_traffic.h"
#include "server/wire/ebs/schema.h"
#include "server/wire/ebs/upload_ends.h"
#include "server/wire/json.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/persistence.h"
#include "storage/upkeep/upkeep.h"

namespace amilab::ebs {

namespace {

/// Source: a checksum comes with its algorithm and LINEAR aggregation (documented); one without
/// the others is refused (assumed).
void check_parameters(const CompleteSnapshotRequest& request)
{
    if (request.checksum) {
        parse_checksum(*request.checksum);
    }
    const bool has_method = request.checksum_algorithm && request.checksum_aggregation_method;
    const bool has_some = request.checksum_algorithm || request.checksum_aggregation_method;
    if (request.checksum ? !has_method : has_some) {
        throw invalid_parameter(
            "Checksum, ChecksumAlgorithm and ChecksumAggregationMethod come together or not at "
            "all.");
    }
}

/// Source: the SHA-256 of the blocks' checksums in the order of their indexes (documented), as
/// bytes (observed of clients that AWS's service takes).
Digest linear_checksum(Session& session, const SnapshotId& id)
{
    Hash all(HashAlgorithm::kSha256);
    for_each_direct_checksum(session.db(), id,
                             [&](std::string_view checksum) { all.add(checksum); });
    return as_digest(all.digest());
}

void check_blocks(Session& session, const SnapshotId& id, const CompleteSnapshotRequest& request)
{
    const auto count = count_direct_blocks(session.db(), id);
    if (count != request.changed_blocks_count) {
        throw invalid_parameter(
            fmt::format("The snapshot has {} changed blocks, not the {} of ChangedBlocksCount.",
                        count, request.changed_blocks_count));
    }
    if (request.checksum && parse_checksum(*request.checksum) != linear_checksum(session, id)) {
        throw invalid_parameter("The checksum is not that of the blocks that were written.");
    }
}

/// What is to be completed: a layer, and its bytes unless they are fixed already.
struct Upload {
    LayerId layer{};
    std::shared_ptr<Volume> volume;
};

/// What fixes bytes, unless an earlier completion did that and could not commit.
void unless_sealed(const std::function<void()>& work)
{
    try {
        work();
    } catch (const StorageError& error) {
        if (error.error_number != ESTALE) {
            throw;
        }
    }
}

/// The caller's upload, when it is as the request says.
Upload require_upload(Session& session, const SnapshotId& id,
                      const CompleteSnapshotRequest& request)
{
    const auto open = require_open(session, id);
    check_blocks(session, id, request);
    Upload upload{.layer = *open.snapshot.layer_id, .volume = nullptr};
    unless_sealed([&] {
        upload.volume = session.blocks().open_volume(
            select_layer_chain(session.db(), upload.layer),
            static_cast<std::uint64_t>(open.snapshot.volume_size_gib) * kGiB);
    });
    return upload;
}

void complete(Session& session, const SnapshotId& id, LayerId layer)
{
    mark_layer_sealed(session.db(), layer, session.blocks().boot_id());
    session.cancel_transitions(id.text());
    const auto due_ms = session.due_ms(kSnapshotPending);
    close_direct_snapshot(session.db(), id, due_ms);
    session.schedule_at(due_ms, kSnapshotCompleted, id.text());
    session.after_commit([id, layer](Generation& generation) {
        generation.stores().persistence().sync_later(layer);
        generation.stores().upkeep().count_snapshots_later({id});
    });
}

}  // namespace

// Source: EBS direct APIs Reference, CompleteSnapshot (documented); the answer says pending
// (observed in its examples), for the rest happens by itself. Bytes first, then the row; the writer
// is not held while checksums are read and bytes are fixed: nobody writes a block meanwhile.
CompleteSnapshotResponse complete_snapshot(ByteSession& session,
                                           const CompleteSnapshotRequest& request)
{
    const auto id = parse_snapshot_id(request.snapshot_id);
    check_parameters(request);
    const auto hold =
        session.generation().companions().get<UploadTraffic>().begin_completion(id.text());
    Upload upload;
    session.read([&](Session& rows) { upload = require_upload(rows, id, request); });
    if (upload.volume) {
        unless_sealed([&] { UploadLayer(upload.volume).seal(); });
    }
    commit_written(session, id, upload.layer, [&](Session& rows) {
        // A save of the server may have given it another top meanwhile.
        complete(rows, id, *require_open(rows, id).snapshot.layer_id);
    });
    return {.status = "pending"};
}

// Source: the snapshot is in error when nothing was written for as long as its timeout
// (documented).
void snapshot_timed_out(Session& session, const SnapshotId& id)
{
    const auto direct = select_direct_snapshot(session.db(), id);
    if (!direct || !direct->open) {
        return;
    }
    const auto due_ms = direct->last_activity_ms + direct->timeout_ms;
    if (due_ms > session.now_ms()) {
        session.schedule_at(due_ms, kSnapshotTimedOut, id.text());
        return;
    }
    if (const auto layer = fail_direct_snapshot(session.db(), id)) {
        drop_layer(session, *layer);
    }
}

namespace {

constexpr Operation kOperations[] = {
    move_bytes<complete_snapshot>(kCompleteSnapshot),
};

constexpr DueRow kDue[] = {
    when<snapshot_timed_out>(kSnapshotTimedOut),
};

}  // namespace

constinit const Family kUploadEnds{.operations = kOperations, .due = kDue};

}  // namespace amilab::ebs
