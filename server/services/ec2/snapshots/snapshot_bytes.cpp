#include "server/services/ec2/snapshots/snapshot_bytes.h"

#include <algorithm>
#include <utility>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"

namespace amilab::ec2 {

std::shared_ptr<Snapshot> open_snapshot_bytes(Session& session, const SnapshotRow& row)
{
    if (!row.layer_id) {
        return nullptr;
    }
    return session.blocks().open_snapshot(select_layer_chain(session.db(), *row.layer_id),
                                          static_cast<std::uint64_t>(row.volume_size_gib) * kGiB);
}

DiskWalk::DiskWalk(std::shared_ptr<Snapshot> disk, std::uint64_t size_bytes)
    : disk_(std::move(disk)), size_bytes_(size_bytes)
{
    if (disk_) {
        extents_.emplace(disk_->extents(0, size_bytes_));
    }
}

std::optional<Extent> DiskWalk::next_place()
{
    while (left_.length == 0) {
        const auto extent = extents_ ? extents_->next() : std::nullopt;
        if (!extent) {
            return std::nullopt;
        }
        if (extent->kind == Extent::Kind::kData) {
            left_ = *extent;
        }
    }
    auto place = left_;
    place.length = std::min(left_.length, kPieceBytes - left_.offset % kPieceBytes);
    left_.offset += place.length;
    left_.length -= place.length;
    return place;
}

std::optional<DiskWalk::Piece> DiskWalk::next()
{
    const auto place = next_place();
    if (!place) {
        return std::nullopt;
    }
    buffer_.resize(kPieceBytes);
    const auto bytes = std::span(buffer_).first(place->length);
    disk_->read(place->offset, bytes);
    return Piece{place->offset, bytes};
}

}  // namespace amilab::ec2
