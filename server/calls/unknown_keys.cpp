#include "server/calls/unknown_keys.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "server/log/log.h"

namespace amilab {

namespace {

/// Keys that begin alike count as one, so that a long one takes no more memory.
constexpr std::size_t kKeptBytes = 128;
/// Source: no access key of AWS is shorter than 16 characters (documented).
constexpr std::size_t kShortestRealKey = 16;
constexpr std::ptrdiff_t kDigitsOfANumber = 6;

/// Most likely an account number with a digit too few or too many, with dashes or a letter.
bool looks_like_an_account(std::string_view key)
{
    const auto digits =
        std::count_if(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
    return key.size() < kShortestRealKey && digits >= kDigitsOfANumber &&
           2 * static_cast<std::size_t>(digits) > key.size();
}

}  // namespace

std::string UnknownKeys::fate() const
{
    return default_account_.empty()
               ? std::string("its calls are refused (--strict-accounts)")
               : fmt::format("its calls are those of the default account {}", default_account_);
}

std::optional<std::string> UnknownKeys::meet(std::string_view access_key)
{
    const auto kept = access_key.substr(0, kKeptBytes);
    {
        const Lock lock(mutex_);
        if (met_.contains(kept)) {
            return std::nullopt;
        }
        if (met_.size() == kMostKeys) {
            return std::exchange(told_of_more_, true)
                       ? std::nullopt
                       : std::optional<std::string>(fmt::format(
                             "more than {} access keys name no account; the rest is not listed",
                             kMostKeys));
        }
        met_.emplace(kept);
    }
    if (looks_like_an_account(kept)) {
        return fmt::format("access key {} is no account number, which has 12 digits: {}",
                           log::as_word(kept), fate());
    }
    return fmt::format(
        "access key {} names no account: {}. A key of 12 digits does, and one that an account is "
        "declared with (`amilab help control`)",
        log::as_word(kept), fate());
}

}  // namespace amilab
