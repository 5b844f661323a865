#include "server/services/ec2/import_tasks/import_job.h"

#include <algorithm>
#include <utility>

#include "server/calls/settle.h"
#include "server/log/log.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/snapshot.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab::ec2 {

/// An object as readers of images see it.
class ImportJob::ObjectImage final : public ImageBytes {
public:
    explicit ObjectImage(ObjectBytes& object) : object_(object) {}

    std::uint64_t size_bytes() const override { return object_.size_bytes(); }
    void read(std::uint64_t offset, std::span<std::byte> out) override
    {
        object_.read(offset, out);
    }
    std::uint64_t next_data(std::uint64_t offset) override { return object_.next_data(offset); }

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

}  // namespace

ImportJob::ImportJob(std::shared_ptr<Generation> generation, ImportOrder order)
    : generation_(std::move(generation)),
      order_(std::move(order)),
      work_(generation_->companions().get<ImportWork>()),
      held_(generation_->held_bytes(), order_.account)
{
}

ImportJob::~ImportJob()
{
    drop_layers();
}

void ImportJob::drop_layers()
{
    reader_.reset();
    if (upload_) {
        upload_.reset();
        generation_->blocks().remove_layer(layer_);
    }
    for (const auto& disk : std::exchange(disks_, {})) {
        generation_->blocks().remove_layer(disk.layer);
    }
}

bool ImportJob::step()
{
    if (generation_->is_discarded() || !work_.note(order_.task_id, percent())) {
        return false;
    }
    try {
        if (!reader_) {
            begin_disk();
        }
        if (move_piece()) {
            return require_room() ||
                   fail(too_many_bytes_imported(generation_->held_bytes().most().value_or(0)));
        }
        end_disk();
    } catch (const DiskImageError& error) {
        return fail(message_of(error, format_));
    } catch (const StorageError& error) {
        log::error("{}: {}", order_.task_id, error.what());
        return fail(error.is_full_disk() ? import_has_no_room() : import_broke_off());
    } catch (const std::exception& error) {
        log::error("{}: {}", order_.task_id, error.what());
        return fail(import_broke_off());
    }
    return disks_.size() < order_.sources.size() || end({.disks = disks_});
}

void ImportJob::begin_disk()
{
    auto& source = order_.sources[disks_.size()];
    image_ = std::make_unique<ObjectImage>(*source.object);
    format_ = source.format ? *source.format : find_format(*image_);
    reader_ = open_disk_reader(format_, *image_);
    layer_ = generation_->blocks().new_layer_id();
    upload_ = generation_->blocks().open_upload({layer_}, reader_->size_bytes());
}

bool ImportJob::move_piece()
{
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kDiskPieceBytes);
    const auto piece = reader_->next({buffer.get(), kDiskPieceBytes});
    if (piece && !piece->bytes.empty()) {
        upload_->write(piece->offset, piece->bytes);
    }
    return piece.has_value();
}

DiskContent ImportJob::look()
{
    SnapshotImage image(generation_->blocks().open_snapshot({layer_}, reader_->size_bytes()),
                        reader_->size_bytes());
    return look_at_disk(image);
}

void ImportJob::end_disk()
{
    upload_->seal();
    disks_.push_back({.layer = layer_,
                      .size_bytes = reader_->size_bytes(),
                      .format = format_,
                      .content = order_.looks_at_disks ? look() : DiskContent{}});
    reader_.reset();
    upload_.reset();
}

bool ImportJob::require_room()
{
    return !generation_->held_bytes().most() ||
           held_.note(generation_->blocks().allocated_bytes(layer_));
}

int ImportJob::percent() const
{
    constexpr int kAll = 100;
    const auto behind = static_cast<int>(disks_.size()) * kAll + (reader_ ? reader_->percent() : 0);
    return behind / static_cast<int>(order_.sources.size());
}

bool ImportJob::fail(std::string message)
{
    drop_layers();
    return end({.failure = std::move(message)});
}

bool ImportJob::end(ImportOutcome outcome)
{
    if (!work_.end(order_.task_id, std::move(outcome))) {
        return false;
    }
    disks_.clear();  // whoever takes the outcome has the layers
    with_reserve(*generation_, [&] {
        auto writer = generation_->writer();
        Transaction transaction(writer.db());
        insert_transition(writer.db(),
                          {.due_ms = std::max(order_.due_ms, generation_->clock().now_ms()),
                           .action = std::string(order_.due_action),
                           .resource_id = order_.task_id,
                           .account = order_.account});
        const auto earliest = read_earliest_due_ms(writer.db());
        transaction.commit();
        generation_->connections().show_committed();
        generation_->earliest_due().set_ms(earliest);
    });
    return false;
}

namespace {

/// Steps of one job between those of others.
void go_on(const std::shared_ptr<Generation>& generation, const std::shared_ptr<ImportJob>& job)
{
    auto& work = generation->companions().get<ImportWork>();
    bool has_more = false;
    try {
        has_more = job->step();
    } catch (...) {
        work.give_place_back(job->account());
        throw;
    }
    if (has_more) {
        generation->post_idle([generation, job] { go_on(generation, job); });
    } else {
        work.give_place_back(job->account());
    }
}

}  // namespace

void work_later(std::shared_ptr<Generation> generation, std::shared_ptr<ImportJob> job)
{
    auto& posting = *generation;
    posting.post_idle([generation = std::move(generation), job = std::move(job)]() mutable {
        if (generation->companions().get<ImportWork>().take_place(job->account())) {
            go_on(generation, job);
        } else {
            work_later(std::move(generation), std::move(job));
        }
    });
}

void work_now(const std::shared_ptr<Generation>& generation, const std::shared_ptr<ImportJob>& job)
{
    constexpr int kSteps = 64;
    for (int done = 0; done < kSteps; ++done) {
        if (!job->step()) {
            return;
        }
    }
    work_later(generation, job);
}

}  // namespace amilab::ec2
