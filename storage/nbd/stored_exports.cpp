#include "storage/nbd/stored_exports.h"

#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/volumes/export_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/persistence.h"

namespace amilab::nbd {
namespace {

/// The disk's row; nothing, with the reason in `refusal`, when nobody may open it.
std::optional<ExportRow> find_disk(Database& db, std::string_view name, TimeMs now_ms,
                                   std::string& refusal)
{
    auto row = select_export(db, name, now_ms);
    if (!row) {
        refusal = "no volume or snapshot has this id";
    } else if (!row->is_disk()) {
        refusal = fmt::format("{} is {}", row->id, row->state);
        row.reset();
    }
    return row;
}

ExportInfo info_of(const ExportRow& row)
{
    return {.name = row.id,
            .size_bytes = static_cast<std::uint64_t>(row.size_gib) * kGiB,
            .is_read_only = row.is_read_only};
}

std::shared_ptr<const Disk> open_disk(BlockStore& blocks, const ExportRow& row)
{
    const auto size = info_of(row).size_bytes;
    if (row.is_read_only) {
        return std::make_shared<Disk>(blocks.open_snapshot(row.chain, size));
    }
    return std::make_shared<Disk>(blocks.open_volume(row.chain, size));
}

}  // namespace

StoredExport::StoredExport(std::shared_ptr<Generation> generation, const std::string& name,
                           std::function<void()> disconnect)
    : generation_(std::move(generation)),
      disconnect_(std::move(disconnect)),
      registration_(generation_->exports().add(name, [this](ExportEnd why) { end(why); }))
{
}

std::shared_ptr<const Disk> StoredExport::disk() const
{
    const Lock lock(mutex_);
    return disk_;
}

bool StoredExport::needs_flushes() const
{
    return generation_->stores().persistence().survives_power_loss();
}

void StoredExport::take_room(std::uint64_t offset, std::uint64_t length)
{
    // A first write takes whole blocks.
    const auto blocks = (offset + length - 1) / kBlockSize - offset / kBlockSize + 1;
    auto& held = generation_->stores().held_bytes();
    if (!held.take(owner_, blocks * kBlockSize)) {
        throw StorageError(
            EDQUOT, "write", info_.name,
            fmt::format("the account {} may hold {} bytes at most", owner_, *held.most()));
    }
}

void StoredExport::end(ExportEnd why)
{
    {
        const Lock lock(mutex_);
        is_ended_ = true;
        disk_.reset();
    }
    if (why == ExportEnd::kReset) {
        disconnect_();
    }
}

void StoredExport::set_disk(ExportInfo info, std::string owner, std::shared_ptr<const Disk> disk)
{
    info_ = std::move(info);
    owner_ = std::move(owner);
    const Lock lock(mutex_);
    if (!is_ended_) {
        disk_ = std::move(disk);
    }
}

std::variant<ExportInfo, StoredExports::Refusal> StoredExports::find(std::string_view name)
{
    const Lock lock(mutex_);
    Refusal refusal;
    const auto generation = data_.current();
    auto reader = generation->reader();
    if (const auto row =
            find_disk(reader.db(), name, generation->timing().clock.now_ms(), refusal)) {
        return info_of(*row);
    }
    return refusal;
}

std::variant<std::shared_ptr<Export>, StoredExports::Refusal> StoredExports::open(
    const std::string& name, std::function<void()> disconnect)
{
    const auto generation = data_.current();
    auto opened = std::make_shared<StoredExport>(generation, name, std::move(disconnect));
    // Nobody writes meanwhile: who deletes it has done so, or finds what was just registered, and
    // no snapshot gives the volume another top.
    auto writer = generation->writer();
    Refusal refusal;
    const auto row = find_disk(writer.db(), name, generation->timing().clock.now_ms(), refusal);
    if (!row) {
        return refusal;
    }
    opened->set_disk(info_of(*row), row->owner, open_disk(generation->stores().blocks(), *row));
    return opened;
}

std::vector<std::string> StoredExports::list(std::string_view after)
{
    const Lock lock(mutex_);
    const auto generation = data_.current();
    auto reader = generation->reader();
    return select_export_ids(
        reader.db(),
        {.now_ms = generation->timing().clock.now_ms(), .after = after, .limit = kPage});
}

}  // namespace amilab::nbd
