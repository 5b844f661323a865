#include "server/services/ec2/import_tasks/import_work.h"

#include <algorithm>
#include <utility>

#include "server/calls/settle.h"
#include "server/log/log.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/snapshot.h"
#include "storage/state/stores.h"
#include "storage/upkeep/persistence.h"

namespace amilab::ec2 {

/// An object as readers of images see it.
class ImportWork::ObjectImage final : public ImageBytes {
public:
    explicit ObjectImage(ObjectBytes& object) : object_(object) {}

    std::uint64_t size_bytes() const override { return object_.size_bytes(); }
    void read(std::uint64_t offset, std::span<std::byte> out) override
    {
        object_.read(offset, out);
    }
    std::uint64_t next_data(std::uint64_t offset) override { return object_.next_data(offset); }
    std::optional<FileBytes> in_file(std::uint64_t offset) override
    {
        return object_.in_file(offset);
    }

private:
    ObjectBytes& object_;
};

namespace {

/// A disk that is whole, as who looks at it sees it: sector by sector.
class SnapshotImage final : public ImageBytes {
public:
    SnapshotImage(std::shared_ptr<Snapshot> snapshot, std::uint64_t size_bytes)
        : snapshot_(std::move(snapshot)), size_bytes_(size_bytes)
    {
    }

