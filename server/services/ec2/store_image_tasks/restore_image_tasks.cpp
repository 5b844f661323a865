#include "server/services/ec2/store_image_tasks/restore_image_tasks.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "server/calls/account_limits.h"
#include "server/calls/background_work.h"
#include "server/calls/layers.h"
#include "server/calls/new_snapshot.h"
#include "server/calls/owner_caller.h"
#include "server/calls/services.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/common/task_objects.h"
#include "server/services/ec2/images/image_names.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/images/new_image.h"
#include "server/services/ec2/store_image_tasks/stored_image.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/store_image_tasks/restore_image_tasks.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/images/image_life_rows.h"
#include "storage/metadata/store_image_tasks/restore_image_task_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/upkeep.h"

namespace amilab::ec2 {

namespace {

// Source: "limited to 600 GB of EBS snapshot data per account" (documented).
constexpr std::int64_t kMostRestoredGibAtOnce = 600;

/// What of the request needs no state.
struct Wish {
    std::optional<std::string> name;
    std::vector<TagRow> image_tags;
    std::vector<TagRow> snapshot_tags;
};

Wish check_request(const CreateRestoreImageTaskRequest& request)
{
    if (request.name) {
        check_image_name(*request.name);
    }
    const auto& tags = request.tag_specifications;
    return {.name = request.name,
            .image_tags = parse_tags<ImageId, SnapshotId>(tags),
            .snapshot_tags = parse_tags<SnapshotId, ImageId>(tags)};
}

void require_room(Session& session, std::int64_t size_gib)
{
    if (size_gib > kMostStoredImageGib) {
        throw invalid_request(
            fmt::format("The image has {} GiB; an image of {} GiB at most can be restored.",
                        size_gib, kMostStoredImageGib));
    }
    const auto under_way = sum_restore_image_task_gib(session.db(), session.account());
    if (under_way >= kMostRestoredGibAtOnce) {
        throw ApiError("ResourceLimitExceeded",
                       fmt::format("{} GiB are being restored; more than {} GiB at a time are not.",
                                   under_way, kMostRestoredGibAtOnce));
    }
}

/// The stored tags, and over them what the call says (assumed).
std::vector<TagRow> tags_over(std::vector<TagRow> stored, const std::vector<TagRow>& wanted)
{
    std::erase_if(stored, [&](const TagRow& tag) {
        return std::ranges::find(wanted, tag.key, &TagRow::key) != wanted.end();
    });
    stored.insert(stored.end(), wanted.begin(), wanted.end());
    return stored;
}

/// A snapshot that its task is to fill. Source: stored snapshots are not encrypted, restored ones
/// are where encryption by default is on (documented).
SnapshotRow make_snapshot(Session& session, const StoredDisk& disk, const Wish& wish)
{
    auto id = session.next_id<SnapshotId>();
    auto encryption = encrypt_volume(session, {}, nullptr, id.text());
    return new_snapshot(session, {.id = std::move(id),
                                  .start = SnapshotStart::kOpen,
                                  .volume_size_gib = disk.size_gib,
                                  .description = disk.description,
                                  .encryption = std::move(encryption),
                                  .tags = tags_over(disk.tags, wish.snapshot_tags)});
}

std::vector<ImageMappingRow> make_mappings(const StoredImage& stored,
                                           const std::vector<SnapshotRow>& snapshots)
{
    std::vector<ImageMappingRow> mappings;
    for (const auto& mapping : stored.mappings) {
        auto& row = mappings.emplace_back(mapping.row);
        if (mapping.disk) {
            row.snapshot_id = snapshots[*mapping.disk].id.text();
            row.encrypted = snapshots[*mapping.disk].encrypted;
        }
    }
    return mappings;
}

/// The image, pending until its task ends.
ImageId make_image(Session& session, const StoredImage& stored, const Wish& wish,
                   const std::vector<SnapshotRow>& snapshots)
{
    auto row = stored.row;
    row.id = session.next_id<ImageId>();
    row.name = wish.name.value_or(stored.row.name);
    // Source: documented of images that CreateRestoreImageTask made.
    row.source_image_id = stored.row.id.text();
    row.source_image_region = stored.row.region;
    const auto image = new_image(session, {.row = std::move(row),
                                           .uefi_data = stored.uefi_data,
                                           .mappings = make_mappings(stored, snapshots),
                                           .tags = tags_over(stored.tags, wish.image_tags)});
    set_image<&ImageRow::state>(session.db(), image.id, ImageState::kPending);
    return image.id;
}

ImageId start(Session& session, const CreateRestoreImageTaskRequest& request, const Wish& wish,
              const StoredImageReader& object)
{
    const auto& stored = object.image();
    require_room(session, size_gib_of(stored));
    std::vector<SnapshotRow> snapshots;
    std::vector<SnapshotId> ids;
    for (const auto& disk : stored.disks) {
        ids.push_back(snapshots.emplace_back(make_snapshot(session, disk, wish)).id);
    }
    RestoreImageTaskRow task;
    task.id = session.next_id<RestoreImageTaskId>();
    task.region = session.region();
    task.owner = session.account();
    task.image_id = make_image(session, stored, wish, snapshots);
    task.bucket = request.bucket;
    task.object_key = request.object_key;
    task.etag = object.etag();
    task.size_gib = size_gib_of(stored);
    insert_restore_image_task(session.db(), task, ids);
    session.schedule(kRestoreImageTaskInProgress, kRestoreImage, task.id.text());
    return task.image_id;
}

// Source: EC2 API Reference, CreateRestoreImageTask (documented).
CreateRestoreImageTaskResponse create_restore_image_task(
    ByteSession& session, const CreateRestoreImageTaskRequest& request)
{
    const auto wish = check_request(request);
    stop_if_dry_run(request);
    std::unique_ptr<ObjectBytes> bytes;
    session.read(
        [&](Session& rows) { bytes = open_task_object(rows, request.bucket, request.object_key); });
    const StoredImageReader object(std::move(bytes));
    CreateRestoreImageTaskResponse response;
    session.write(
        [&](Session& rows) { response.image_id = start(rows, request, wish, object).text(); });
    return response;
}

/// Gives the snapshot its bytes; false when it has gone.
bool fill_snapshot(Session& session, const SnapshotId& id, LayerId layer)
{
    const auto row = select_snapshot(session.db(), session.region(), id);
    if (!row || row->state != SnapshotState::kPending) {
        return false;
    }
    keep_sealed_layer(session, layer);
    set_member<kSnapshotColumns, &SnapshotRow::layer_id>(session.db(), id, layer);
    complete_snapshot(session.db(), id, session.now_ms());
    session.after_commit(
        [id](Generation& generation) { generation.stores().upkeep().count_snapshots_later({id}); });
    return true;
}

void fail_snapshot(Session& session, const SnapshotId& id, const std::string& why)
{
    const auto row = select_snapshot(session.db(), session.region(), id);
    if (row && row->state == SnapshotState::kPending) {
        set_member<kSnapshotColumns, &SnapshotRow::state>(session.db(), id, SnapshotState::kError);
        set_member<kSnapshotColumns, &SnapshotRow::status_message>(session.db(), id, why);
    }
}

bool is_pending(Session& session, const ImageId& id)
{
    const auto image = select_visible_image(session.db(), session.account(), session.region(), id);
    return image && image->state == ImageState::kPending;
}

/// No row names the layer.
void remove_layer_later(Session& session, LayerId layer)
{
    session.after_commit(
        [layer](Generation& generation) { generation.stores().blocks().remove_layer(layer); });
}

/// Moves an object's disks into snapshots.
class RestoreWork final : public BackgroundWork {
public:
    explicit RestoreWork(RestoreImageTaskRow task) : task_(std::move(task)) {}

