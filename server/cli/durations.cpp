#include "server/cli/durations.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/cli/sizes.h"
#include "server/control/settings.h"
#include "storage/base/units.h"

namespace amilab::cli {

namespace {

struct TimeUnit {
    std::string_view name;
    std::int64_t milliseconds;
};
/// The longest first; from the end on, what another unit ends with comes after that.
constexpr std::array<TimeUnit, 5> kTimeUnits = {
    {{"d", kDayMs}, {"h", kHourMs}, {"m", kMinuteMs}, {"s", kSecondMs}, {"ms", 1}}};

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text)
{
    const bool is_negative = text.starts_with('-');
    text.remove_prefix(is_negative ? 1 : 0);
    std::int64_t unit_ms = 1;
    const auto unit = std::find_if(kTimeUnits.rbegin(), kTimeUnits.rend(),
                                   [&](const TimeUnit& one) { return text.ends_with(one.name); });
    if (unit != kTimeUnits.rend()) {
        unit_ms = unit->milliseconds;
        text.remove_suffix(unit->name.size());
    }
    const auto number = text == "0" ? 0 : parse_number(text);
    if (!number || *number > static_cast<std::uint64_t>(control::kLongestMs / unit_ms)) {
        return std::nullopt;
    }
    const auto milliseconds = static_cast<std::int64_t>(*number) * unit_ms;
    return is_negative ? -milliseconds : milliseconds;
}

std::string check_duration(const std::string& text)
{
    return parse_duration(text) ? ""
                                : text + " is no duration: expected such as 500ms, 90s, 5m, 2h, 1d";
}

std::string duration_text(std::int64_t milliseconds)
{
    const auto* unit = std::find_if(kTimeUnits.begin(), kTimeUnits.end(), [&](const TimeUnit& one) {
        return milliseconds % one.milliseconds == 0;
    });
    return milliseconds == 0 ? "0"
                             : fmt::format("{}{}", milliseconds / unit->milliseconds, unit->name);
}

}  // namespace amilab::cli
