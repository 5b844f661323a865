#include "server/ec2/snapshots.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/ec2/describe.h"
#include "server/ec2/errors.h"
#include "server/ec2/layers.h"
#include "server/ec2/recycle_bin.h"
#include "server/ec2/resource_tags.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/types.h"
#include "storage/metadata/direct_snapshot_rows.h"
#include "storage/metadata/product_code_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::array<std::string_view, 1> kTaggedByCreate = {"snapshot"};
// Source: assumed to be what other descriptions may have.
constexpr std::size_t kMostDescriptionCharacters = 255;

bool is_account(std::string_view text)
{
    constexpr std::size_t kDigits = 12;
    return text.size() == kDigits &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A volume whose bytes a snapshot can be of.
VolumeRow require_volume(Session& session, const VolumeId& id)
{
    auto volume = select_volume(session.db(), session.account(), session.region(), id);
    if (!volume) {
        throw not_found(id);
    }
    if (volume->state != "available" && volume->state != "in-use") {
        throw incorrect_state(fmt::format("Volume '{}'", id.text()), volume->state);
    }
    return *volume;
}

SnapshotRow make_row(Session& session, const CreateSnapshotRequest& request,
                     const VolumeRow& volume)
{
    return {.id = session.next_id<SnapshotId>(),
            .region = session.region(),
            .owner = session.account(),
            .owner_alias = {},
            .layer_id = seal_layers(session, {&volume, 1}).front(),
            .volume_id = volume.id.text(),
            .volume_size_gib = volume.size_gib,
            .description = request.description.value_or(""),
            .state = "pending",
            .start_time_ms = session.now_ms(),
            .due_time_ms = session.due_ms(Delay::kSnapshotPending),
            .completion_time_ms = {},
            .encrypted = volume.encrypted};
}

/// What CreateSnapshot and DescribeSnapshots both tell.
Snapshot to_answer(Session& session, const SnapshotRow& row)
{
    Snapshot snapshot;
    snapshot.description = row.description;
    snapshot.encrypted = row.encrypted;
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
    snapshot.storage_tier = "standard";
    if (row.completion_time_ms) {
        snapshot.completion_time = Timestamp{*row.completion_time_ms};
    }
    return snapshot;
}

/// Account ids and aliases, "self" resolved.
/// Source: "account IDs, self, and amazon" (documented); other words are refused (assumed).
std::vector<std::string> parse_owners(const Session& session,
                                      const std::vector<std::string>& owners)
{
    std::vector<std::string> parsed;
    for (const auto& owner : owners) {
        if (owner != "self" && owner != "amazon" && !is_account(owner)) {
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
        if (user != "self" && user != "all" && !is_account(user)) {
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

}  // namespace

// Source: EC2 API Reference, CreateSnapshot (documented); the answer has an empty progress
// (observed in the documentation's examples).
CreateSnapshotResponse create_snapshot(Session& session, const CreateSnapshotRequest& request)
{
    const auto volume_id = parse_id<VolumeId>(request.volume_id);
    if (request.description &&
        wire::characters(*request.description) > kMostDescriptionCharacters) {
        throw invalid_value(
            *request.description, "description",
            fmt::format("It may have {} characters at most.", kMostDescriptionCharacters));
    }
    const auto tags = parse_tags(request.tag_specifications, "snapshot", kTaggedByCreate);
    stop_if_dry_run(request);

    const auto volume = require_volume(session, volume_id);
    const auto row = make_row(session, request, volume);
    insert_snapshot(session.db(), row);
    copy_product_codes(session.db(), row.volume_id, row.id.text());
    store_tags(session, {row.id.text(), "snapshot"}, tags);
    session.schedule_at(*row.due_time_ms, Action::kSnapshotCompleted, row.id.text());
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
    const auto page = parse_page(request.max_results, request.next_token);
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

    const auto row = select_snapshot(session.db(), session.region(), id);
    if (!row || row->owner != session.account()) {
        throw not_found(id);
    }
    if (const auto image = select_image_using_snapshot(session.db(), id)) {
        throw snapshot_in_use(id, *image);
    }
    remove_snapshot(session, *row);
    return {};
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
    delete_snapshot_row(session.db(), row.id);
    end_exports(session, row.id.text());
    if (row.layer_id) {
        drop_layer(session, *row.layer_id);
    }
}

void snapshot_completed(Session& session, const SnapshotId& id)
{
    complete_snapshot(session.db(), id, session.now_ms());
}

}  // namespace amilab::ec2