    bool is_wanted(Session& session) override
    {
        return select_restore_image_task(session.db(), task_.id).has_value();
    }

    bool step(ByteSession& session) override
    {
        if (!object_) {
            begin(session);
            return true;
        }
        if (const auto piece = object_->next()) {
            open_disks(session, piece->disk + 1);
            upload_->write(piece->offset, piece->bytes);
            require_room(session);
            return true;
        }
        finish(session);
        return false;
    }

    void fail(Session& session, const std::string& why) override
    {
        drop(session);
        for (const auto& id : select_restore_image_task_snapshots(session.db(), task_.id)) {
            fail_snapshot(session, id, why);
        }
        if (is_pending(session, task_.image_id)) {
            // Source: the code is assumed.
            fail_image(session.db(), task_.image_id, "Client.RestoreImageTaskFailed", why);
        }
        delete_restore_image_task(session.db(), task_.id);
        session.cancel_transitions(task_.id.text());
    }

    void drop(Session& session) override
    {
        upload_.reset();
        for (const auto layer : layers_) {
            remove_layer_later(session, layer);
        }
    }

private:
    void begin(ByteSession& session)
    {
        std::unique_ptr<ObjectBytes> bytes;
        session.read(
            [&](Session& rows) { bytes = open_task_object(rows, task_.bucket, task_.object_key); });
        if (bytes->etag() != task_.etag) {
            throw stored_image_damaged("it is another one than when its restore began");
        }
        object_.emplace(std::move(bytes));
        generation_ = session.generation().shared_from_this();
        held_.emplace(generation_->stores().held_bytes(), task_.owner);
    }

