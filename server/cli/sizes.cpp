#include "server/cli/sizes.h"

#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "storage/base/units.h"

namespace amilab::cli {

namespace {

struct SizeUnit {
    std::string_view suffix;
    std::uint64_t bytes;
};
constexpr std::array kSizeUnits = {SizeUnit{"KiB", kGiB >> 20}, SizeUnit{"MiB", kGiB >> 10},
                                   SizeUnit{"GiB", kGiB}, SizeUnit{"TiB", kGiB << 10}};
constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
/// With less, a few answers at a time would be too many.
constexpr std::uint64_t kLeastMemory = kGiB >> 4;

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text)
{
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    const bool is_good = read.ec == std::errc() && read.ptr == end && number > 0 && number <= kMost;
    return is_good ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text)
{
    std::uint64_t unit_bytes = 1;
    for (const auto& unit : kSizeUnits) {
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

std::string check_memory_limit(const std::string& text)
{
    const auto bytes = parse_size(text);
    return bytes && *bytes >= kLeastMemory
               ? ""
               : fmt::format("{} is no memory limit: expected {}; 64MiB or more", text, kSizeForm);
}

}  // namespace amilab::cli
