#include "server/control/transfer.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/json.hpp>

#include "server/calls/account_limits.h"
#include "server/calls/encryption.h"
#include "server/calls/errors.h"
#include "server/calls/layers.h"
#include "server/calls/new_snapshot.h"
#include "server/calls/settle.h"
#include "server/control/extents_stream.h"
#include "server/control/query.h"
#include "server/http/message.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/free_image_names.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/images/image_names.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "storage/base/storage_error.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/metadata/volumes/volume_rows.h"
#include "storage/state/generation.h"
#include "storage/state/space.h"
#include "storage/state/stores.h"

namespace amilab::control {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

/// An import is refused as EC2 would refuse to import an image.
LimitedCall import_call(const Services& services)
{
    return {services.named("ec2")->schema, "ImportImage"};
}

asio::awaitable<void> read_fully(BodySource& body, std::span<std::byte> out)
{
    while (!out.empty()) {
        const auto count = co_await body.read_some(out);
        if (count == 0) {
            throw http::HttpError(400, "the extents stream ends before its last frame");
        }
        out = out.subspan(count);
    }
}

/// What comes behind the last frame would be lost, and a body that breaks off there is not whole.
asio::awaitable<void> require_end(BodySource& body)
{
    std::array<std::byte, 1> more;
    if (co_await body.read_some(more) != 0) {
        throw http::HttpError(400, "the extents stream goes on behind its last frame");
    }
}

/// An upload that is held to what its account may hold, while nothing but its files tells of it.
class LimitedUpload {
public:
    LimitedUpload(const Services& services, Generation& generation, const std::string& account,
                  std::shared_ptr<UploadLayer> upload)
        : services_(services),
          generation_(generation),
          held_(generation.stores().held_bytes(), account),
          upload_(std::move(upload))
    {
    }

    void write(std::uint64_t offset, std::span<const std::byte> bytes)
    {
        require_room();
        upload_->write(offset, bytes);
    }
    void append(std::span<const std::byte> bytes)
    {
        require_room();
        upload_->append(bytes);
    }
    std::uint64_t appended_bytes() const { return upload_->appended_bytes(); }
    void seal()
    {
        upload_->seal();
        require_room();
    }

private:
    void require_room()
    {
        const auto most = generation_.stores().held_bytes().most();
        if (most && !held_.note(generation_.stores().blocks().allocated_bytes(upload_->id()))) {
            throw too_many_bytes(services_, import_call(services_), *most);
        }
    }

