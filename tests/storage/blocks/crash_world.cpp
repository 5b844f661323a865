#include "tests/storage/blocks/crash_world.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

template <class Map>
auto& pick_from(Map& map, std::uint64_t index)
{
    return *std::next(map.begin(), static_cast<std::ptrdiff_t>(index % map.size()));
}

}  // namespace

CrashWorld::CrashWorld(std::uint64_t seed)
    : random_(seed), files_(memory_, [this](auto operation, const auto& path) {
          const auto fault = decide();
          // As kernels do: pages that could not be written count as clean.
          if (operation == "sync" && forgets_ && fault.kind == Fault::Kind::kError) {
              memory_.forget_unsynced(path);
          }
          return fault;
      })
{
    open_store();
    add_volume({}, SectorModel(kSectors));
    durable_rows_ = rows_;
}

Fault CrashWorld::decide()
{
    ++calls_;
    if (is_dead()) {
        // The last write may have come half-way.
        return calls_ == dies_at_ ? Fault{Fault::Kind::kShortThenError, EIO}
                                  : Fault{Fault::Kind::kError, EIO};
    }
    if (calls_ == fails_at_) {
        failed_ = true;
        return fault_;
    }
    return {};
}

void CrashWorld::fail_once_after(std::uint64_t calls, Fault fault)
{
    fails_at_ = calls_ + calls;
    fault_ = fault;
}

void CrashWorld::step()
{
    const auto dice = pick(100);
    auto& [id, volume] = pick_from(volumes_, random_());
    try {
        if (dice < 40) {
            write(volume);
        } else if (dice < 45) {
            write_again(volume);
        } else if (dice < 60) {
            zero(volume);
        } else if (dice < 70) {
            flush(volume);
        } else if (dice < 80) {
            read(volume);
        } else if (dice < 86) {
            seal(id, volume);
        } else if (dice < 89) {
            copy();
        } else if (dice < 90) {
            forget_snapshot();
        } else if (dice < 92) {
            write_index();
        } else if (dice < 96) {
            merge();
        } else if (dice < 98) {
            sync_snapshot();
        } else if (dice < 99) {
            write_checksums();
        } else {
            sweep();
        }
    } catch (const StorageError& error) {
        ASSERT_TRUE(is_dead() || failed_) << error.what();
    }
}

void CrashWorld::open_store()
{
    std::uint64_t highest = 0;
    for (const auto& [id, chain] : rows_.volumes) {
        highest = std::max(highest, to_number(chain.front()));
    }
    store_ = std::make_unique<BlockStore>(
        files_, "/layers",
        BlockStore::Options{.max_open_files = 8,
                            .boot_id = "boot " + std::to_string(boot_),
                            .highest_known_layer = LayerId{highest},
                            .make_metadata_durable = [this] { durable_rows_ = rows_; },
                            .chain_of = [this](LayerId layer) { return chain_of(layer); }});
    for (auto& [id, chain] : rows_.volumes) {
        volumes_[id].disk = store_->open_volume(chain, kSize);
    }
}

int CrashWorld::add_volume(std::vector<LayerId> parents, SectorModel model)
{
    parents.insert(parents.begin(), store_->new_layer_id());
    const auto id = ++last_row_;
    volumes_[id] = {store_->open_volume(parents, kSize), std::move(model)};
    rows_.volumes[id] = std::move(parents);
    return id;
}

template <class Change>
void CrashWorld::change(OpenVolume& volume, std::uint64_t first, std::uint64_t count,
                        std::uint64_t version, Change&& call)
{
    try {
        call();
        volume.model.wrote(first, count, version);
    } catch (const StorageError&) {
        volume.model.may_have_written(first, count, version);
        throw;
    }
}

void CrashWorld::write(OpenVolume& volume)
{
    constexpr std::array<std::uint64_t, 4> kGrains = {kBlockSize, kUnitSize, kUnitSize,
                                                      kSectorSize};
    const auto grain = kGrains.at(pick(kGrains.size())) / kSectorSize;
    const auto first = pick(kSectors / grain) * grain;
    const auto longest = grain > 1 ? 3 : 40;
    const auto count = std::min((1 + pick(longest)) * grain, kSectors - first);
    const auto version = ++last_version_;
    change(volume, first, count, version,
           [&] { volume.disk->write(first * kSectorSize, stamped(first, count, version)); });
}

/// Any bytes that are there already, in no whole sectors: what may be there stays the same.
void CrashWorld::write_again(OpenVolume& volume)
{
    const auto offset = pick(kSize);
    const auto length = std::min(1 + pick(2 * kBlockSize), kSize - offset);
    volume.disk->write(offset, read_bytes(*volume.disk, offset, length));
}

