#include "storage/blocks/write_gate.h"

#include <cerrno>

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

[[noreturn]] void throw_sealed()
{
    throw StorageError(EROFS, "write", "layer", "it is sealed");
}

}  // namespace

void WriteGate::close()
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !is_closed_ || is_final_; });
    if (is_final_) {
        throw_sealed();
    }
    is_closed_ = true;
    changed_.wait(lock, [&] { return inside_ == 0; });
}

void WriteGate::open()
{
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = false;
    }
    changed_.notify_all();
}

void WriteGate::close_for_good()
{
    {
        const std::lock_guard lock(mutex_);
        is_final_ = true;
    }
    changed_.notify_all();
}

void WriteGate::enter()
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !is_closed_ || is_final_; });
    if (is_final_) {
        throw_sealed();
    }
    ++inside_;
}

void WriteGate::leave()
{
    bool must_tell = false;
    {
        const std::lock_guard lock(mutex_);
        must_tell = --inside_ == 0 && is_closed_;
    }
    if (must_tell) {
        changed_.notify_all();
    }
}

}  // namespace amilab
