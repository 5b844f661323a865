#include "server/services/ec2/conversion_tasks/conversion_work.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "server/calls/account_limits.h"
#include "server/calls/background_work.h"
#include "server/calls/layers.h"
#include "server/calls/owner_caller.h"
#include "server/calls/services.h"
#include "server/services/ec2/common/disk_mover.h"
#include "server/services/ec2/common/task_objects.h"
#include "server/services/ec2/conversion_tasks/conversion_launches.h"
#include "server/services/ec2/conversion_tasks/errors.h"
#include "server/services/ec2/conversion_tasks/import_manifest.h"
#include "server/services/ec2/conversion_tasks/parted_image.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "server/services/ec2/volumes/new_volumes.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/disk_formats/disk_reader.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/upkeep.h"

namespace amilab::ec2 {

namespace {

/// When a task whose parts are not all there looks again: the longer it has waited, the later.
TimeMs next_look_ms(const Session& session, const ConversionTaskRow& row)
{
    const auto waited_ms = session.now_ms() - row.start_time_ms;
    return session.now_ms() + std::clamp(waited_ms / 10, kSecondMs, kMinuteMs);
}

bool is_missing(const ApiError& refusal)
{
    return refusal.code == "NoSuchKey";
}

std::unique_ptr<ObjectBytes> open_url(ByteSession& session, std::string_view url)
{
    std::unique_ptr<ObjectBytes> object;
    session.read([&](Session& rows) { object = open_object_url(rows, url); });
    return object;
}

ImportManifest read_manifest(ByteSession& session, const std::string& url)
{
    std::unique_ptr<ObjectBytes> object;
    try {
        object = open_url(session, url);
    } catch (const ApiError& refusal) {
        throw manifest_not_readable(refusal);
    }
    if (object->size_bytes() > kMostImportManifestBytes) {
        throw manifest_not_valid(
            fmt::format("it has more than {} bytes.", kMostImportManifestBytes));
    }
    std::string text(static_cast<std::size_t>(object->size_bytes()), '\0');
    object->read(0, std::as_writable_bytes(std::span(text)));
    return parse_import_manifest(text);
}

/// What the call has said and the manifest says is one thing. Source: assumed.
void require_as_told(const ImportManifest& manifest, const ConversionTaskRow& row)
{
    if (manifest.format != row.format) {
        throw manifest_not_valid(fmt::format("its file-format is {} and the request's is {}.",
                                             text_of(manifest.format), text_of(row.format)));
    }
    if (manifest.size_bytes != static_cast<std::uint64_t>(row.image_bytes)) {
        throw manifest_not_valid(fmt::format("its size is {} and the request's is {}.",
                                             manifest.size_bytes, row.image_bytes));
    }
    if (manifest.volume_size_gib != row.volume_size_gib) {
        throw manifest_not_valid(fmt::format("its volume-size is {} and the request's is {}.",
                                             manifest.volume_size_gib, row.volume_size_gib));
    }
}

void make_volume(Session& session, const ConversionTaskRow& row, LayerId layer)
{
    NewVolume wanted{.zone = row.zone,
                     .spec = complete_volume_spec({.volume_type = std::string(kImportedVolumeType),
                                                   .size_gib = row.volume_size_gib,
                                                   .iops = std::nullopt,
                                                   .throughput = std::nullopt})};
    wanted.layer = layer;
    wanted.id = row.volume_id;
    new_volume(session, wanted);
}

/// Whatever is made, is made with the layer's row.
void make_results(Session& session, ConversionTaskRow& row, LayerId layer)
{
    keep_sealed_layer(session, layer);
    // The volume's own alone, once it is on the disk.
    session.after_commit([layer](Generation& generation) {
        generation.stores().upkeep().add(Upkeep::Kind::kMerge, layer);
    });
    if (row.kind == ConversionKind::kVolume) {
        make_volume(session, row, layer);
        return;
    }
    make_imported_instance(session, machine_of(row), *row.instance_id, layer);
    row.volume_id = select_attachments_of(session.db(), *row.instance_id).front().volume_id;
}

std::string_view operation_of(const ConversionTaskRow& row)
{
    return row.kind == ConversionKind::kInstance ? ImportInstanceRequest::kOperation
                                                 : ImportVolumeRequest::kOperation;
}

class ConversionWork final : public BackgroundWork {
public:
    explicit ConversionWork(ConversionTaskRow task) : task_(std::move(task)) {}