void CrashWorld::zero(OpenVolume& volume)
{
    constexpr auto kPerBlock = kBlockSize / kSectorSize;
    auto first = pick(kSectors);
    auto count = 1 + pick(kSectors - first);
    if (pick(2) == 0) {
        change(volume, first, count, 0,
               [&] { volume.disk->write_zeroes(first * kSectorSize, count * kSectorSize); });
        return;
    }
    const auto begin = (first + kPerBlock - 1) / kPerBlock * kPerBlock;
    const auto end = first + count == kSectors ? kSectors : (first + count) / kPerBlock * kPerBlock;
    change(volume, begin, end > begin ? end - begin : 0, 0,
           [&] { volume.disk->trim(first * kSectorSize, count * kSectorSize); });
}

void CrashWorld::flush(OpenVolume& volume)
{
    volume.disk->flush();
    volume.model.flushed();
}

void CrashWorld::read(OpenVolume& volume)
{
    EXPECT_TRUE(volume.model.allows(0, read_bytes(*volume.disk, 0, kSize)));
}

void CrashWorld::swap_top(Gate gate, std::vector<LayerId>& chain)
{
    chain.insert(chain.begin(), gate.next_top());
    gate.swap_top();
}

void CrashWorld::seal(int id, OpenVolume& volume)
{
    if (rows_.snapshots.size() >= 12) {
        forget_snapshot();
    }
    auto& chain = rows_.volumes[id];
    const auto sealed = chain;
    const auto next_top = store_->new_layer_id();
    if (pick(4) == 0 && !merge_) {
        volume.disk.reset();
        try {
            swap_top(store_->close_gate(sealed.front(), next_top), chain);
        } catch (const StorageError&) {
            volume.disk = store_->open_volume(chain, kSize);
            throw;
        }
        volume.disk = store_->open_volume(chain, kSize);
    } else {
        auto gate = volume.disk->close_gate(next_top);
        if (pick(6) == 0) {
            return;
        }
        swap_top(std::move(gate), chain);
    }
    // From here on it is one thing, whatever writes failed before.
    const auto snapshot = store_->open_snapshot(sealed, kSize);
    EXPECT_TRUE(volume.model.allows(0, read_bytes(*snapshot, 0, kSize), true));
    rows_.snapshots[++last_row_] = {sealed, volume.model, false};
}

void CrashWorld::forget_snapshot()
{
    if (!rows_.snapshots.empty()) {
        rows_.snapshots.erase(rows_.snapshots.begin());  // its layer stays, as a parent
    }
}

void CrashWorld::write_index()
{
    if (!merge_ && !rows_.snapshots.empty()) {
        durable_rows_ = rows_;
        const auto& chain = pick_from(rows_.snapshots, random_()).second.chain;
        sync_chain(*store_, chain);
        store_->write_index(chain, [&] { return pick(20) != 0; });
    }
}

/// Of a layer that rows call synced, and may be anything else after power loss.
void CrashWorld::write_checksums()
{
    sync_snapshot();
    if (merge_ || rows_.snapshots.empty()) {
        return;
    }
    const auto& row = pick_from(rows_.snapshots, random_()).second;
    const auto layer = row.chain[pick(row.chain.size())];
    auto writer = row.is_synced ? store_->write_checksums(layer) : nullptr;
    while (writer && writer->step(1)) {
    }
}

void CrashWorld::merge()
{
    if (!merge_) {
        begin_merge();
        return;
    }
    try {
        if (!merge_->step(1 + pick(3))) {
            finish_merge();
        }
    } catch (const StorageError& error) {
        merge_.reset();
        if (error.error_number != ESTALE) {
            throw;
        }
    }
}

/// Of a layer that nothing needs but one layer above it.
void CrashWorld::begin_merge()
{
    std::map<LayerId, std::set<LayerId>> children;
    std::set<LayerId> tops;
    const auto take = [&](const std::vector<LayerId>& chain) {
        tops.insert(chain.front());
        for (std::size_t index = 1; index < chain.size(); ++index) {
            children[chain[index]].insert(chain[index - 1]);
        }
    };
    std::set<LayerId> written;
    for (const auto& [id, chain] : rows_.volumes) {
        take(chain);
        written.insert(chain.front());
    }
    for (const auto& [id, row] : rows_.snapshots) {
        take(row.chain);
    }
    std::erase_if(children, [&](const auto& entry) {
        return entry.second.size() != 1 || tops.contains(entry.first);
    });
    if (children.empty()) {
        return;
    }
    const auto& [parent, above] = pick_from(children, random_());
    const auto child = *above.begin();
    durable_rows_ = rows_;
    const bool is_sealed = !written.contains(child);
    sync_chain(*store_, chain_of(is_sealed ? child : parent));
    merge_ = is_sealed ? store_->merge_sealed(parent, child)
                       : store_->merge_into_volume(chain_of(child), kSize);
}

