#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/blocks/layer_id.h"
#include "storage/blocks/lru_cache.h"

namespace amilab {

/// 4 KiB of small numbers that several threads read while one changes some: a piece of a map, or
/// the owners of 1,024 blocks.
class Page {
public:
    static constexpr std::size_t kWords = kMapPageSize / sizeof(std::uint32_t);

    std::uint32_t word(std::size_t index) const
    {
        return words_[index].load(std::memory_order_acquire);
    }
    void set_word(std::size_t index, std::uint32_t value)
    {
        words_[index].store(value, std::memory_order_release);
    }
    /// Sets a word that is 0, unless another thread comes first.
    void fill_word(std::size_t index, std::uint32_t value)
    {
        std::uint32_t empty = 0;
        words_[index].compare_exchange_strong(empty, value, std::memory_order_acq_rel);
    }

    /// The words as they stand in a file, little-endian.
    void load(std::span<const std::byte, kMapPageSize> bytes);
    void store(std::span<std::byte, kMapPageSize> bytes) const;

private:
    std::array<std::atomic<std::uint32_t>, kWords> words_{};
};

/// The pages used last, of all maps and all volumes together, within one bound of memory.
/// A page in use stays valid when it is dropped from here. Safe from any thread.
class PageCache {
public:
    explicit PageCache(std::size_t capacity_bytes);

    /// A name for a map or a volume, never given twice: pages of one that is gone cannot come back.
    std::uint64_t new_owner() { return next_owner_.fetch_add(1); }

    /// Null when it is not here.
    std::shared_ptr<Page> find(std::uint64_t owner, std::uint64_t number);
    void put(std::uint64_t owner, std::uint64_t number, std::shared_ptr<Page> page);
    /// The page, made of zeros when it is not here.
    std::shared_ptr<Page> find_or_make(std::uint64_t owner, std::uint64_t number);

    /// Stands for every page that is all zeros; nobody may write to it.
    const std::shared_ptr<Page>& zero_page() const { return zero_page_; }

    std::size_t page_count();

private:
    struct Key {
        std::uint64_t owner = 0;
        std::uint64_t number = 0;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const
        {
            return (key.owner * 0x9e3779b97f4a7c15U) ^ (key.number * 0xc2b2ae3d27d4eb4fU);
        }
    };
    struct Shard {
        explicit Shard(std::size_t capacity) : pages(capacity) {}
        Mutex mutex{LockLevel::kPageCache};
        LruCache<Key, std::shared_ptr<Page>, KeyHash> pages GUARDED_BY(mutex);
    };

    Shard& shard_of(const Key& key);

    std::atomic<std::uint64_t> next_owner_{1};
    std::shared_ptr<Page> zero_page_ = std::make_shared<Page>();
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace amilab