    std::uint64_t size_bytes() const override { return size_bytes_; }
    void read(std::uint64_t offset, std::span<std::byte> out) override
    {
        const auto first = offset / kSectorSize * kSectorSize;
        const auto end = (offset + out.size() + kSectorSize - 1) / kSectorSize * kSectorSize;
        std::vector<std::byte> sectors(end - first);
        snapshot_->read(first, sectors);
        const auto wanted = std::span(sectors).subspan(offset - first, out.size());
        std::ranges::copy(wanted, out.begin());
    }
    std::uint64_t next_data(std::uint64_t offset) override { return offset; }

private:
    const std::shared_ptr<Snapshot> snapshot_;
    const std::uint64_t size_bytes_;
};

/// No row names the layer. What cannot be removed now is tried again with what is removed next.
void remove_layer(Stores& stores, LayerId layer)
{
    try {
        stores.blocks().remove_layer(layer);
    } catch (const StorageError&) {
        stores.persistence().remove_files_later({layer});
    }
}

}  // namespace

ImportWork::ImportWork(ImportOrder order) : order_(std::move(order)) {}

ImportWork::~ImportWork()
{
    drop_layers();
}

void ImportWork::drop_layers()
{
    reader_.reset();
    if (upload_) {
        upload_.reset();
        remove_layer(generation_->stores(), layer_);
    }
    for (const auto& disk : std::exchange(disks_, {})) {
        remove_layer(generation_->stores(), disk.layer);
    }
}

bool ImportWork::step(ByteSession& session)
{
    try {
        return (generation_ || begin(session)) && move(session);
    } catch (const ApiError& error) {
        drop_layers();  // what is noted next may want their room
        if (error.http_status == kSourceLost) {
            throw import_failed(source_not_readable(error.http_status));
        }
        throw;
    } catch (const DiskImageError& error) {
        drop_layers();
        throw import_failed(message_of(error, format_));
    } catch (const StorageError& error) {
        log::error("{}: {}", order_.task_id, error.what());
        drop_layers();
        throw import_failed(error.is_full_disk() ? import_has_no_room() : import_broke_off());
    } catch (const std::exception& error) {
        log::error("{}: {}", order_.task_id, error.what());
        drop_layers();
        throw import_failed(import_broke_off());
    }
}

void ImportWork::drop(Session& /*session*/)
{
    if (generation_) {
        under_way().forget(order_.task_id);
    }
}

void ImportWork::fail(Session& session, const std::string& why)
{
    end(session, {.failure = why});
}

/// Who cancels the task either finds it here or is found by the row.
bool ImportWork::begin(ByteSession& session)
{
    generation_ = session.generation().shared_from_this();
    if (!under_way().begin(order_.task_id)) {
        return false;
    }
    session.read([&](Session& rows) { sources_ = order_.open(rows); });
    if (sources_.empty()) {
        under_way().forget(order_.task_id);
        return false;
    }
    held_.emplace(generation_->stores().held_bytes(), order_.account);
    return true;
}

bool ImportWork::move(ByteSession& session)
{
    if (!under_way().note(order_.task_id, percent())) {
        return false;
    }
    if (!reader_) {
        if (!find_disks()) {
            return true;
        }
        begin_disk();
    }
    if (mover_.step(*reader_, *upload_)) {
        require_room();
        return true;
    }
    end_disk();
    if (disks_.size() < sources_.size()) {
        return true;
    }
    finish(session);
    return false;
}

/// Puts the disks of an archive in its place. False: there is more of it to be compared with its
/// manifest.
bool ImportWork::find_disks()
{
    const auto source = sources_.front();
    if (order_.most_disks == 0 || sources_.size() > 1 || source.part) {
        return true;
    }
    if (!archive_) {
        image_ = std::make_unique<ObjectImage>(*source.object);
        format_ = source.format ? *source.format : find_format(*image_);
        if (format_ != DiskFileFormat::kOva) {
            return true;
        }
        archive_ = std::make_unique<OvaReader>(*image_);
        if (archive_->disks().size() > order_.most_disks) {
            throw DiskImageError(DiskImageFault::kArchive, "the OVA has too many disks");
        }
    }
    if (archive_->check_more(mover_.buffer())) {
        return false;
    }
    sources_.clear();
    for (const auto& disk : archive_->disks()) {
        sources_.push_back({.object = source.object, .format = disk.format, .part = disk});
    }
    archive_.reset();
    return true;
}

void ImportWork::begin_disk()
{
    const auto& source = sources_[disks_.size()];
    image_ = std::make_unique<ObjectImage>(*source.object);
    const auto part = source.part.value_or(ArchivedDisk{.size_bytes = image_->size_bytes()});
    window_.emplace(*image_, part.offset, part.size_bytes);
    format_ = source.format ? *source.format : find_format(*window_);
    reader_ = open_disk_reader(format_, *window_);
    layer_ = generation_->stores().blocks().new_layer_id();
    upload_ = generation_->stores().blocks().open_upload({layer_}, reader_->size_bytes());
}

DiskContent ImportWork::look()
{
    SnapshotImage image(
        generation_->stores().blocks().open_snapshot({layer_}, reader_->size_bytes()),
        reader_->size_bytes());
    return look_at_disk(image);
}

void ImportWork::end_disk()
{
    upload_->seal();
    disks_.push_back({.layer = layer_,
                      .size_bytes = reader_->size_bytes(),
                      .image_bytes = window_->size_bytes(),
                      .format = format_,
                      .content = order_.looks_at_disks ? look() : DiskContent{}});
    reader_.reset();
    upload_.reset();
}

void ImportWork::require_room()
{
    const auto most = generation_->stores().held_bytes().most();
    if (most && !held_->note(generation_->stores().blocks().allocated_bytes(layer_))) {
        throw import_failed(too_many_bytes_imported(*most));
    }
}

int ImportWork::percent()
{
    constexpr int kAll = 100;
    const auto behind = static_cast<int>(disks_.size()) * kAll + (reader_ ? reader_->percent() : 0);
    return behind / static_cast<int>(sources_.size());
}

void ImportWork::finish(ByteSession& session)
{
    bool is_wanted = false;
    with_reserve(*generation_, [&] {
        session.write([&](Session& rows) { is_wanted = end(rows, {.disks = disks_}); });
    });
    if (is_wanted) {
        disks_.clear();  // whoever takes the outcome has the layers
    }
}

bool ImportWork::end(Session& session, ImportOutcome outcome)
{
    const bool is_wanted = under_way().end(order_.task_id, std::move(outcome));
    if (is_wanted) {
        session.schedule_at(std::max(order_.due_ms, session.now_ms()), order_.due, order_.task_id);
    }
    return is_wanted;
}

}  // namespace amilab::ec2
