#include "storage/blocks/write_gate.h"

#include <cerrno>
#include <charconv>
#include <string>

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

[[noreturn]] void throw_sealed()
{
    throw StorageError(EROFS, "write", "layer", "it is sealed");
}

}  // namespace

std::uint64_t gate_place(std::string_view volume_id)
{
    // Ids that agree in so many of their 17 digits do not come up.
    constexpr std::size_t kDigits = 15;
    std::string digits(volume_id.substr(volume_id.find('-') + 1).substr(0, kDigits));
    digits.resize(kDigits, '0');
    std::uint64_t place = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), place, 16);
    return place + 1;
}

void WriteGate::close(std::uint64_t place)
{
    lock_order::before_taking(LockLevel::kGate, place);
    {
        const Lock lock(mutex_);
        wait_until_open();
        is_closed_ = true;
        while (inside_ > 0) {
            changed_.wait(mutex_);
        }
    }
    lock_order::taken(this, LockLevel::kGate, place);
}

void WriteGate::open()
{
    lock_order::let_go(this, LockLevel::kGate);
    {
        const Lock lock(mutex_);
        is_closed_ = false;
    }
    changed_.notify_all();
}

void WriteGate::close_for_good()
{
    lock_order::let_go(this, LockLevel::kGate);
    {
        const Lock lock(mutex_);
        is_final_ = true;
    }
    changed_.notify_all();
}

void WriteGate::enter()
{
    lock_order::before_taking(LockLevel::kGate);
    {
        const Lock lock(mutex_);
        wait_until_open();
        ++inside_;
    }
    lock_order::taken(this, LockLevel::kGate);
}

void WriteGate::leave()
{
    lock_order::let_go(this, LockLevel::kGate);
    bool must_tell = false;
    {
        const Lock lock(mutex_);
        must_tell = --inside_ == 0 && is_closed_;
    }
    if (must_tell) {
        changed_.notify_all();
    }
}

void WriteGate::wait_until_open()
{
    while (is_closed_ && !is_final_) {
        changed_.wait(mutex_);
    }
    if (is_final_) {
        throw_sealed();
    }
}

}  // namespace amilab
