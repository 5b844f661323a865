#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

namespace amilab {

/// The last `capacity` values that were used. Not safe from several threads.
template <class Key, class Value, class Hash = std::hash<Key>>
class LruCache {
public:
    explicit LruCache(std::size_t capacity) : capacity_(capacity) {}

    std::optional<Value> find(const Key& key)
    {
        const auto found = index_.find(key);
        if (found == index_.end()) {
            return std::nullopt;
        }
        order_.splice(order_.begin(), order_, found->second);
        return found->second->second;
    }

    /// Replaces what the key had; the value used longest ago makes room, and is returned so that
    /// the caller can destroy it outside its lock.
    std::optional<Value> put(const Key& key, Value value)
    {
        const auto found = index_.find(key);
        if (found != index_.end()) {
            order_.splice(order_.begin(), order_, found->second);
            return std::exchange(found->second->second, std::move(value));
        }
        order_.emplace_front(key, std::move(value));
        index_.emplace(key, order_.begin());
        if (order_.size() <= capacity_) {
            return std::nullopt;
        }
        return take_oldest();
    }

    /// Takes out the value used longest ago; nothing when there is none.
    std::optional<Value> take_oldest()
    {
        if (order_.empty()) {
            return std::nullopt;
        }
        std::optional<Value> taken(std::move(order_.back().second));
        index_.erase(order_.back().first);
        order_.pop_back();
        return taken;
    }

    void erase(const Key& key)
    {
        const auto found = index_.find(key);
        if (found != index_.end()) {
            order_.erase(found->second);
            index_.erase(found);
        }
    }

    std::size_t size() const { return order_.size(); }

private:
    using Order = std::list<std::pair<Key, Value>>;

    std::size_t capacity_;
    Order order_;
    std::unordered_map<Key, typename Order::iterator, Hash> index_;
};

}  // namespace amilab