void CrashWorld::finish_merge()
{
    const auto gone = merge_->gone();
    for (auto& [id, chain] : rows_.volumes) {
        std::erase(chain, gone);
    }
    for (auto& [id, row] : rows_.snapshots) {
        std::erase(row.chain, gone);
    }
    store_->drop_from_volumes(gone);
    merge_.reset();
    // Files go when the rows' deletion is durable.
    durable_rows_ = rows_;
    store_->remove_layer(gone);
}

void CrashWorld::copy()
{
    if (!rows_.snapshots.empty() && volumes_.size() < 3) {
        const auto& [id, row] = pick_from(rows_.snapshots, random_());
        add_volume(row.chain, row.model);
    }
}

void CrashWorld::sync_snapshot()
{
    if (!rows_.snapshots.empty()) {
        auto& [id, row] = pick_from(rows_.snapshots, random_());
        sync_chain(*store_, row.chain);
        row.is_synced = true;
        row.model.flushed();
    }
}

void CrashWorld::sweep()
{
    store_->sweep_orphans([&](LayerId layer) { return is_known(layer); });
}

std::vector<LayerId> CrashWorld::chain_of(LayerId layer) const
{
    std::vector<LayerId> chain;
    const auto look_in = [&](const std::vector<LayerId>& of) {
        const auto found = std::find(of.begin(), of.end(), layer);
        if (found != of.end()) {
            chain.assign(found, of.end());
        }
    };
    for (const auto& [id, of] : rows_.volumes) {
        look_in(of);
    }
    for (const auto& [id, row] : rows_.snapshots) {
        look_in(row.chain);
    }
    return chain;
}

bool CrashWorld::is_known(LayerId layer) const
{
    return !chain_of(layer).empty();
}

LayerFindings CrashWorld::find_in_files()
{
    LayerLineage lineage;
    const auto add = [&](const std::vector<LayerId>& chain) {
        for (std::size_t index = 0; index < chain.size(); ++index) {
            const bool is_lowest = index + 1 == chain.size();
            lineage.parents[chain[index]] =
                is_lowest ? std::nullopt : std::optional(chain[index + 1]);
        }
    };
    for (const auto& [id, chain] : rows_.volumes) {
        add(chain);
    }
    for (const auto& [id, row] : rows_.snapshots) {
        add(row.chain);
    }
    LayerFiles files(memory_, "/layers", {.boot_id = "boot " + std::to_string(boot_)});
    return check_layer_files(files, lineage, CheckDepth::kData);
}

void CrashWorld::check_files()
{
    EXPECT_THAT(find_in_files().problems, testing::IsEmpty());
}

void CrashWorld::check_data()
{
    EXPECT_THAT(find_in_files().problems,
                testing::Each(testing::Not(testing::HasSubstr("what was written"))));
}

void CrashWorld::restart_killed()
{
    merge_.reset();
    for (auto& [id, volume] : volumes_) {
        volume.disk.reset();
    }
    store_.reset();
    dies_at_ = 0;
    check_data();
    open_store();
}

void CrashWorld::restart_without_power()
{
    merge_.reset();
    for (auto& [id, volume] : volumes_) {
        volume.disk.reset();
    }
    store_.reset();
    dies_at_ = 0;
    memory_.cut_power(random_());
    ++boot_;
    // Commits that nobody waited for are there or not.
    if (pick(2) == 0) {
        rows_ = durable_rows_;
    }
    durable_rows_ = rows_;
    std::erase_if(volumes_, [&](const auto& v) { return !rows_.volumes.contains(v.first); });
    check_files();
    // What was not synced becomes `error` in the rows; nobody reads it.
    std::erase_if(rows_.snapshots, [](const auto& row) { return !row.second.is_synced; });
    for (auto& [id, volume] : volumes_) {
        volume.model.lost_power();
    }
    open_store();
    for (auto& [id, volume] : volumes_) {
        EXPECT_TRUE(volume.model.allows(0, read_bytes(*volume.disk, 0, kSize), true));
        volume.model.flushed();
    }
}

void CrashWorld::check_snapshot(SnapshotRow& row)
{
    const auto snapshot = store_->open_snapshot(row.chain, kSize);
    EXPECT_TRUE(row.model.allows(0, read_bytes(*snapshot, 0, kSize))) << "in a snapshot";
}

void CrashWorld::check()
{
    for (auto& [id, volume] : volumes_) {
        read(volume);
    }
    for (auto& [id, row] : rows_.snapshots) {
        check_snapshot(row);
    }
}

void CrashWorld::check_flushes()
{
    for (auto& [id, volume] : volumes_) {
        write(volume);
        flush(volume);
    }
    check();
}

}  // namespace amilab
