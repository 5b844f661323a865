#include "storage/blocks/page_cache.h"

#include <algorithm>
#include <boost/endian/conversion.hpp>
#include <optional>

namespace amilab {
namespace {

constexpr std::size_t kShards = 8;

}  // namespace

void Page::load(std::span<const std::byte, kMapPageSize> bytes)
{
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    for (std::size_t index = 0; index < kWords; ++index) {
        set_word(index, boost::endian::load_little_u32(from + index * sizeof(std::uint32_t)));
    }
}

void Page::store(std::span<std::byte, kMapPageSize> bytes) const
{
    auto* to = reinterpret_cast<unsigned char*>(bytes.data());
    for (std::size_t index = 0; index < kWords; ++index) {
        boost::endian::store_little_u32(to + index * sizeof(std::uint32_t), word(index));
    }
}

PageCache::PageCache(std::size_t capacity_bytes)
{
    const auto per_shard = std::max<std::size_t>(1, capacity_bytes / kMapPageSize / kShards);
    for (std::size_t index = 0; index < kShards; ++index) {
        shards_.push_back(std::make_unique<Shard>(per_shard));
    }
}

std::shared_ptr<Page> PageCache::find(std::uint64_t owner, std::uint64_t number)
{
    const Key key{owner, number};
    auto& shard = shard_of(key);
    const Lock lock(shard.mutex);
    return shard.pages.find(key).value_or(nullptr);
}

void PageCache::put(std::uint64_t owner, std::uint64_t number, std::shared_ptr<Page> page)
{
    const Key key{owner, number};
    auto& shard = shard_of(key);
    const Lock lock(shard.mutex);
    shard.pages.put(key, std::move(page));
}

std::shared_ptr<Page> PageCache::find_or_make(std::uint64_t owner, std::uint64_t number)
{
    const Key key{owner, number};
    auto& shard = shard_of(key);
    const Lock lock(shard.mutex);
    if (auto found = shard.pages.find(key)) {
        return *found;
    }
    auto page = std::make_shared<Page>();
    shard.pages.put(key, page);
    return page;
}

std::size_t PageCache::page_count()
{
    std::size_t count = 0;
    for (const auto& shard : shards_) {
        const Lock lock(shard->mutex);
        count += shard->pages.size();
    }
    return count;
}

PageCache::Shard& PageCache::shard_of(const Key& key)
{
    return *shards_[(KeyHash{}(key) >> 40) % kShards];
}

}  // namespace amilab