    const Services& services_;
    Generation& generation_;
    HeldBytes::Upload held_;
    std::shared_ptr<UploadLayer> upload_;
};

/// Returns the disk's size in bytes.
asio::awaitable<std::uint64_t> receive_extents(BodySource& body, LimitedUpload& upload,
                                               Workers& workers)
{
    std::vector<std::byte> chunk(kChunkBytes);
    std::uint64_t end_of_data = 0;
    for (;;) {
        FrameHeader header;
        co_await read_fully(body, header);
        const auto frame = parse_frame(header);
        auto offset = frame.offset;
        auto length = frame.length;
        if (offset > kMaxVolumeSize || length > kMaxVolumeSize - offset ||
            offset % kSectorSize != 0 || length % kSectorSize != 0) {
            throw http::HttpError(
                400,
                fmt::format("a frame of {} bytes at {}; expected multiples of 512 within 64 TiB",
                            length, offset));
        }
        end_of_data = std::max(end_of_data, offset + length);
        if (length == 0) {
            if (offset < end_of_data) {
                throw http::HttpError(400, fmt::format("a frame ends at {} of a disk of {} bytes",
                                                       end_of_data, offset));
            }
            co_await require_end(body);
            co_return offset;
        }
        while (length > 0) {
            const auto part = std::span(chunk).first(std::min<std::uint64_t>(length, kChunkBytes));
            co_await read_fully(body, part);
            co_await workers.run([&] { upload.write(offset, part); });
            offset += part.size();
            length -= part.size();
        }
    }
}

asio::awaitable<std::uint64_t> receive_raw(BodySource& body, LimitedUpload& upload,
                                           Workers& workers)
{
    std::vector<std::byte> chunk(kChunkBytes);
    for (;;) {
        const auto count = co_await body.read_some(chunk);
        if (count == 0) {
            co_return upload.appended_bytes();
        }
        if (count > kMaxVolumeSize - upload.appended_bytes()) {
            throw http::HttpError(413, "a disk has 64 TiB at most");
        }
        co_await workers.run([&] { upload.append(std::span(chunk).first(count)); });
    }
}

/// What the snapshot and the image are made with.
struct Import {
    Caller caller;
    ec2::RegisterImageRequest image;
};

/// A packed disk would be taken for the disk itself.
void require_plain_body(const RequestHeader& header)
{
    const auto coding = header.find("Content-Encoding").value_or("");
    if (!coding.empty() && !boost::algorithm::iequals(coding, "identity")) {
        throw http::HttpError(415, "an import takes no Content-Encoding; unpack the disk first");
    }
}

Import parse_import(const Emulator& emulator, const RequestHeader& header, Caller& caller)
{
    const RouteQuery query(header.query, {"name", "description", "architecture", "boot-mode",
                                          "root-device", "account", "access-key", "region"});
    caller = query.caller(emulator);
    require_plain_body(header);
    Import wanted;
    wanted.caller = caller;
    auto& image = wanted.image;
    image.name = query.require("name");
    ec2::check_image_name(image.name);
    image.description = query.find("description");
    ec2::check_description(image.description);
    image.architecture =
        query.find("architecture").value_or(std::string(text_of(Architecture::kX8664)));
    if (image.architecture != Architecture::kX8664 && image.architecture != Architecture::kArm64 &&
        image.architecture != Architecture::kI386) {
        throw invalid_value(*image.architecture, "architecture", "Expected x86_64, arm64 or i386.");
    }
    image.boot_mode = query.find("boot-mode");
    if (image.boot_mode && !find_word<BootMode>(*image.boot_mode)) {
        throw invalid_value(*image.boot_mode, "boot-mode",
                            "Expected legacy-bios, uefi or uefi-preferred.");
    }
    if (!image.boot_mode && image.architecture == Architecture::kArm64) {
        image.boot_mode = text_of(BootMode::kUefi);
    }
    image.root_device_name = query.find("root-device").value_or("/dev/xvda");
    image.virtualization_type = text_of(VirtualizationType::kHvm);
    image.ena_support = true;
    return wanted;
}

/// Refuses a name that is taken, and an account that has no room for more rows, before gigabytes
/// have travelled; register_disk() decides in the end.
void require_room(const Services& services, Generation& generation, const Import& wanted)
{
    constexpr std::int64_t kSnapshotAndImage = 2;
    if (generation.settings().account_limits().rows) {
        run_write(services, generation, wanted.caller, [&](Session& session) {
            require_room_for_rows(session, import_call(services), session.account(),
                                  kSnapshotAndImage);
        });
    }
    auto reader = generation.reader();
    ec2::require_free_image_name(reader.db(), wanted.caller.account, wanted.caller.region,
                                 wanted.image.name);
}

SnapshotRow make_snapshot(Session& session, LayerId layer, std::int64_t size_gib,
                          const std::string& name)
{
    keep_sealed_layer(session, layer);
    auto id = session.next_id<SnapshotId>();
    // Source: imported disks are encrypted where encryption by default is on (documented).
    auto encryption = encrypt_volume(session, {}, nullptr, id.text());
    return new_snapshot(session, {.id = std::move(id),
                                  .start = SnapshotStart::kCompleted,
                                  .layer_id = layer,
                                  .volume_size_gib = size_gib,
                                  .description = fmt::format("Imported for {}", name),
                                  .encryption = std::move(encryption)});
}

boost::json::object make_rows(Session& session, const Import& wanted, LayerId layer,
                              std::int64_t size_gib)
{
    const auto snapshot = make_snapshot(session, layer, size_gib, wanted.image.name);
    auto image = wanted.image;
    ec2::BlockDeviceMapping mapping;
    mapping.device_name = *image.root_device_name;
    mapping.ebs.emplace();
    mapping.ebs->snapshot_id = snapshot.id.text();
    mapping.ebs->volume_type = text_of(VolumeType::kGp3);
    mapping.ebs->delete_on_termination = true;
    image.block_device_mappings.push_back(std::move(mapping));
    return {{"image_id", *ec2::register_image(session, image).image_id},
            {"snapshot_id", snapshot.id.text()},
            {"volume_size_gib", size_gib}};
}

boost::json::object register_disk(const Services& services, Generation& generation,
                                  const Import& wanted, LayerId layer, std::int64_t size_gib)
{
    boost::json::object answer;
    run_write(services, generation, wanted.caller, [&](Session& session) {
        within_limits(session, import_call(services),
                      [&] { answer = make_rows(session, wanted, layer, size_gib); });
    });
    return answer;
}

/// What a snapshot, a volume or an image's root device reads as. Without layers: zeros.
struct OpenDisk {
    std::uint64_t size_bytes = 0;
    std::shared_ptr<Snapshot> snapshot;
    std::shared_ptr<Volume> volume;

