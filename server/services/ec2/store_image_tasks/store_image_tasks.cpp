#include "server/services/ec2/store_image_tasks/store_image_tasks.h"

#include <algorithm>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include "server/calls/background_work.h"
#include "server/calls/owner_caller.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/task_objects.h"
#include "server/services/ec2/snapshots/snapshot_bytes.h"
#include "server/services/ec2/store_image_tasks/image_source.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/store_image_tasks/store_image_tasks.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "storage/metadata/store_image_tasks/store_image_task_rows.h"

namespace amilab::ec2 {

namespace {

// Source: "limited to 1,200 GB of EBS snapshot data per account" (documented).
constexpr std::int64_t kMostStoredGibAtOnce = 1200;
// Source: of an object (documented).
constexpr std::size_t kMostObjectTags = 10;
// Source: "Up to 20 AMI IDs" (documented).
constexpr std::size_t kMostImages = 20;

/// Source: a key with nothing is a tag too (documented of S3); the refusals are those of EC2's tags
/// (assumed).
std::vector<TagRow> read_object_tags(const std::vector<S3ObjectTag>& given)
{
    std::vector<TagRow> tags;
    for (const auto& tag : given) {
        if (!tag.key) {
            throw tag_without_key();
        }
        tags.push_back({*tag.key, tag.value.value_or("")});
    }
    check_tags(tags);
    if (tags.size() > kMostObjectTags) {
        throw too_many_given(tags.size(), kMostObjectTags, "tags of an S3 object");
    }
    return tags;
}

/// Source: documented; the refusal is assumed.
void require_room(Session& session)
{
    const auto under_way = sum_store_image_task_gib(session.db(), session.account());
    if (under_way >= kMostStoredGibAtOnce) {
        throw ApiError("ResourceLimitExceeded",
                       fmt::format("{} GiB are being stored; more than {} GiB at a time are not.",
                                   under_way, kMostStoredGibAtOnce));
    }
}

/// Texts whose order is that of time, backwards.
std::string place_of(TimeMs start_ms)
{
    return fmt::format("{:019}", std::numeric_limits<TimeMs>::max() - start_ms);
}

StoreImageTaskRow make_row(Session& session, const CreateStoreImageTaskRequest& request,
                           const ImageId& id)
{
    StoreImageTaskRow row;
    row.id = session.next_id<StoreImageTaskId>();
    row.region = session.region();
    row.owner = session.account();
    row.place = place_of(session.now_ms());
    row.image_id = id;
    row.bucket = request.bucket;
    // Source: "the same ID as the AMI, but with a .bin extension" (documented).
    row.object_key = id.text() + ".bin";
    row.start_time_ms = session.now_ms();
    row.due_ms = session.due_ms(kStoreImageTaskInProgress);
    return row;
}

// Source: EC2 API Reference, CreateStoreImageTask (documented). An object of the same key is
// replaced (assumed).
CreateStoreImageTaskResponse create_store_image_task(Session& session,
                                                     const CreateStoreImageTaskRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    const auto tags = read_object_tags(request.s3_object_tags);
    stop_if_dry_run(request);

    const auto source = require_storable_image(session, id);
    require_task_bucket(session, request.bucket, BucketUse::kWrite);
    auto row = make_row(session, request, id);
    row.size_gib = size_gib_of(source.image);
    if (is_image_being_stored(session.db(), row.owner, row.bucket, row.object_key)) {
        throw invalid_request(
            fmt::format("The image '{}' is being stored in the bucket {}.", id.text(), row.bucket));
    }
    require_room(session);
    insert_store_image_task(session.db(), row, tags);
    session.schedule_at(row.due_ms, kStoreImage, row.id.text());
    return {.object_key = row.object_key};
}

/// Source: which metadata the object has is documented, their names in part; the last one's is
/// assumed.
ObjectFacts facts_of(const ImageRow& image, const std::vector<TagRow>& tags, TimeMs now_ms)
{
    ObjectFacts facts;
    facts.metadata = {
        {"ami-name", to_metadata(image.name)},
        {"ami-description", to_metadata(image.description.value_or(""))},
        {"ami-registered-date", wire::format_timestamp({image.creation_time_ms})},
        {"ami-owner-account", image.owner},
        {"ami-store-date", wire::format_timestamp({now_ms})},
    };
    for (const auto& tag : tags) {
        facts.tags.emplace_back(tag.key, tag.value);
    }
    return facts;
}

/// Moves an image's disks into an object.
class StoreWork final : public BackgroundWork {
public:
    explicit StoreWork(StoreImageTaskRow task) : task_(std::move(task)) {}

    bool is_wanted(Session& session) override
    {
        const auto row = select_store_image_task(session.db(), task_.id);
        return row && row->state == StoreImageTaskState::kInProgress;
    }

    bool step(ByteSession& session) override
    {
        if (!writer_) {
            begin(session);
            return true;
        }
        while (!disks_.empty()) {
            auto& disk = *disks_.front();
            if (const auto piece = disk.next()) {
                writer_->write(index_, piece->offset, piece->bytes);
                report(session, behind_ + piece->offset + piece->bytes.size());
                return true;
            }
            behind_ += disk.size_bytes();
            disks_.erase(disks_.begin());
            ++index_;
        }
        finish(session);
        return false;
    }

