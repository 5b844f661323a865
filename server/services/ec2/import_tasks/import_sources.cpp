#include "server/services/ec2/import_tasks/import_sources.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "server/calls/errors.h"
#include "server/calls/layers.h"
#include "server/calls/new_snapshot.h"
#include "server/calls/owner_caller.h"
#include "server/calls/ports.h"
#include "server/calls/request_values.h"
#include "server/calls/services.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "server/wire/parameters.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"

namespace amilab::ec2 {

ObjectPlace parse_place(const std::optional<UserBucket>& bucket,
                        const std::optional<std::string>& url)
{
    if (bucket && url) {
        throw invalid_parameter_combination("UserBucket and Url cannot be in one request.");
    }
    if (url) {
        constexpr std::string_view kScheme = "s3://";
        const auto slash = url->find('/', kScheme.size());
        if (!url->starts_with(kScheme) || slash == std::string::npos || slash == kScheme.size() ||
            slash + 1 == url->size()) {
            throw invalid_source_location();
        }
        return {.bucket = url->substr(kScheme.size(), slash - kScheme.size()),
                .key = url->substr(slash + 1),
                .url = url};
    }
    if (!bucket || !is_given(bucket->s3_bucket)) {
        throw missing_parameter("S3Bucket");
    }
    if (!is_given(bucket->s3_key)) {
        throw missing_parameter("S3Key");
    }
    return {.bucket = *bucket->s3_bucket, .key = *bucket->s3_key};
}

std::optional<std::string> parse_image_format(const std::optional<std::string>& format)
{
    if (!is_given(format)) {
        return std::nullopt;
    }
    auto capitals = *format;
    std::ranges::transform(capitals, capitals.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    const auto known = find_word<DiskFileFormat>(capitals);
    if (!known || *known == DiskFileFormat::kQcow2) {
        throw unknown_image_format(*format);
    }
    return capitals;
}

void as_owner(Session& session, const std::string& account, const std::string& region,
              const std::function<void(Session&)>& work)
{
    const auto owner = owner_caller(account, region);
    const wire::Parameters none("");
    Session theirs({session.services(), session.generation(), owner, none, session.request_id()},
                   session.db(), session.ids());
    if (!session.may_wait()) {
        theirs.forbid_waiting();
    }
    theirs.schedule_for(account);
    work(theirs);
    session.adopt(theirs);
}

void require_bucket_here(Session& session, const ObjectPlace& place)
{
    as_owner(session, session.account(), session.region(), [&](Session& theirs) {
        const auto& store = *session.services().ports().objects;
        try {
            const auto bucket = store.require_bucket(theirs, place.bucket, BucketUse::kRead);
            if (bucket.region != session.region()) {
                throw source_not_in_region();
            }
        } catch (const ApiError& error) {
            constexpr int kNotFound = 404;
            if (error.http_status == kNotFound) {
                throw invalid_source_location();
            }
            constexpr int kForbidden = 403;
            if (error.http_status != kForbidden) {
                throw;
            }
            // The task is told so, when it reads.
        }
    });
}

FoundDisks open_disks(Session& session, const std::vector<WantedDisk>& disks)
{
    const auto& store = *session.services().ports().objects;
    FoundDisks found;
    for (const auto& disk : disks) {
        try {
            auto object = store.open(session, disk.place.bucket, disk.place.key);
            found.sources.push_back({.object = std::move(object)});
        } catch (const ApiError& error) {
            found.failure = source_not_readable(error.http_status);
            return found;
        }
        if (disk.format) {
            found.sources.back().format = to_word<DiskFileFormat>(*disk.format);
        }
    }
    return found;
}

FoundDisks open_disks_again(Session& session, const std::vector<WantedDisk>& disks)
{
    auto found = open_disks(session, disks);
    for (std::size_t i = 0; i < found.sources.size() && found.failure.empty(); ++i) {
        if (found.sources[i].object->etag() != disks[i].etag) {
            found.failure = source_changed();
        }
    }
    return found;
}

namespace {

/// Source: the words are documented ("pending", "validating") and observed; when each is said is
/// assumed.
std::string_view message_at(int percent, std::string_view at_work)
{
    constexpr int kConverting = 20;
    if (percent < kValidating) {
        return "pending";
    }
    return percent < kConverting ? "validating" : at_work;
}

}  // namespace

ImportProgress progress_of(Session& session, const std::string& task_id, TimeMs start_ms,
                           TimeMs due_ms, std::string_view at_work)
{
    constexpr TimeMs kAll = 100;
    constexpr int kMost = 99;
    const auto gone_ms = std::clamp<TimeMs>(session.now_ms() - start_ms, 0, due_ms - start_ms);
    const auto by_time = due_ms > start_ms ? gone_ms * kAll / (due_ms - start_ms) : kAll;
    const auto by_bytes = session.generation().companions().get<ImportsUnderWay>().percent(task_id);
    const auto percent = std::min({static_cast<int>(by_time), by_bytes, kMost});
    return {.percent = percent, .message = message_at(percent, at_work)};
}

namespace {

}  // namespace

std::int64_t size_in_gib(const ImportedDisk& disk)
{
    return static_cast<std::int64_t>((disk.size_bytes + kGiB - 1) / kGiB);
}

// Source: "Created by AWS-VMImport service for import-snap-..." (observed).
SnapshotRow make_imported_snapshot(Session& session, const ImportedDisk& disk,
                                   std::string_view task_id, const EncryptionWish& encryption)
{
    auto id = session.next_id<SnapshotId>();
    auto encrypted = encrypt_volume(session, encryption, nullptr, id.text());
    keep_sealed_layer(session, disk.layer);
    return new_snapshot(
        session, {.id = std::move(id),
                  .start = SnapshotStart::kCompleted,
                  .layer_id = disk.layer,
                  .volume_size_gib = size_in_gib(disk),
                  .description = fmt::format("Created by AWS-VMImport service for {}", task_id),
                  .encryption = std::move(encrypted)});
}

void end_work(Session& session, const std::string& task_id)
{
    session.after_commit([task_id](Generation& generation) {
        const auto outcome = generation.companions().get<ImportsUnderWay>().forget(task_id);
        if (!outcome) {
            return;
        }
        auto reader = generation.reader();
        for (const auto& disk : outcome->disks) {
            if (!layer_exists(reader.db(), disk.layer)) {
                generation.stores().blocks().remove_layer(disk.layer);
            }
        }
    });
}

}  // namespace amilab::ec2