    /// Throws when the account may not hold what it has become.
    void require_room(ByteSession& session)
    {
        const auto most = generation_->stores().held_bytes().most();
        if (!most ||
            held_->note(sealed_bytes_ + session.blocks().allocated_bytes(layers_.back()))) {
            return;
        }
        session.read([&](Session& rows) {
            throw too_many_bytes(
                rows.services(),
                {rows.services().named("ec2")->schema, CreateRestoreImageTaskRequest::kOperation},
                *most);
        });
    }

    /// Seals the disk that is being written, and opens those up to the one before `end`.
    void open_disks(ByteSession& session, std::size_t end)
    {
        while (layers_.size() < end) {
            if (upload_) {
                upload_->seal();
                sealed_bytes_ += session.blocks().allocated_bytes(layers_.back());
            }
            const auto gib = object_->image().disks[layers_.size()].size_gib;
            layers_.push_back(session.blocks().new_layer_id());
            upload_ = session.blocks().open_upload({layers_.back()},
                                                   static_cast<std::uint64_t>(gib) * kGiB);
        }
    }

    void finish(ByteSession& session)
    {
        open_disks(session, object_->image().disks.size());
        upload_->seal();
        upload_.reset();
        session.write([&](Session& rows) {
            rows.cancel_transitions(task_.id.text());
            const auto snapshots = select_restore_image_task_snapshots(rows.db(), task_.id);
            for (std::size_t i = 0; i < layers_.size(); ++i) {
                if (i >= snapshots.size() || !fill_snapshot(rows, snapshots[i], layers_[i])) {
                    remove_layer_later(rows, layers_[i]);
                }
            }
            if (is_pending(rows, task_.image_id)) {
                rows.schedule_at(rows.now_ms(), kImageAvailable, task_.image_id.text());
            }
            delete_restore_image_task(rows.db(), task_.id);
        });
    }

    const RestoreImageTaskRow task_;
    std::optional<StoredImageReader> object_;
    std::shared_ptr<Generation> generation_;
    std::optional<HeldBytes::Upload> held_;
    std::uint64_t sealed_bytes_ = 0;
    /// Of the disks that have been opened, and the last one's.
    std::vector<LayerId> layers_;
    std::unique_ptr<UploadLayer> upload_;
};

void restore_image(Session& session, const RestoreImageTaskId& id)
{
    if (auto row = select_restore_image_task(session.db(), id)) {
        auto owner = owner_caller(row->owner, row->region);
        begin_background_work(session, kRestoreImage, id.text(), std::move(owner),
                              std::make_shared<RestoreWork>(std::move(*row)));
    }
}

constexpr Operation kOperations[] = {
    move_bytes<create_restore_image_task>(kCreateRestoreImageTask),
};

constexpr DueRow kDue[] = {when<restore_image>(kRestoreImage)};

constexpr Delay kDelays[] = {kRestoreImageTaskInProgress};

}  // namespace

constinit const Family kRestoreImageTasks{
    .operations = kOperations, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