    bool is_wanted(Session& session) override { return select_active(session).has_value(); }

    bool step(ByteSession& session) override
    {
        session_ = &session;
        try {
            return do_piece(session);
        } catch (const DiskImageError& error) {
            throw ApiError("ClientError", message_of(error, task_.format));
        }
    }

    void fail(Session& session, const std::string& why) override
    {
        drop(session);
        if (auto row = select_active(session)) {
            // Source: that failed tasks are cancelled, and how the message begins (observed).
            constexpr std::string_view kClientError = "ClientError: ";
            row->state = ConversionTaskState::kCancelled;
            row->status_message =
                why.starts_with(kClientError) ? why : std::string(kClientError) + why;
            end_conversion_task(session, *row);
        }
    }

    /// No row names the layer. A write that is not committed is done again, or ends in fail().
    void drop(Session& session) override
    {
        if (!layer_) {
            return;
        }
        reader_.reset();
        upload_.reset();
        session.after_commit([layer = *layer_](Generation& generation) {
            generation.stores().blocks().remove_layer(layer);
        });
    }

private:
    bool do_piece(ByteSession& session)
    {
        if (!manifest_) {
            begin(session);
            return true;
        }
        if (found_ < manifest_->parts.size()) {
            return find_parts(session);
        }
        if (!reader_) {
            open_disk(session);
            return true;
        }
        if (mover_.step(*reader_, *upload_)) {
            require_room(session);
            report(session);
            return true;
        }
        finish(session);
        return false;
    }

    std::optional<ConversionTaskRow> select_active(Session& session) const
    {
        auto row = select_conversion_task(session.db(), task_.id);
        return row && row->state == ConversionTaskState::kActive ? std::move(row) : std::nullopt;
    }

    void begin(ByteSession& session)
    {
        auto manifest = read_manifest(session, task_.manifest_url);
        require_as_told(manifest, task_);
        manifest_ = std::move(manifest);
        found_ = std::min(static_cast<std::size_t>(task_.parts_found), manifest_->parts.size());
    }

    std::unique_ptr<ObjectBytes> open_part(ByteSession& session, std::size_t index) const
    {
        const auto& parts = manifest_->parts;
        auto object = open_url(session, parts[index].get_url);
        const auto told_bytes = parts[index].end - (index == 0 ? 0 : parts[index - 1].end);
        if (object->size_bytes() != told_bytes) {
            throw part_has_other_size(index, told_bytes, object->size_bytes());
        }
        return object;
    }

    /// Looks whether parts are there, a few at a time; false to wait for one that is not. Source:
    /// clients upload parts behind the call, until the task expires (documented).
    bool find_parts(ByteSession& session)
    {
        constexpr std::size_t kAtOnce = 16;
        const auto end = std::min(found_ + kAtOnce, manifest_->parts.size());
        for (; found_ < end; ++found_) {
            try {
                open_part(session, found_);
            } catch (const ApiError& refusal) {
                if (!is_missing(refusal)) {
                    throw of_part(found_, refusal);
                }
                wait(session);
                return false;
            }
        }
        return true;
    }

    /// What S3 says of a part, as the task says it; what the task says, as it is.
    static ApiError of_part(std::size_t index, const ApiError& refusal)
    {
        return refusal.code == "ClientError" ? refusal : part_not_readable(index, refusal);
    }

    void wait(ByteSession& session)
    {
        session.write([&](Session& rows) {
            auto row = select_active(rows);
            if (!row) {
                return;
            }
            row->parts_found = static_cast<std::int64_t>(found_);
            if (rows.now_ms() >= row->expiration_time_ms) {
                row->state = ConversionTaskState::kCancelled;
                row->status_message = upload_has_expired();
                return end_conversion_task(rows, *row);
            }
            update_conversion_task(rows.db(), *row);
            rows.cancel_transitions(row->id);
            rows.schedule_at(next_look_ms(rows, *row), kConvert, row->id);
        });
    }