    Extents extents() const
    {
        if (volume) {
            return volume->extents(0, size_bytes);
        }
        return snapshot->extents(0, size_bytes);
    }
    bool is_empty() const { return !volume && !snapshot; }
    void read(std::uint64_t offset, std::span<std::byte> out) const
    {
        volume ? volume->read(offset, out) : snapshot->read(offset, out);
    }
};

/// `row` is what was found of `id`.
OpenDisk open_snapshot_disk(Generation& generation, Database& db, const SnapshotId& id,
                            const std::optional<SnapshotRow>& row)
{
    if (!row) {
        throw ec2::not_found(id);
    }
    const auto direct = select_direct_snapshot(db, id);
    if (row->state == SnapshotState::kError || (direct && direct->open)) {
        throw ec2::snapshot_in_invalid_state(text_of(row->state));
    }
    if (is_archived(db, id, generation.timing().clock.now_ms())) {
        throw ec2::snapshot_is_archived(id);
    }
    OpenDisk disk;
    disk.size_bytes = static_cast<std::uint64_t>(row->volume_size_gib) * kGiB;
    if (row->layer_id) {
        disk.snapshot = generation.stores().blocks().open_snapshot(
            select_layer_chain(db, *row->layer_id), disk.size_bytes);
    }
    return disk;
}

OpenDisk open_disk(Generation& generation, const Caller& caller, std::string_view id)
{
    // Nobody writes meanwhile: no snapshot gives a volume another top.
    auto writer = generation.writer();
    auto& db = writer.db();
    if (const auto image_id = ImageId::from_text(id)) {
        const auto image = select_visible_image(db, caller.account, caller.region, *image_id);
        if (!image) {
            throw ec2::not_found(*image_id);
        }
        const auto mappings = select_image_mappings(db, *image_id);
        const auto* root = find_root_mapping(mappings, image->root_device_name);
        if (root != nullptr && root->snapshot_id) {
            // Whoever sees an image may read it, as he may launch it.
            const auto snapshot_id = SnapshotId::trusted(*root->snapshot_id);
            return open_snapshot_disk(generation, db, snapshot_id,
                                      select_snapshot(db, caller.region, snapshot_id));
        }
        throw ec2::image_unavailable(*image_id);
    }
    if (const auto volume_id = VolumeId::from_text(id)) {
        const auto row = select_volume(db, caller.account, caller.region, *volume_id);
        if (!row) {
            throw ec2::not_found(*volume_id);
        }
        if (!is_usable(row->state)) {
            throw ec2::incorrect_state(volume_id->text(), row->state);
        }
        OpenDisk disk;
        disk.size_bytes = static_cast<std::uint64_t>(row->size_gib) * kGiB;
        disk.volume = generation.stores().blocks().open_volume(
            select_layer_chain(db, row->layer_id), disk.size_bytes);
        return disk;
    }
    if (const auto snapshot_id = SnapshotId::from_text(id)) {
        return open_snapshot_disk(
            generation, db, *snapshot_id,
            select_visible_snapshot(db, caller.account, caller.region, *snapshot_id));
    }
    throw http::HttpError(
        400, fmt::format("{} is no id; expected {}-..., {}-... or {}-...", id, ImageTag::kPrefix,
                         SnapshotTag::kPrefix, VolumeTag::kPrefix));
}

asio::awaitable<void> send_bytes(const OpenDisk& disk, std::uint64_t offset, std::uint64_t length,
                                 BodySink& sink, Workers& workers)
{
    std::vector<std::byte> chunk(std::min<std::uint64_t>(length, kChunkBytes));
    while (length > 0) {
        const auto part = std::span(chunk).first(std::min<std::uint64_t>(length, chunk.size()));
        co_await workers.run([&] { disk.read(offset, part); });
        co_await sink.write(part);
        offset += part.size();
        length -= part.size();
    }
}

asio::awaitable<void> send_extents(const OpenDisk& disk, BodySink& sink, Workers& workers)
{
    if (!disk.is_empty()) {
        auto extents = disk.extents();
        while (const auto extent = co_await workers.run([&] { return extents.next(); })) {
            if (extent->kind == Extent::Kind::kData) {
                co_await sink.write(frame_header({extent->offset, extent->length}));
                co_await send_bytes(disk, extent->offset, extent->length, sink, workers);
            }
        }
    }
    co_await sink.write(frame_header({disk.size_bytes, 0}));
}

asio::awaitable<void> send_zeros(std::uint64_t length, BodySink& sink)
{
    const std::vector<std::byte> zeros(std::min<std::uint64_t>(length, kChunkBytes));
    while (length > 0) {
        const auto part = std::span(zeros).first(std::min<std::uint64_t>(length, zeros.size()));
        co_await sink.write(part);
        length -= part.size();
    }
}

asio::awaitable<void> send_raw(const OpenDisk& disk, BodySink& sink, Workers& workers)
{
    if (disk.is_empty()) {
        co_await send_zeros(disk.size_bytes, sink);
        co_return;
    }
    auto extents = disk.extents();
    while (const auto extent = co_await workers.run([&] { return extents.next(); })) {
        if (extent->kind == Extent::Kind::kData) {
            co_await send_bytes(disk, extent->offset, extent->length, sink, workers);
        } else {
            co_await send_zeros(extent->length, sink);
        }
    }
}

/// Whether a header names the extents stream; parameters of the type mean nothing.
bool is_extents(std::optional<std::string_view> header)
{
    const auto type = header.value_or("");
    const auto media_type = type.substr(0, type.find_first_of("; \t"));
    return boost::algorithm::iequals(media_type, kExtentsType);
}

}  // namespace

