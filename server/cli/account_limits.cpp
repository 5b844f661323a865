#include "server/cli/account_limits.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "storage/base/units.h"

namespace amilab::cli {

namespace {

struct Unit {
    std::string_view suffix;
    std::uint64_t bytes;
};
constexpr std::array kUnits = {Unit{"KiB", kGiB >> 20}, Unit{"MiB", kGiB >> 10}, Unit{"GiB", kGiB},
                               Unit{"TiB", kGiB << 10}};
constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();

/// A number of at least 1 that fits a row's counter.
std::optional<std::uint64_t> parse_number(std::string_view text)
{
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    const bool is_good = read.ec == std::errc() && read.ptr == end && number > 0 && number <= kMost;
    return is_good ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text)
{
    std::uint64_t unit_bytes = 1;
    for (const auto& unit : kUnits) {
        if (text.ends_with(unit.suffix)) {
            unit_bytes = unit.bytes;
            text.remove_suffix(unit.suffix.size());
            break;
        }
    }
    const auto number = parse_number(text);
    return number && *number <= kMost / unit_bytes ? std::optional(*number * unit_bytes)
                                                   : std::nullopt;
}

constexpr std::string_view kRows = "rows=";
constexpr std::string_view kBytes = "bytes=";

/// False when the part tells nothing.
bool read_part(std::string_view part, AccountLimits& limits)
{
    if (part.starts_with(kRows)) {
        const auto rows = parse_number(part.substr(kRows.size()));
        limits.rows = rows ? std::optional(static_cast<std::int64_t>(*rows)) : std::nullopt;
        return rows.has_value();
    }
    if (part.starts_with(kBytes)) {
        limits.bytes = parse_bytes(part.substr(kBytes.size()));
        return limits.bytes.has_value();
    }
    return false;
}

}  // namespace

std::string check_account_limit(const std::string& part)
{
    AccountLimits limits;
    return read_part(part, limits)
               ? ""
               : fmt::format("{} is no limit: expected such as rows=10000 or bytes=20GiB", part);
}

AccountLimits parse_account_limits(const std::vector<std::string>& parts)
{
    AccountLimits limits;
    for (const auto& part : parts) {
        read_part(part, limits);
    }
    return limits;
}

}  // namespace amilab::cli