    /// A part that was there.
    std::unique_ptr<ObjectBytes> reopen_part(std::size_t index) const
    {
        try {
            return open_part(*session_, index);
        } catch (const ApiError& refusal) {
            throw is_missing(refusal) ? part_has_gone(index) : of_part(index, refusal);
        }
    }

    void open_disk(ByteSession& session)
    {
        image_.emplace(*manifest_, [this](std::size_t index) { return reopen_part(index); });
        auto reader = open_disk_reader(task_.format, *image_);
        const auto volume_bytes = static_cast<std::uint64_t>(task_.volume_size_gib) * kGiB;
        if (reader->size_bytes() > volume_bytes) {
            throw disk_does_not_fit(reader->size_bytes(), task_.volume_size_gib);
        }
        generation_ = session.generation().shared_from_this();
        held_.emplace(generation_->stores().held_bytes(), task_.owner);
        layer_ = session.blocks().new_layer_id();
        upload_ = session.blocks().open_upload({*layer_}, volume_bytes);
        reader_ = std::move(reader);
    }

    LimitedCall limited(const Session& session) const
    {
        return {session.services().named("ec2")->schema, operation_of(task_)};
    }

    /// Throws when the account may not hold what it has become.
    void require_room(ByteSession& session)
    {
        const auto most = session.generation().stores().held_bytes().most();
        if (most && !held_->note(session.blocks().allocated_bytes(*layer_))) {
            session.read([&](Session& rows) {
                throw too_many_bytes(rows.services(), limited(rows), *most);
            });
        }
    }

    /// Source: "Progress: 38%" (observed in what users of ec2-describe-conversion-tasks show).
    void report(ByteSession& session)
    {
        constexpr int kMost = 99;
        const auto percent = std::min(reader_->percent(), kMost);
        if (percent <= percent_) {
            return;
        }
        percent_ = percent;
        session.write([&](Session& rows) {
            if (auto row = select_active(rows)) {
                row->parts_found = static_cast<std::int64_t>(found_);
                row->bytes_converted = row->image_bytes / 100 * percent;
                row->status_message = fmt::format("Progress: {}%", percent);
                update_conversion_task(rows.db(), *row);
            }
        });
    }

    void finish(ByteSession& session)
    {
        upload_->seal();
        upload_.reset();
        session.write([&](Session& rows) {
            auto row = select_active(rows);
            if (!row) {
                drop(rows);
                return;
            }
            within_limits(rows, limited(rows), [&] { make_results(rows, *row, *layer_); });
            row->state = ConversionTaskState::kCompleted;
            row->status_message.reset();
            row->bytes_converted = row->image_bytes;
            end_conversion_task(rows, *row);
        });
    }

    const ConversionTaskRow task_;
    /// Of the step that is done.
    ByteSession* session_ = nullptr;
    std::optional<ImportManifest> manifest_;
    /// How many parts have been seen to be there.
    std::size_t found_ = 0;
    std::optional<PartedImage> image_;
    std::unique_ptr<DiskReader> reader_;
    DiskMover mover_;
    std::shared_ptr<Generation> generation_;  // outlives what is held of it
    std::optional<HeldBytes::Upload> held_;
    std::optional<LayerId> layer_;
    std::unique_ptr<UploadLayer> upload_;
    int percent_ = 0;
};

}  // namespace

void convert(Session& session, const std::string& id)
{
    auto row = select_conversion_task(session.db(), id);
    if (row && row->state == ConversionTaskState::kActive) {
        auto owner = owner_caller(row->owner, row->region);
        begin_background_work(session, kConvert, id, std::move(owner),
                              std::make_shared<ConversionWork>(std::move(*row)));
    }
}

void end_conversion_task(Session& session, ConversionTaskRow& row)
{
    update_conversion_task(session.db(), row);
    session.cancel_transitions(row.id);
    session.schedule_at(std::max(row.expiration_time_ms, session.now_ms() + kHourMs),
                        kConversionTaskGone, row.id);
}

}  // namespace amilab::ec2
