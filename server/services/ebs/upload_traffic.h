#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "storage/base/mutex.h"

namespace amilab::ebs {

/// Of one generation: which blocks of which snapshots are being written at the moment, so that no
/// two requests write one block at once and none writes while its snapshot is completed. Safe from
/// any thread; its lock is a leaf.
class UploadTraffic {
public:
    /// A snapshot's id.
    using Key = std::string;

    /// What has begun; it ends with this object.
    class [[nodiscard]] Hold {
    public:
        Hold(Hold&& other) noexcept
            : traffic_(std::exchange(other.traffic_, nullptr)),
              key_(std::move(other.key_)),
              block_(other.block_)
        {
        }
        Hold& operator=(Hold&&) = delete;
        ~Hold();

    private:
        friend class UploadTraffic;
        Hold(UploadTraffic& traffic, Key key, std::int64_t block)
            : traffic_(&traffic), key_(std::move(key)), block_(block)
        {
        }
        UploadTraffic* traffic_;
        Key key_;
        std::int64_t block_;
    };

    /// Throws ApiError: CONFLICTING_BLOCK_UPDATE, or throttled while the snapshot is completed.
    Hold begin_write(const Key& key, std::int64_t block_index);
    /// Throws ApiError (throttled) while a block is written or another completion goes on.
    Hold begin_completion(const Key& key);

private:
    static constexpr std::int64_t kCompletion = -1;

    Mutex mutex_{LockLevel::kUploads};
    std::map<Key, std::set<std::int64_t>> busy_ GUARDED_BY(mutex_);
};

}  // namespace amilab::ebs
