#pragma once

#include <memory>
#include <mutex>
#include <typeindex>
#include <unordered_map>

namespace amilab {

/// What services keep in memory beside the rows, one object of a type, made on first use. They live
/// as long as this. Safe from any thread; so must the objects be.
class Companions {
public:
    template <class Companion>
    Companion& get()
    {
        const std::lock_guard lock(mutex_);
        auto& kept = kept_[std::type_index(typeid(Companion))];
        if (!kept) {
            kept = std::make_shared<Companion>();
        }
        return *std::static_pointer_cast<Companion>(kept);
    }

private:
    std::mutex mutex_;  // guards kept_
    std::unordered_map<std::type_index, std::shared_ptr<void>> kept_;
};

}  // namespace amilab
