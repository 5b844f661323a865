#include "storage/base/memory_budget.h"

namespace amilab {

namespace {

// What a peak is, and what is nearly nothing beside it.
constexpr std::size_t kPeakBytes = std::size_t{32} << 20;
constexpr std::size_t kQuietBytes = std::size_t{2} << 20;

}  // namespace

bool MemoryBudget::Share::try_hold(std::size_t bytes)
{
    if (bytes <= bytes_) {
        hold(bytes);
        return true;
    }
    if (!budget_->try_take(bytes - bytes_)) {
        return false;
    }
    bytes_ = bytes;
    return true;
}

void MemoryBudget::Share::hold(std::size_t bytes)
{
    if (bytes > bytes_) {
        budget_->take(bytes - bytes_);
    } else if (bytes < bytes_) {
        budget_->give_back(bytes_ - bytes);
    }
    bytes_ = bytes;
}

bool MemoryBudget::try_take(std::size_t bytes)
{
    auto held = held_bytes_.load(std::memory_order_relaxed);
    do {
        if (held > most_bytes_ || bytes > most_bytes_ - held) {
            return false;
        }
    } while (!held_bytes_.compare_exchange_weak(held, held + bytes));
    note_peak(held + bytes);
    return true;
}

void MemoryBudget::take(std::size_t bytes)
{
    note_peak(held_bytes_.fetch_add(bytes) + bytes);
}

void MemoryBudget::give_back(std::size_t bytes)
{
    const auto held_bytes = held_bytes_.fetch_sub(bytes) - bytes;
    if (held_bytes <= kQuietBytes && peak_bytes_.load() >= kPeakBytes &&
        peak_bytes_.exchange(0) >= kPeakBytes && when_past_) {
        when_past_();
    }
}

void MemoryBudget::note_peak(std::size_t held_bytes)
{
    auto peak = peak_bytes_.load(std::memory_order_relaxed);
    while (peak < held_bytes && !peak_bytes_.compare_exchange_weak(peak, held_bytes)) {
    }
}

}  // namespace amilab
