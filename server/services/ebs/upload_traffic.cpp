#include "server/services/ebs/upload_traffic.h"

#include "server/services/ebs/errors.h"

namespace amilab::ebs {

UploadTraffic::Hold::~Hold()
{
    if (traffic_ == nullptr) {
        return;
    }
    const Lock lock(traffic_->mutex_);
    const auto found = traffic_->busy_.find(key_);
    found->second.erase(block_);
    if (found->second.empty()) {
        traffic_->busy_.erase(found);
    }
}

UploadTraffic::Hold UploadTraffic::begin_write(const Key& key, std::int64_t block_index)
{
    const Lock lock(mutex_);
    auto& blocks = busy_[key];
    if (blocks.contains(kCompletion)) {
        throw busy("The snapshot is being completed.");
    }
    if (!blocks.insert(block_index).second) {
        throw conflicting_block_update(block_index);
    }
    return {*this, key, block_index};
}

UploadTraffic::Hold UploadTraffic::begin_completion(const Key& key)
{
    const Lock lock(mutex_);
    auto& blocks = busy_[key];
    if (!blocks.empty()) {
        throw busy(blocks.contains(kCompletion) ? "The snapshot is being completed."
                                                : "Blocks of the snapshot are being written.");
    }
    blocks.insert(kCompletion);
    return {*this, key, kCompletion};
}

}  // namespace amilab::ebs
