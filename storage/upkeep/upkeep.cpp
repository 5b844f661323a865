#include "storage/upkeep/upkeep.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

#include "storage/base/owned_work.h"
#include "storage/base/storage_error.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_merge_rows.h"
#include "storage/metadata/layers/layer_record_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/connections.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/upkeep/kept_files.h"
#include "storage/upkeep/persistence.h"
#include "storage/upkeep/snapshot_sizes.h"
#include "storage/upkeep/waiting.h"

namespace amilab {

namespace {

/// 1 MiB: what is waiting behind it, a sync or a removal, comes soon enough.
constexpr std::uint64_t kMergedPerStep = 16;

/// Each try costs a sync, and every task for a merge may have some tried again.
constexpr std::size_t kTriesAgain = 4;

/// What one look, or one count, takes of what waits for it.
constexpr std::size_t kAtOnce = 64;

}  // namespace

/// A merge under way.
struct Upkeep::Job {
    MergePair pair;
    std::unique_ptr<LayerMerge> merge;
};

Upkeep::Upkeep(OwnedWork& work, Connections& connections, BlockStore& blocks,
               Persistence& persistence, const KeptFiles& kept, DataChecksums checksums)
    : work_(work),
      connections_(connections),
      blocks_(blocks),
      persistence_(persistence),
      kept_(kept),
      keeps_checksums_(checksums),
      checksums_(connections, blocks)
{
}

Upkeep::~Upkeep() = default;

void Upkeep::add(Kind kind, LayerId layer)
{
    const Lock lock(mutex_);
    if (!is_stopped_) {
        tasks_.push_back({kind, layer});
        post();
    }
}

void Upkeep::add_synced(LayerId layer)
{
    const Lock lock(mutex_);
    synced_.push_back(layer);
    if (synced_.size() == 1) {
        work_.post_late([this] { look_at_synced(); });
    }
}

/// Adds only what there is to do by the rows of now: what comes later is told of by itself.
void Upkeep::look_at_synced()
{
    std::deque<LayerId> layers;
    {
        const Lock lock(mutex_);
        layers = take_first(synced_, kAtOnce);
        if (!synced_.empty()) {
            work_.post([this] { look_at_synced(); });
        }
    }
    std::vector<Task> tasks;
    {
        auto reader = connections_.reader();
        for (const auto layer : layers) {
            if (!select_chain_to_index(reader.db(), layer).empty()) {
                tasks.push_back({Kind::kIndex, layer});
            }
            if (keeps_checksums_ == DataChecksums::kKept) {
                tasks.push_back({Kind::kChecksums, layer});
            }
            if (postponed_.contains(layer)) {
                tasks.push_back({Kind::kMerge, layer});
            }
            const auto parent = select_layer_parent(reader.db(), layer);
            // With each merge a few are tried again that were put off.
            if (parent && (!postponed_.empty() || select_merge_pair(reader.db(), *parent))) {
                tasks.push_back({Kind::kMerge, *parent});
            }
        }
    }
    for (const auto& task : tasks) {
        add(task.kind, task.layer);
    }
}

void Upkeep::add_all()
{
    auto reader = connections_.reader();
    for (const auto layer : select_layers_to_merge(reader.db())) {
        add(Kind::kMerge, layer);
    }
    for (const auto layer : select_layers_without_index(reader.db())) {
        add(Kind::kIndex, layer);
    }
    for (const auto layer : select_layers_without_record(reader.db())) {
        add(Kind::kRecord, layer);
    }
    if (keeps_checksums_ == DataChecksums::kKept) {
        for (const auto layer : select_layers_on_disk(reader.db())) {
            add(Kind::kChecksums, layer);
        }
    }
}

void Upkeep::try_postponed()
{
    for (const auto layer : std::exchange(postponed_, {})) {
        add(Kind::kMerge, layer);
    }
}

void Upkeep::count_snapshots_later(std::vector<SnapshotId> ids)
{
    if (ids.empty()) {
        return;
    }
    const Lock lock(mutex_);
    const bool is_posted = !to_count_.empty();
    std::ranges::move(ids, std::back_inserter(to_count_));
    if (!is_posted) {
        // Idle then: maps are much to read, and who asks before is told all the same.
        work_.post_late([this] { work_.post_idle([this] { count_some(); }); });
    }
}

void Upkeep::count_some()
{
    std::vector<SnapshotId> ids;
    {
        const Lock lock(mutex_);
        const auto first = std::ranges::subrange(to_count_) | std::views::take(kAtOnce);
        ids.assign(first.begin(), first.end());
    }
    // What is left comes behind what others have posted meanwhile. What the disk refuses is left to
    // the next start.
    struct Rest {
        Upkeep& upkeep;
        std::size_t done;
        ~Rest()
        {
            const Lock lock(upkeep.mutex_);
            upkeep.to_count_.erase(upkeep.to_count_.begin(),
                                   upkeep.to_count_.begin() + static_cast<std::ptrdiff_t>(done));
            if (!upkeep.to_count_.empty()) {
                upkeep.work_.post_idle([&upkeep = upkeep] { upkeep.count_some(); });
            }
        }
    };
    Rest rest{*this, ids.size()};
    rest.done = count_some_snapshots(connections_, blocks_, ids);
}

void Upkeep::scrub_later()
{
    // Once at a time: what keeps the background busy must not be followed by all that waited.
    if (keeps_checksums_ == DataChecksums::kKept && !scrub_is_posted_.exchange(true)) {
        work_.post_idle([this] { scrub(); });
    }
}

void Upkeep::scrub()
{
    scrub_is_posted_ = false;
    if (!is_stopped()) {
        checksums_.scrub();
    }
}

void Upkeep::stop()
{
    const Lock lock(mutex_);
    is_stopped_ = true;
    tasks_.clear();
}

void Upkeep::post()
{
    if (!std::exchange(is_posted_, true)) {
        work_.post([this] { run(); });
    }
}

void Upkeep::run()
{
    {
        const Lock lock(mutex_);
        is_posted_ = false;
    }
    // What is left comes behind what others have posted meanwhile; also when this step throws.
    struct Again {
        Upkeep& upkeep;
        ~Again()
        {
            const Lock lock(upkeep.mutex_);
            if (!upkeep.is_stopped_ && (upkeep.is_at_work() || !upkeep.tasks_.empty())) {
                upkeep.post();
            }
        }
    };
    const Again again{*this};
    Task task{};
    if (is_stopped()) {
        job_.reset();
        checksums_.stop();
    } else if (job_) {
        go_on_merging();
    } else if (checksums_.is_writing()) {
        checksums_.go_on();
    } else if (take(task)) {
        begin(task);
    }
}

bool Upkeep::take(Task& task)
{
    const Lock lock(mutex_);
    if (tasks_.empty()) {
        return false;
    }
    task = tasks_.front();
    tasks_.pop_front();
    return true;
}

bool Upkeep::is_stopped()
{
    const Lock lock(mutex_);
    return is_stopped_;
}

void Upkeep::begin(const Task& task)
{
    if (task.kind == Kind::kRecord) {
        write_record(task.layer);
        return;
    }
    if (task.kind == Kind::kChecksums) {
        checksums_.begin(task.layer);
        return;
    }
    if (task.kind != Kind::kMerge) {
        write_index(task.layer, task.kind);
        return;
    }
    postponed_.insert(task.layer);
    for (const auto layer : to_try_with(task.layer)) {
        if (!job_) {
            postponed_.erase(layer);
            begin_merge(layer);
        }
    }
}

std::vector<LayerId> Upkeep::to_try_with(LayerId layer)
{
    std::vector<LayerId> tries = {layer};
    auto next = postponed_.upper_bound(last_tried_);
    for (auto left = postponed_.size(); left > 0 && tries.size() <= kTriesAgain; --left, ++next) {
        next = next == postponed_.end() ? postponed_.begin() : next;
        // Those who read a snapshot whose rows are gone may have ended by now.
        if (*next != layer && !blocks_.is_read_as_snapshot(*next)) {
            tries.push_back(*next);
            last_tried_ = *next;
        }
    }
    return tries;
}

void Upkeep::begin_merge(LayerId parent)
{
    std::optional<MergePair> pair;
    std::vector<LayerId> chain;
    {
        auto reader = connections_.fresh_reader();
        pair = select_merge_pair(reader.db(), parent);
        if (pair) {
            chain = select_layer_chain(reader.db(), pair->child);
        }
    }
    if (!pair) {
        return;
    }
    if (kept_.keeps(parent) || kept_.keeps(pair->child)) {
        postponed_.insert(parent);
        return;
    }
    const auto to_sync = pair->is_child_sealed ? pair->child : parent;
    if (persistence_.is_being_written(to_sync)) {
        postponed_.insert(parent);  // add_synced() is told of it then
        return;
    }
    // Before any byte changes: power loss must not bring a snapshot of the parent back.
    persistence_.make_metadata_durable();
    persistence_.sync_now(std::array{to_sync});
    // Who read the parent's id in the row of a snapshot that has been deleted has opened it by
    // then, which the merge sees.
    connections_.wait_for_readers();
    // One of the two will not be what its checksums say. It loses them; till it has new ones there
    // is nothing to compare.
    checksums_.leave(parent);
    checksums_.leave(pair->child);
    try {
        auto merge = pair->is_child_sealed
                         ? blocks_.merge_sealed(parent, pair->child)
                         : blocks_.merge_into_volume(
                               chain, static_cast<std::uint64_t>(*pair->volume_size_gib) * kGiB);
        if (merge) {
            if (pair->is_child_sealed) {
                forget_record(merge->gone() == parent ? pair->child : parent);
            }
            job_ = std::make_unique<Job>(Job{*pair, std::move(merge)});
        }
    } catch (const StorageError& error) {
        // In use; or another size of the volume is: whoever has it open knows it by the old one.
        if (error.error_number != EBUSY && error.error_number != ESTALE &&
            error.error_number != EINVAL) {
            throw;
        }
        postponed_.insert(parent);
    }
}

void Upkeep::go_on_merging()
{
    auto job = std::move(job_);
    try {
        if (job->merge->step(kMergedPerStep)) {
            job_ = std::move(job);
            return;
        }
    } catch (const StorageError& error) {
        postponed_.insert(job->pair.parent);
        if (error.error_number == ESTALE) {
            return;  // sealed meanwhile: that has asked for a merge of its own
        }
        throw;
    }
    finish_merge(std::move(*job));
}

void Upkeep::finish_merge(Job job)
{
    const auto& pair = job.pair;
    const auto gone = job.merge->gone();
    const bool into_child = job.merge->direction() == LayerMerge::Direction::kIntoChild;
    const auto result = into_child ? pair.child : pair.parent;
    bool had_index = false;
    std::optional<LayerId> below;
    std::optional<LayerRecord> record;
    if (pair.is_child_sealed && persistence_.survives_power_loss()) {
        record = blocks_.record_of(result);
    }
    {
        auto held = connections_.writer();
        Transaction transaction(held.db());
        const auto now = select_merge_pair(held.db(), pair.parent);
        if (!now || now->child != pair.child || now->is_child_sealed != pair.is_child_sealed) {
            return;
        }
        had_index = !into_child && (is_layer_indexed(held.db(), pair.parent) ||
                                    is_layer_indexed(held.db(), pair.child));
        into_child ? merge_rows_into_child(held.db(), pair)
                   : merge_rows_into_parent(held.db(), pair);
        if (!into_child) {
            mark_layer_indexed(held.db(), pair.parent, false);
        }
        set_layer_record(held.db(), result, record);
        below = select_layer_parent(held.db(), result);
        job.merge->open_parent();
        transaction.commit();
    }
    blocks_.drop_from_volumes(gone);
    job.merge.reset();
    persistence_.remove_files_later({gone});
    add(Kind::kMerge, result);
    if (below) {
        add(Kind::kMerge, *below);
    }
    if (had_index) {
        add(Kind::kIndexAgain, result);
    }
    if (pair.is_child_sealed && keeps_checksums_ == DataChecksums::kKept) {
        add(Kind::kChecksums, result);
    }
}

void Upkeep::write_record(LayerId layer)
{
    {
        auto reader = connections_.reader();
        if (!may_be_recorded(reader.db(), layer)) {
            return;
        }
    }
    if (persistence_.survives_power_loss()) {
        blocks_.sync_layer(layer);  // a merge that was cut short may have left blocks to its map
    }
    const auto record = blocks_.record_of(layer);
    auto held = connections_.writer();
    Transaction transaction(held.db());
    if (may_be_recorded(held.db(), layer)) {
        set_layer_record(held.db(), layer, record);
    }
    transaction.commit();
}

/// Before the first byte of a merge: neither a kill nor power loss may leave a record of what the
/// layer was.
void Upkeep::forget_record(LayerId layer)
{
    {
        auto held = connections_.writer();
        if (has_layer_record(held.db(), layer)) {
            Transaction transaction(held.db());
            set_layer_record(held.db(), layer, std::nullopt);
            transaction.commit();
        }
    }
    // Without a record too: it may be gone since a try whose sync failed.
    persistence_.make_metadata_durable();
}

void Upkeep::write_index(LayerId layer, Kind kind)
{
    std::vector<LayerId> chain;
    {
        auto reader = connections_.reader();
        chain = kind == Kind::kIndexAgain && layer_exists(reader.db(), layer)
                    ? select_layer_chain(reader.db(), layer)
                    : select_chain_to_index(reader.db(), layer);
    }
    if (chain.empty()) {
        return;
    }
    // Before the index is written: power loss must neither make a layer writable again whose index
    // is on the disk, nor take blocks that an index names.
    persistence_.make_metadata_durable();
    persistence_.sync_now(std::array{layer});
    if (!blocks_.write_index(chain, [this] { return !is_stopped(); })) {
        return;
    }
    auto held = connections_.writer();
    Transaction transaction(held.db());
    mark_layer_indexed(held.db(), layer, true);
    transaction.commit();
}

}  // namespace amilab
