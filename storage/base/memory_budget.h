#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <limits>
#include <string_view>
#include <utility>

namespace amilab {

/// What is told to who is refused for it.
inline constexpr std::string_view kMemoryIsShort =
    "The server holds as much for its clients as it may; try again.";

/// A bound to the memory that is held for all clients together, beside what each may cost: what
/// they send until it is used, and answers until they take them. Whoever holds some counts it here,
/// and holds less, or refuses, where there is no more. Sizes are bytes. Safe from any thread.
class MemoryBudget {
public:
    static constexpr std::size_t kNoBound = std::numeric_limits<std::size_t>::max();

    /// `when_past` is called on any thread each time that much had been held and nearly nothing is
    /// any more.
    explicit MemoryBudget(std::size_t most_bytes = kNoBound, std::function<void()> when_past = {})
        : most_bytes_(most_bytes), when_past_(std::move(when_past))
    {
    }

    /// What one holder has of it, for its own life. Used by one thread at a time.
    class Share {
    public:
        explicit Share(MemoryBudget& budget) : budget_(&budget) {}
        ~Share() { release(); }
        Share(Share&& other) noexcept
            : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0))
        {
        }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        Share& operator=(Share&&) = delete;

        /// Holds so much from now on, in all. False when there is no more: it holds what it did.
        bool try_hold(std::size_t bytes);
        /// Holds so much from now on, whatever the bound: of what is there already.
        void hold(std::size_t bytes);
        void release() { hold(0); }
        std::size_t bytes() const { return bytes_; }

    private:
        MemoryBudget* budget_;
        std::size_t bytes_ = 0;
    };

    /// Whether so much is held that nothing new had better be begun.
    bool is_short() const { return held() > most_bytes_ - most_bytes_ / 8; }
    std::size_t held() const { return held_bytes_.load(std::memory_order_relaxed); }

private:
    bool try_take(std::size_t bytes);
    void take(std::size_t bytes);
    void give_back(std::size_t bytes);
    void note_peak(std::size_t held_bytes);

    const std::size_t most_bytes_;
    const std::function<void()> when_past_;
    std::atomic<std::size_t> held_bytes_{0};
    /// The most that was held since when_past_ was called last.
    std::atomic<std::size_t> peak_bytes_{0};
};

}  // namespace amilab