asio::awaitable<StreamAnswer> import_image(Emulator& emulator, const StreamRequest& request,
                                           Caller& caller)
{
    auto& workers = request.workers;
    const auto wanted = parse_import(emulator, request.header, caller);
    const auto generation = emulator.data().current();
    co_await workers.run([&] { require_room(emulator.services(), *generation, wanted); });

    const auto layer = generation->stores().blocks().new_layer_id();
    boost::json::object answer;
    try {
        LimitedUpload upload(emulator.services(), *generation, wanted.caller.account,
                             generation->stores().blocks().open_upload({layer}, kMaxVolumeSize));
        const bool has_extents = is_extents(request.header.content_type);
        const auto size_bytes = has_extents
                                    ? co_await receive_extents(request.body, upload, workers)
                                    : co_await receive_raw(request.body, upload, workers);
        if (size_bytes == 0) {
            throw http::HttpError(400, "the disk is empty; expected at least one byte");
        }
        const auto size_gib = static_cast<std::int64_t>((size_bytes + kGiB - 1) / kGiB);
        answer = co_await workers.run([&] {
            upload.seal();
            return register_disk(emulator.services(), *generation, wanted, layer, size_gib);
        });
    } catch (...) {
        // No row names the layer: its files go when the upload is closed.
        emulator.data().background().post(
            [generation, layer] { generation->stores().blocks().remove_layer(layer); });
        throw;
    }
    co_return StreamAnswer{.content_type = "application/json",
                           .body = boost::json::serialize(answer) + "\n"};
}

asio::awaitable<StreamAnswer> export_disk(Emulator& emulator, const StreamRequest& request,
                                          std::string_view id, Caller& caller)
{
    const RouteQuery query(request.header.query, {"account", "access-key", "region"});
    caller = query.caller(emulator);
    const auto generation = emulator.data().current();
    // Held by the answer: a reset meanwhile takes nothing away.
    const auto disk = std::make_shared<const OpenDisk>(
        co_await request.workers.run([&] { return open_disk(*generation, caller, id); }));
    const bool wants_extents = is_extents(request.header.find("Accept"));
    StreamAnswer answer;
    answer.content_type = wants_extents ? kExtentsType : "application/octet-stream";
    answer.headers.emplace_back("X-Amilab-Disk-Bytes", std::to_string(disk->size_bytes));
    if (!wants_extents) {
        answer.content_length = disk->size_bytes;
    }
    answer.write = [disk, generation, wants_extents, &workers = request.workers](BodySink& sink) {
        return wants_extents ? send_extents(*disk, sink, workers) : send_raw(*disk, sink, workers);
    };
    co_return answer;
}

}  // namespace amilab::control