    void fail(Session& session, const std::string& why) override
    {
        end_store_image_task(session.db(), task_.id, why);
        session.cancel_transitions(task_.id.text());
    }

    /// The object goes by itself.
    void drop(Session& /*session*/) override {}

private:
    void begin(ByteSession& session)
    {
        std::unique_ptr<NewObject> object;
        ImageSource source;
        session.read([&](Session& rows) {
            source = require_storable_image(rows, task_.image_id);
            object = begin_task_object(rows, task_.bucket, task_.object_key);
            open_disks(rows, source);
        });
        image_ = source.image.row;
        writer_.emplace(std::move(object), source.image);
    }

    void open_disks(Session& session, const ImageSource& source)
    {
        for (const auto& snapshot : source.snapshots) {
            const auto size = static_cast<std::uint64_t>(snapshot.volume_size_gib) * kGiB;
            disks_.push_back(
                std::make_unique<DiskWalk>(open_snapshot_bytes(session, snapshot), size));
            total_ += size;
        }
    }

    void report(ByteSession& session, std::uint64_t done)
    {
        constexpr std::int64_t kMost = 99;
        const auto percent = std::min(kMost, static_cast<std::int64_t>(done * 100 / total_));
        if (percent > percent_) {
            percent_ = percent;
            session.write(
                [&](Session& rows) { set_store_image_task_percent(rows.db(), task_.id, percent); });
        }
    }

    void finish(ByteSession& session)
    {
        auto& object = writer_->finish();
        session.write([&](Session& rows) {
            rows.cancel_transitions(task_.id.text());
            if (is_wanted(rows)) {
                const auto tags = select_store_image_task_tags(rows.db(), task_.id);
                store_task_object(rows, CreateStoreImageTaskRequest::kOperation, task_.bucket,
                                  object, facts_of(image_, tags, rows.now_ms()));
                end_store_image_task(rows.db(), task_.id, std::nullopt);
            }
        });
    }

    const StoreImageTaskRow task_;
    ImageRow image_;
    std::optional<StoredImageWriter> writer_;
    std::vector<std::unique_ptr<DiskWalk>> disks_;  ///< that are left
    std::size_t index_ = 0;
    std::uint64_t behind_ = 0;  ///< bytes of the others
    std::uint64_t total_ = 0;
    std::int64_t percent_ = 0;
};

void store_image(Session& session, const StoreImageTaskId& id)
{
    auto row = select_store_image_task(session.db(), id);
    if (row && row->state == StoreImageTaskState::kInProgress) {
        auto owner = owner_caller(row->owner, row->region);
        begin_background_work(session, kStoreImage, id.text(), std::move(owner),
                              std::make_shared<StoreWork>(std::move(*row)));
    }
}

/// Source: filters are ignored beside ids (documented); ids of no task are no error (assumed).
void add_images(Session& /*session*/, const DescribeStoreImageTasksRequest& request,
                ListQuery& wanted)
{
    const auto& ids = request.image_ids;
    check_ids<ImageId>(ids);
    if (ids.size() > kMostImages) {
        throw too_many_given(ids.size(), kMostImages, "AMI IDs");
    }
    if (!ids.empty()) {
        refuse_page_with_ids(true, request.max_results, "imageIds");
        wanted.filters.clear();
        wanted.among.emplace_back("t.image_id", ids);
    }
}

std::vector<StoreImageTaskResult> to_answers(Session& /*session*/,
                                             std::vector<StoreImageTaskRow>&& rows)
{
    std::vector<StoreImageTaskResult> answers;
    for (auto& row : rows) {
        answers.push_back({.ami_id = row.image_id.text(),
                           .bucket = std::move(row.bucket),
                           .progress_percentage = row.progress_percent,
                           .s3object_key = std::move(row.object_key),
                           .store_task_failure_reason = std::move(row.failure),
                           .store_task_state = std::string(text_of(row.state)),
                           .task_start_time = Timestamp{row.start_time_ms}});
    }
    return answers;
}

std::string key_of(const StoreImageTaskRow& row)
{
    return fmt::format("{}/{}", row.place, row.id.text());
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeStoreImageTasks,
    .refine = &add_images,
    .select = &select_page<kStoreImageTaskList>,
    .key = &key_of,
    .answers = &to_answers,
    .into = &DescribeStoreImageTasksResponse::store_image_task_results};

// Source: EC2 API Reference, DescribeStoreImageTasks (documented).
DescribeStoreImageTasksResponse describe_store_image_tasks(
    Session& session, const DescribeStoreImageTasksRequest& request)
{
    return describe<kDescribe>(session, request);
}

constexpr Operation kOperations[] = {
    write<create_store_image_task>(kCreateStoreImageTask),
    read<describe_store_image_tasks>(kDescribeStoreImageTasks),
};

constexpr DueRow kDue[] = {when<store_image>(kStoreImage)};

constexpr Delay kDelays[] = {kStoreImageTaskInProgress};

}  // namespace

constinit const Family kStoreImageTasks{.operations = kOperations, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
