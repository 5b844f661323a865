#include <gtest/gtest.h>
#include <array>
#include <set>

#include "storage/blocks/block_store.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

/// A tree of volumes, snapshots and copies beside plain bytes that say what each must hold. Only a
/// window of each disk is used, which lies across the end of a segment when `base_` says so.
class RandomTree {
public:
    RandomTree(std::uint64_t seed, std::uint64_t base) : random_(seed), base_(base)
    {
        volumes_.push_back(make_volume({}, filled(kFirstSize, 0)));
    }

    void step()
    {
        const auto dice = pick(100);
        auto& volume = volumes_[pick(volumes_.size())];
        if (dice < 45) {
            write(volume);
        } else if (dice < 60) {
            zero(volume);
        } else if (dice < 75) {
            check(volume);
        } else if (dice < 83) {
            seal(volume);
        } else if (dice < 88 && volumes_.size() < 6) {
            copy();
        } else if (dice < 91) {
            check_extents(volume);
        } else if (dice < 94) {
            volume.disk->flush();
        } else if (dice < 96) {
            reopen();
        } else if (dice < 97 && volumes_.size() > 1) {
            remove(pick(volumes_.size()));
        } else if (dice < 98) {
            merge();
        } else if (dice < 99) {
            write_index();
        } else if (!snapshots_.empty()) {
            check(snapshots_[pick(snapshots_.size())]);
        }
    }

    void check_all()
    {
        for (const auto& volume : volumes_) {
            ASSERT_EQ(read_bytes(*volume.disk, base_, volume.bytes.size()), volume.bytes);
        }
        for (const auto& snapshot : snapshots_) {
            const auto disk = store_->open_snapshot(snapshot.chain, base_ + snapshot.bytes.size());
            ASSERT_EQ(read_bytes(*disk, base_, snapshot.bytes.size()), snapshot.bytes);
        }
    }

    void reopen()
    {
        for (auto& volume : volumes_) {
            volume.disk.reset();
        }
        // As after a kill: nothing is flushed. The rows know more layers than there are files.
        options_.highest_known_layer = store_->new_layer_id();
        store_ = std::make_unique<BlockStore>(files_, directory_.path(), options_);
        for (auto& volume : volumes_) {
            volume.disk = store_->open_volume(volume.chain, base_ + volume.bytes.size());
        }
    }

private:
    static constexpr std::uint64_t kFirstSize = 12 * kBlockSize + 3 * kSectorSize;

    struct Disk {
        std::vector<LayerId> chain;
        std::vector<std::byte> bytes;
        std::shared_ptr<Volume> disk;
    };

    std::uint64_t pick(std::uint64_t below) { return random_() % below; }

    Disk make_volume(std::vector<LayerId> parents, std::vector<std::byte> bytes)
    {
        parents.insert(parents.begin(), store_->new_layer_id());
        auto disk = store_->open_volume(parents, base_ + bytes.size());
        return {std::move(parents), std::move(bytes), std::move(disk)};
    }

    /// Offsets and lengths like those of real clients: whole blocks, sectors, bytes, everything.
    std::pair<std::uint64_t, std::uint64_t> range(const Disk& disk)
    {
        constexpr std::array<std::uint64_t, 6> kGrains = {kBlockSize,  kUnitSize,   kUnitSize,
                                                          kSectorSize, kSectorSize, 1};
        const auto grain = kGrains.at(pick(kGrains.size()));
        const auto longest = pick(4) == 0 ? disk.bytes.size() : 3 * kBlockSize;
        const auto offset = pick(disk.bytes.size() / grain) * grain;
        const auto length = (1 + pick(longest / grain)) * grain;
        return {offset, std::min<std::uint64_t>(length, disk.bytes.size() - offset)};
    }

