#include "server/services/ec2/snapshots/snapshots.h"

#include <fmt/format.h>

#include "server/calls/errors.h"
#include "server/calls/layers.h"
#include "server/calls/new_snapshot.h"
#include "server/services/ec2/common/bin.h"
#include "server/services/ec2/common/describe_spec.h"
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
#include "storage/metadata/images/grantee.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/snapshots/fast_restore_rows.h"
#include "storage/metadata/snapshots/snapshot_lock_rows.h"
#include "storage/metadata/snapshots/snapshot_search.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/upkeep/snapshot_sizes.h"

namespace amilab::ec2 {

namespace {

// Source: assumed to be what other descriptions may have.
constexpr std::size_t kMostDescriptionCharacters = 255;

/// What CreateSnapshot and DescribeSnapshots both tell.
Snapshot to_answer(const SnapshotRow& row, std::optional<std::vector<Tag>> tags)
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
    snapshot.state = text_of(row.state);
    snapshot.tags = std::move(tags);
    snapshot.volume_id = row.volume_id;
    snapshot.volume_size = row.volume_size_gib;
    return snapshot;
}

Snapshot to_description(Session& session, const PageTags& tags, const SnapshotRow& row)
{
    auto snapshot = to_answer(row, unless_empty(tags.of(row.id.text())));
    snapshot.progress = row.progress;
    snapshot.data_encryption_key_id = row.data_key_id;
    snapshot.transfer_type = text_of(row.transfer_type);
    snapshot.completion_time = time_of(row.completion_time_ms);
    snapshot.storage_tier = text_of(row.tier);
    snapshot.restore_expiry_time = time_of(row.restore_expiry_ms);
    if (row.state == SnapshotState::kCompleted) {
        if (!row.full_size_bytes && row.layer_id) {
            session.about_to_wait();  // for the maps of its layers
        }
        snapshot.full_snapshot_size_in_bytes =
            full_snapshot_size(session.blocks(), session.db(), row);
    }
    if (row.state == SnapshotState::kError) {
        snapshot.state_message = row.status_message;
    }
    return snapshot;
}

std::vector<Snapshot> to_descriptions(Session& session, std::vector<SnapshotRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<Snapshot> answers;
    for (const auto& row : rows) {
        answers.push_back(to_description(session, tags, row));
    }
    return answers;
}

/// Account ids and aliases, "self" resolved.
/// Source: "account IDs, self, and amazon" (documented); other words are refused (assumed).
std::vector<std::string> parse_owners(const Session& session,
                                      const std::vector<std::string>& owners)
{
    std::vector<std::string> parsed;
    for (const auto& owner : owners) {
        if (owner != kSelf && owner != OwnerAlias::kAmazon && !wire::is_account_id(owner)) {
            throw invalid_user_id(owner);
        }
        parsed.push_back(owner == kSelf ? session.account() : owner);
    }
    return parsed;
}

/// Source: account ids, self and all (documented); other words are refused (assumed).
void check_restorable_by(const std::vector<std::string>& users)
{
    for (const auto& user : users) {
        if (user != kSelf && user != kEverybody && !wire::is_account_id(user)) {
            throw invalid_user_id(user);
        }
    }
}

void add_users(Session& session, const DescribeSnapshotsRequest& request, ListQuery& wanted)
{
    wanted.among.emplace_back(kAmongOwners, parse_owners(session, request.owner_ids));
    check_restorable_by(request.restorable_by_user_ids);
    wanted.among.emplace_back(kAmongRestorers, request.restorable_by_user_ids);
}

// An unknown id fails the call; one that the caller may not see is left out (documented).
constexpr DescribeSpec kDescribe{
    .schema = kDescribeSnapshots,
    .ids = {.member = &DescribeSnapshotsRequest::snapshot_ids,
            .check = &check_ids<SnapshotId>,
            .not_with_page = "snapshotSet",
            .require = &require_listed<kSnapshotList, SnapshotId, not_found>},
    .refine = &add_users,
    .select = &select_snapshots,
    .answers = &to_descriptions,
    .into = &DescribeSnapshotsResponse::snapshots};

/// Puts a snapshot that is being deleted into the bin; false, and nothing happens, when no rule
/// keeps it. Its completion, when it is pending, goes on there.
bool recycle_snapshot(Session& session, const SnapshotRow& row)
{
    if (!put_into_bin(session, kSnapshotBin,
                      {row.id.text(), row.owner, row.region, text_of(row.state)})) {
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
    const auto tags = parse_tags<SnapshotId>(request.tag_specifications);
    stop_if_dry_run(request);

    const auto volume = require_snapshotable_volume(session, volume_id);
    require_snapshot_room(session, volume);
    const auto layer = seal_layers(session, {&volume, 1}).front();
    const auto row =
        snapshot_volume(session, volume, layer, request.description.value_or(""), tags);
    auto answer = to_answer(row, tags_of(session, row.id.text()));
    answer.progress = "";
    return answer;
}

// Source: EC2 API Reference, DescribeSnapshots (documented).
DescribeSnapshotsResponse describe_snapshots(Session& session,
                                             const DescribeSnapshotsRequest& request)
{
    return describe<kDescribe>(session, request);
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

SnapshotRow snapshot_volume(Session& session, const VolumeRow& volume, LayerId layer,
                            const std::string& description, const std::vector<TagRow>& tags)
{
    return new_snapshot(session, {.id = session.next_id<SnapshotId>(),
                                  .layer_id = layer,
                                  .volume_id = volume.id.text(),
                                  .volume_size_gib = volume.size_gib,
                                  .description = description,
                                  .encryption = {.encrypted = volume.encrypted,
                                                 .kms_key_id = volume.kms_key_id,
                                                 .data_key_id = volume.data_key_id},
                                  .product_codes_of = volume.id.text(),
                                  .tags = tags});
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
    kind<SnapshotId, not_found>(kTaggableSnapshot),
};

constexpr DueRow kDue[] = {
    when<snapshot_completed>(kSnapshotCompleted),
};

constexpr Delay kDelays[] = {kSnapshotPending};

}  // namespace

constinit const Family kSnapshots{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
