#include "server/services/ec2/snapshots/snapshots.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/calls/errors.h"
#include "server/calls/layers.h"
#include "server/services/ec2/common/bin.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/snapshots/errors.h"
#include "server/services/ec2/snapshots/fast_restores.h"
#include "server/services/ec2/snapshots/snapshot_locks.h"
#include "server/services/ec2/volumes/volume_answers.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/snapshots/snapshots.h"
#include "server/wire/types.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/snapshots/fast_restore_rows.h"
#include "storage/metadata/snapshots/snapshot_lock_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/state/generation.h"
#include "storage/upkeep/snapshot_sizes.h"

namespace amilab::ec2 {

namespace {

constexpr std::array<std::string_view, 1> kTaggedByCreate = {"snapshot"};
// Source: assumed to be what other descriptions may have.
constexpr std::size_t kMostDescriptionCharacters = 255;

/// What CreateSnapshot and DescribeSnapshots both tell.
Snapshot to_answer(Session& session, const SnapshotRow& row)
{
    Snapshot snapshot;
    snapshot.description = row.description;
    snapshot.completion_duration_minutes = row.completion_duration_minutes;
    snapshot.encrypted = row.encrypted;
    snapshot.kms_key_id = row.kms_key_id;
    snapshot.owner_alias = row.owner_alias;
    snapshot.owner_id = row.owner;
    snapshot.snapshot_id = row.id.text();
    snapshot.start_time = Timestamp{row.start_time_ms};
    snapshot.state = row.state;
    snapshot.tags = tags_of(session, row.id.text());
    snapshot.volume_id = row.volume_id;
    snapshot.volume_size = row.volume_size_gib;
    return snapshot;
}

void fill_tier(Session& session, const SnapshotId& id, Snapshot& snapshot)
{
    snapshot.storage_tier = "standard";
    const auto tier = select_snapshot_tier(session.db(), id);
    if (!tier) {
        return;
    }
    const auto state = snapshot_tier_state(*tier, session.now_ms());
    snapshot.storage_tier = state.is_archived ? "archive" : "standard";
    if (state.is_temporary) {
        snapshot.restore_expiry_time = Timestamp{*tier->expiry_ms};
    }
}

/// Of one that is written block by block: what its writer says.
std::int64_t progress_percent(Session& session, const SnapshotRow& row)
{
    if (row.state == "pending" && !row.due_time_ms) {
        if (const auto direct = select_direct_snapshot(session.db(), row.id)) {
            return direct->progress_percent;
        }
    }
    return snapshot_progress_percent(row, session.now_ms());
}

Snapshot to_description(Session& session, const SnapshotRow& row)
{
    auto snapshot = to_answer(session, row);
    snapshot.progress = fmt::format("{}%", progress_percent(session, row));
    snapshot.data_encryption_key_id = row.data_key_id;
    snapshot.transfer_type = row.transfer_type;
    if (row.completion_time_ms) {
        snapshot.completion_time = Timestamp{*row.completion_time_ms};
    }
    if (row.state == "completed") {
        if (!row.full_size_bytes && row.layer_id) {
            session.about_to_wait();  // for the maps of its layers
        }
        snapshot.full_snapshot_size_in_bytes =
            full_snapshot_size(session.blocks(), session.db(), row);
    }
    if (row.state == "error") {
        snapshot.state_message = row.status_message;
    }
    fill_tier(session, row.id, snapshot);
    return snapshot;
}

/// Account ids and aliases, "self" resolved.
/// Source: "account IDs, self, and amazon" (documented); other words are refused (assumed).
std::vector<std::string> parse_owners(const Session& session,
                                      const std::vector<std::string>& owners)
{
    std::vector<std::string> parsed;
    for (const auto& owner : owners) {
        if (owner != "self" && owner != "amazon" && !wire::is_account_id(owner)) {
            throw invalid_user_id(owner);
        }
        parsed.push_back(owner == "self" ? session.account() : owner);
    }
    return parsed;
}

/// Source: account ids, self and all (documented); other words are refused (assumed).
void check_restorable_by(const std::vector<std::string>& users)
{
    for (const auto& user : users) {
        if (user != "self" && user != "all" && !wire::is_account_id(user)) {
            throw invalid_user_id(user);
        }
    }
}

/// Throws unless every id is a snapshot's of the region. One that the caller may not see is left
/// out of the answer instead (documented).
void require_all_exist(Session& session, const std::vector<SnapshotId>& ids)
{
    for (const auto& id : ids) {
        if (!select_snapshot(session.db(), session.region(), id)) {
            throw not_found(id);
        }
    }
}

/// Puts a snapshot that is being deleted into the bin; false, and nothing happens, when no rule
/// keeps it. Its completion, when it is pending, goes on there.
bool recycle_snapshot(Session& session, const SnapshotRow& row)
{
    if (!put_into_bin(session, kSnapshotBin, {row.id.text(), row.owner, row.region, row.state})) {
        return false;
    }
    set_snapshot_recycled(session.db(), row.id, true);
    // Source: fast restores of a deleted snapshot are disabled, and stay so (documented).
    disable_fast_restores(session, row.id);
    end_exports(session, row.id.text());
    return true;
}

}  // namespace

// Source: EC2 API Reference, CreateSnapshot (documented); the answer has an empty progress
// (observed in the documentation's examples).
CreateSnapshotResponse create_snapshot(Session& session, const CreateSnapshotRequest& request)
{
    const auto volume_id = parse_id<VolumeId>(request.volume_id);
    check_description(request.description);
    const auto tags = parse_tags(request.tag_specifications, "snapshot", kTaggedByCreate);
    stop_if_dry_run(request);

    const auto volume = require_snapshotable_volume(session, volume_id);
    require_snapshot_room(session, volume);
    const auto layer = seal_layers(session, {&volume, 1}).front();
    const auto row = snapshot_of(session, volume, layer, request.description.value_or(""));
    start_snapshot(session, row, tags);
    auto answer = to_answer(session, row);
    answer.progress = "";
    return answer;
}

// Source: EC2 API Reference, DescribeSnapshots (documented): an unknown id fails the call, one that
// the caller may not see is left out.
DescribeSnapshotsResponse describe_snapshots(Session& session,
                                             const DescribeSnapshotsRequest& request)
{
    const auto filters = parse_filters(kDescribeSnapshots, request.filters);
    const auto ids = parse_ids<SnapshotId>(request.snapshot_ids);
    const auto owners = parse_owners(session, request.owner_ids);
    check_restorable_by(request.restorable_by_user_ids);
    refuse_page_with_ids(!ids.empty(), request.max_results, "snapshotSet");
    const auto page = parse_page(session, request.max_results, request.next_token);
    stop_if_dry_run(request);

    require_all_exist(session, ids);
    DescribeSnapshotsResponse response;
    auto rows = select_snapshots(session.db(), {.region = session.region(),
                                                .viewer = session.account(),
                                                .ids = ids,
                                                .owners = owners,
                                                .restorable_by = request.restorable_by_user_ids,
                                                .filters = filters,
                                                .now_ms = session.now_ms(),
                                                .after = page.after,
                                                .limit = page.sql_limit()});
    response.next_token =
        cut_page(page, rows, [](const SnapshotRow& row) { return row.id.text(); });
    for (const auto& row : rows) {
        response.snapshots.push_back(to_description(session, row));
    }
    return response;
}

// Source: EC2 API Reference, DeleteSnapshot (documented); a pending one may be deleted
// (documented), and goes at once (assumed: AWS lets it complete first).
DeleteSnapshotResponse delete_snapshot(Session& session, const DeleteSnapshotRequest& request)
{
    const auto id = parse_id<SnapshotId>(request.snapshot_id);
    stop_if_dry_run(request);

    const auto row = require_own_snapshot(session, id);
    if (const auto image = select_image_using_snapshot(session.db(), id)) {
        throw snapshot_in_use(id, *image);
    }
    if (is_locked(session, id)) {
        throw snapshot_locked(id);
    }
    remove_snapshot(session, row);
    return {};
}

SnapshotRow require_own_snapshot(Session& session, const SnapshotId& id)
{
    auto row = select_snapshot(session.db(), session.region(), id);
    if (!row || row->owner != session.account()) {
        throw not_found(id);
    }
    return std::move(*row);
}

SnapshotRow require_accessible_snapshot(Session& session, const SnapshotId& id)
{
    return require_accessible_snapshot(session, id, session.region());
}

SnapshotRow require_accessible_snapshot(Session& session, const SnapshotId& id,
                                        std::string_view region)
{
    auto row = select_visible_snapshot(session.db(), session.account(), region, id);
    if (!row) {
        throw not_found(id);
    }
    return std::move(*row);
}

// Source: five, of st1 and sc1 one (documented); the text is observed.
void require_snapshot_room(Session& session, const VolumeRow& volume)
{
    constexpr std::int64_t kMost = 5;
    constexpr std::int64_t kMostOfSlowTypes = 1;
    const auto most = can_boot(volume.volume_type) ? kMost : kMostOfSlowTypes;
    if (count_pending_snapshots(session.db(), volume.id) >= most) {
        throw too_many_pending_snapshots();
    }
}

void check_description(const std::optional<std::string>& description)
{
    if (description && wire::characters(*description) > kMostDescriptionCharacters) {
        throw invalid_value(
            *description, "description",
            fmt::format("It may have {} characters at most.", kMostDescriptionCharacters));
    }
}

SnapshotRow snapshot_of(Session& session, const VolumeRow& volume, LayerId layer,
                        std::string description)
{
    return {.id = session.next_id<SnapshotId>(),
            .region = session.region(),
            .owner = session.account(),
            .owner_alias = {},
            .layer_id = layer,
            .volume_id = volume.id.text(),
            .volume_size_gib = volume.size_gib,
            .description = std::move(description),
            .state = "pending",
            .start_time_ms = session.now_ms(),
            .due_time_ms = session.due_ms(kSnapshotPending),
            .completion_time_ms = {},
            .encrypted = volume.encrypted,
            .kms_key_id = volume.kms_key_id,
            .data_key_id = volume.data_key_id};
}

void start_snapshot(Session& session, const SnapshotRow& row, const std::vector<TagRow>& tags)
{
    insert_snapshot(session.db(), row);
    copy_product_codes(session.db(), row.volume_id, row.id.text());
    store_tags(session, {row.id.text(), "snapshot"}, tags);
    session.schedule_at(*row.due_time_ms, kSnapshotCompleted, row.id.text());
    if (row.layer_id && !row.full_size_bytes) {
        session.after_commit(
            [id = row.id](Generation& generation) { generation.count_snapshots_later({id}); });
    }
}

void remove_snapshot(Session& session, const SnapshotRow& row)
{
    if (!recycle_snapshot(session, row)) {
        erase_snapshot(session, row);
    }
}

void erase_snapshot(Session& session, const SnapshotRow& row)
{
    session.cancel_transitions(row.id.text());
    delete_all_tags(session.db(), row.id.text());
    delete_fast_restores(session.db(), row.id);
    delete_snapshot_row(session.db(), row.id);
    end_exports(session, row.id.text());
    if (row.layer_id) {
        drop_layer(session, *row.layer_id);
    }
}

void snapshot_completed(Session& session, const SnapshotId& id)
{
    complete_snapshot(session.db(), id, session.now_ms());
    start_snapshot_lock(session.db(), id);
}

namespace {

constexpr Operation kOperations[] = {
    write<create_snapshot>(kCreateSnapshot),
    read<describe_snapshots>(kDescribeSnapshots),
    write<delete_snapshot>(kDeleteSnapshot, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<SnapshotId, not_found>("snapshot", kTaggableSnapshot),
};

constexpr DueRow kDue[] = {
    when<snapshot_completed>(kSnapshotCompleted),
};

constexpr Delay kDelays[] = {kSnapshotPending};

}  // namespace

constinit const Family kSnapshots{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