    void write(Disk& volume)
    {
        const auto [offset, length] = range(volume);
        const auto bytes = random_bytes(random_, length);
        volume.disk->write(base_ + offset, bytes);
        std::copy(bytes.begin(), bytes.end(),
                  volume.bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    }

    void zero(Disk& volume)
    {
        auto [offset, length] = range(volume);
        if (pick(2) == 0) {
            volume.disk->write_zeroes(base_ + offset, length);
        } else {
            volume.disk->trim(base_ + offset, length);
            const auto end = offset + length;
            offset = (offset + kBlockSize - 1) / kBlockSize * kBlockSize;
            const auto stop = end == volume.bytes.size() ? end : end / kBlockSize * kBlockSize;
            length = stop > offset ? stop - offset : 0;
        }
        if (length > 0) {
            std::fill_n(volume.bytes.begin() + static_cast<std::ptrdiff_t>(offset), length,
                        std::byte{0});
        }
    }

    void check(const Disk& disk)
    {
        const auto [offset, length] = range(disk);
        const auto from = disk.bytes.begin() + static_cast<std::ptrdiff_t>(offset);
        const std::vector<std::byte> expected(from, from + static_cast<std::ptrdiff_t>(length));
        if (disk.disk) {
            ASSERT_EQ(read_bytes(*disk.disk, base_ + offset, length), expected);
        } else {
            const auto snapshot = store_->open_snapshot(disk.chain, base_ + disk.bytes.size());
            ASSERT_EQ(read_bytes(*snapshot, base_ + offset, length), expected);
        }
    }

    /// Where there is no data there are only zeros; runs follow each other without gaps.
    void check_extents(const Disk& volume)
    {
        auto at = base_;
        for (const auto& extent : all_extents(volume.disk->extents(base_, volume.bytes.size()))) {
            ASSERT_EQ(extent.offset, at);
            at += extent.length;
            if (extent.kind == Extent::Kind::kData) {
                continue;
            }
            const auto from =
                volume.bytes.begin() + static_cast<std::ptrdiff_t>(extent.offset - base_);
            ASSERT_TRUE(std::all_of(from, from + static_cast<std::ptrdiff_t>(extent.length),
                                    [](std::byte b) { return b == std::byte{0}; }));
        }
        ASSERT_EQ(at, base_ + volume.bytes.size());
    }

    void seal(Disk& volume)
    {
        auto gate = volume.disk->close_gate(store_->new_layer_id());
        if (pick(5) == 0) {
            return;
        }
        gate.swap_top();
        if (snapshots_.size() < 40) {
            snapshots_.push_back({volume.chain, volume.bytes, nullptr});
        }
        volume.chain.insert(volume.chain.begin(), gate.next_top());
        if (pick(4) == 0) {
            sync_chain(*store_, snapshots_.back().chain);
        }
    }

    void write_index()
    {
        if (!snapshots_.empty()) {
            const auto& snapshot = snapshots_[pick(snapshots_.size())];
            ASSERT_TRUE(store_->write_index(snapshot.chain, [] { return true; }));
            check(snapshot);
        }
    }

    /// Forgets a snapshot and merges its layer with the one above, if that is the only one.
    void merge()
    {
        if (snapshots_.empty()) {
            return;
        }
        const auto index = pick(snapshots_.size());
        const auto parent = snapshots_[index].chain.front();
        snapshots_.erase(snapshots_.begin() + static_cast<std::ptrdiff_t>(index));
        std::set<LayerId> above;
        const Disk* child = nullptr;
        for (const auto* disks : {&volumes_, &snapshots_}) {
            for (const auto& disk : *disks) {
                const auto found = std::find(disk.chain.begin(), disk.chain.end(), parent);
                if (found == disk.chain.begin()) {
                    return;
                }
                if (found != disk.chain.end()) {
                    above.insert(*(found - 1));
                    child = found - 1 == disk.chain.begin() && disk.disk ? &disk : child;
                }
            }
        }
        if (above.size() != 1) {
            return;
        }
        auto merge = child ? store_->merge_into_volume(child->chain, base_ + child->bytes.size())
                           : store_->merge_sealed(parent, *above.begin());
        while (merge->step(1 + pick(4))) {
            check(volumes_[pick(volumes_.size())]);
            write(volumes_[pick(volumes_.size())]);
        }
        const auto gone = merge->gone();
        for (auto* disks : {&volumes_, &snapshots_}) {
            for (auto& disk : *disks) {
                std::erase(disk.chain, gone);
            }
        }
        store_->drop_from_volumes(gone);
        merge.reset();
        store_->remove_layer(gone);
        ASSERT_EQ(store_->allocated_bytes(gone), 0U);
        check_all();
    }

    std::vector<LayerId> chain_of(LayerId layer) const
    {
        for (const auto* disks : {&volumes_, &snapshots_}) {
            for (const auto& disk : *disks) {
                const auto found = std::find(disk.chain.begin(), disk.chain.end(), layer);
                if (found != disk.chain.end()) {
                    return {found, disk.chain.end()};
                }
            }
        }
        return {};
    }

    void copy()
    {
        if (snapshots_.empty()) {
            return;
        }
        const auto& from = snapshots_[pick(snapshots_.size())];
        auto bytes = from.bytes;
        bytes.resize(bytes.size() + pick(3) * (kBlockSize + kSectorSize));
        volumes_.push_back(make_volume(from.chain, std::move(bytes)));
    }

    void remove(std::size_t index)
    {
        const auto top = volumes_[index].chain.front();
        volumes_.erase(volumes_.begin() + static_cast<std::ptrdiff_t>(index));
        store_->remove_layer(top);
        ASSERT_EQ(store_->allocated_bytes(top), 0U);
    }

    TemporaryDirectory directory_;
    PosixFileSystem files_;
    // Small, so that pages and descriptors go and come back.
    BlockStore::Options options_{.max_open_files = 6,
                                 .max_page_bytes = 64 << 10,
                                 .max_partial_blocks = 24,
                                 .chain_of = [this](LayerId layer) { return chain_of(layer); }};
    std::unique_ptr<BlockStore> store_ =
        std::make_unique<BlockStore>(files_, directory_.path(), options_);
    std::mt19937_64 random_;
    std::uint64_t base_;
    std::vector<Disk> volumes_;
    std::vector<Disk> snapshots_;
};

class RandomOperations : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomOperations, OnATreeAgreeWithPlainBytes)
{
    RandomTree tree(test_seed(), GetParam());
    for (std::uint64_t step = 0; step < 700 * patience(); ++step) {
        tree.step();
        ASSERT_FALSE(HasFatalFailure()) << "at step " << step;
    }
    tree.check_all();
    tree.reopen();
    tree.check_all();
}

INSTANTIATE_TEST_SUITE_P(Window, RandomOperations,
                         testing::Values(0, kSegmentSize - 5 * kBlockSize));

}  // namespace
}  // namespace amilab
