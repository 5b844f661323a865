#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "storage/base/mutex.h"

namespace amilab {

/// Keeps the bytes that accounts hold to a bound. What is written counts as new until that comes to
/// more than the bound; then the files are looked at. So a write within the bound costs a look-up,
/// and nobody gets further beyond it than by what is being written at that instant. Who has been
/// refused is refused without a look until something is freed.
/// Safe from any thread.
class HeldBytes {
public:
    /// What an account holds by its files, in bytes. Takes its time.
    using Measure = std::function<std::uint64_t(std::string_view account)>;

    /// How often files have given room back, whosever they are. Cheap.
    using CountFrees = std::function<std::uint64_t()>;

    /// Without `most` nothing is counted.
    HeldBytes(std::optional<std::uint64_t> most, Measure measure, CountFrees count_frees)
        : most_(most), measure_(std::move(measure)), count_frees_(std::move(count_frees))
    {
    }

    std::optional<std::uint64_t> most() const { return most_; }

    /// Whether the account may write so many bytes more, which then count as written. Throws what
    /// `measure` throws.
    bool take(std::string_view account, std::uint64_t bytes);
    /// Whether take() would say so at once.
    bool is_known_to_have_room(std::string_view account, std::uint64_t bytes) const;
    /// What has come of an upload so far, which no row names yet: counts until it goes.
    class Upload {
    public:
        Upload(HeldBytes& held, std::string account) : held_(held), account_(std::move(account)) {}
        Upload(const Upload&) = delete;
        Upload& operator=(const Upload&) = delete;
        ~Upload();

        /// Whether the account may hold the upload, of so many bytes by now, beside what it holds
        /// and what else it uploads. Throws what `measure` throws.
        bool note(std::uint64_t bytes);

    private:
        HeldBytes& held_;
        const std::string account_;
        std::uint64_t bytes_ = 0;
    };

    /// To be called when rows have let go of a layer or of an object's bytes, whose files may stay.
    void note_freed() { ++freed_rows_; }
    /// To be called when the account has got another volume or snapshot, and has `disks` of them:
    /// it may have got what others wrote. Now and then has the files looked at the next time; the
    /// more disks, the more seldom, so that a look, which costs as much as there are disks, costs
    /// each of them the same.
    void note_disks(std::string_view account, std::int64_t disks);

private:
    bool has_counted_room(std::string_view account, std::uint64_t bytes) const REQUIRES(mutex_);
    /// Counts the bytes as written when the account has room for them by what is counted.
    bool take_counted(std::string_view account, std::uint64_t bytes) REQUIRES(mutex_);
    /// Whether it was refused by a look since which nothing has changed for it.
    bool is_known_to_be_full(std::string_view account) const REQUIRES(mutex_);
    std::uint64_t uploaded(std::string_view account) const REQUIRES(mutex_);
    std::uint64_t frees() const { return freed_rows_ + count_frees_(); }

    const std::optional<std::uint64_t> most_;
    const Measure measure_;
    const CountFrees count_frees_;
    std::atomic<std::uint64_t> freed_rows_{0};
    mutable Mutex mutex_{LockLevel::kHeldBytes};
    std::map<std::string, std::uint64_t, std::less<>> counted_ GUARDED_BY(mutex_);
    /// Of accounts that were refused: frees() before the look that said so.
    std::map<std::string, std::uint64_t, std::less<>> refused_at_ GUARDED_BY(mutex_);
    /// Of uploads under way.
    std::map<std::string, std::uint64_t, std::less<>> uploaded_ GUARDED_BY(mutex_);
    /// With how many disks of an account its files are looked at again.
    std::map<std::string, std::int64_t, std::less<>> next_look_ GUARDED_BY(mutex_);
};

}  // namespace amilab
