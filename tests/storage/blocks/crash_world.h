#pragma once

#include <gtest/gtest.h>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "storage/blocks/block_store.h"
#include "storage/blocks/layer_check.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/faulty_file_system.h"
#include "tests/storage/files/memory_file_system.h"

namespace amilab {

/// Volumes, snapshots and copies over files in memory, with rows that a power cut takes back as a
/// database's, and models of what every sector may hold. The process can be killed and the power
/// cut at any file call, and any call can fail.
class CrashWorld {
public:
    explicit CrashWorld(std::uint64_t seed);

    /// One random operation; what the store refuses is entered in the models.
    void step();

    /// From the `calls`-th file call on every call fails, as if nobody were there any more.
    void die_after(std::uint64_t calls) { dies_at_ = calls_ + calls; }
    bool is_dead() const { return dies_at_ != 0 && calls_ >= dies_at_; }
    /// The `calls`-th file call from now fails, and no other.
    void fail_once_after(std::uint64_t calls, Fault fault);
    void stop_failing() { fails_at_ = 0; }
    /// Whether a sync that fails takes what it was for as written from then on, as kernels do.
    void forget_failed_syncs(bool forgets) { forgets_ = forgets; }
    bool has_failed() const { return failed_; }

    /// What a new process finds, in the same boot or after a power cut; then amilab check first.
    void restart_killed();
    void restart_without_power();

    /// Fails the test unless all volumes and snapshots hold what they may.
    void check();
    /// Checks after flushes, which must succeed.
    void check_flushes();

private:
    static constexpr std::uint64_t kSectors = 4 * (kBlockSize / kSectorSize) + 5;
    static constexpr std::uint64_t kSize = kSectors * kSectorSize;

    struct SnapshotRow {
        std::vector<LayerId> chain;
        SectorModel model{0};
        bool is_synced = false;
    };
    /// What a database would hold.
    struct Rows {
        std::map<int, std::vector<LayerId>> volumes;
        std::map<int, SnapshotRow> snapshots;
    };
    struct OpenVolume {
        std::shared_ptr<Volume> disk;
        SectorModel model{kSectors};
    };

    std::uint64_t pick(std::uint64_t below) { return random_() % below; }
    Fault decide();
    void open_store();
    int add_volume(std::vector<LayerId> parents, SectorModel model);
    void write(OpenVolume& volume);
    void write_again(OpenVolume& volume);
    void zero(OpenVolume& volume);
    void flush(OpenVolume& volume);
    void read(OpenVolume& volume);
    void seal(int id, OpenVolume& volume);
    void copy();
    void sync_snapshot();
    void sweep();
    void write_index();
    void write_checksums();
    void merge();
    void begin_merge();
    void finish_merge();
    void forget_snapshot();
    void swap_top(Gate gate, std::vector<LayerId>& chain);
    template <class Change>
    void change(OpenVolume& volume, std::uint64_t first, std::uint64_t count, std::uint64_t version,
                Change&& call);
    void check_snapshot(SnapshotRow& row);
    /// As amilab check does it, with the rows that this world has.
    LayerFindings find_in_files();
    void check_files();
    /// That no data differ from their checksums.
    void check_data();
    /// The layer and all below it, as the rows have it.
    std::vector<LayerId> chain_of(LayerId layer) const;
    bool is_known(LayerId layer) const;

    std::mt19937_64 random_;
    MemoryFileSystem memory_;
    FaultyFileSystem files_;
    std::uint64_t calls_ = 0;
    std::uint64_t dies_at_ = 0;
    std::uint64_t fails_at_ = 0;
    bool forgets_ = false;
    Fault fault_;
    bool failed_ = false;

    std::uint64_t boot_ = 1;
    std::uint64_t last_version_ = 0;
    int last_row_ = 0;
    Rows rows_;
    Rows durable_rows_;
    std::map<int, OpenVolume> volumes_;
    std::unique_ptr<BlockStore> store_;
    std::unique_ptr<LayerMerge> merge_;  // goes before the store
};

}  // namespace amilab
