#pragma once

#include <memory>
#include <typeindex>
#include <unordered_map>

#include "storage/base/mutex.h"

namespace amilab {

/// What services keep in memory beside the rows, one object of a type, made on first use. They live
/// as long as this. Safe from any thread; so must the objects be.
class Companions {
public:
    template <class Companion>
    Companion& get()
    {
        const Lock lock(mutex_);
        auto& kept = kept_[std::type_index(typeid(Companion))];
        if (!kept) {
            kept = std::make_shared<Companion>();
        }
        return *std::static_pointer_cast<Companion>(kept);
    }

private:
    Mutex mutex_{LockLevel::kCompanions};
    std::unordered_map<std::type_index, std::shared_ptr<void>> kept_ GUARDED_BY(mutex_);
};

}  // namespace amilab
