#include "server/services/ec2/instances/event_window_times.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"

namespace amilab::ec2 {

namespace {

constexpr int kHoursOfDay = 24;
constexpr int kDaysOfWeek = 7;
constexpr int kFewestHours = 2;
constexpr int kFewestInAll = 4;

ApiError bad_cron(std::string_view text, std::string_view why)
{
    return invalid_value(std::string(text), "cronExpression", std::string(why));
}

std::optional<int> number_below(std::string_view text, int limit)
{
    int number = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    const bool is_one = error == std::errc() && at == end && number >= 0 && number < limit;
    return is_one ? std::optional(number) : std::nullopt;
}

/// How many hours of a day the field has.
int hours_in(std::string_view expression, std::string_view field)
{
    if (field == "*") {
        return kHoursOfDay;
    }
    int hours = 0;
    for (const auto range : split(field, ',')) {
        const auto ends = split(range, '-');
        const auto from = number_below(ends.front(), kHoursOfDay);
        const auto to = number_below(ends.back(), kHoursOfDay);
        if (ends.size() != 2 || !from || !to) {
            throw bad_cron(expression, "Hours are ranges, for example 0-4 or 0-4,20-23.");
        }
        if (*to - *from < kFewestHours) {
            throw bad_cron(expression, "Each hour range must be 2 hours at least.");
        }
        hours += *to - *from;
    }
    return hours;
}

/// How many days of a week the field has.
int days_in(std::string_view expression, std::string_view field)
{
    constexpr std::string_view kNames[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
    if (field == "*") {
        return kDaysOfWeek;
    }
    int days = 0;
    for (const auto day : split(field, ',')) {
        if (!number_below(day, kDaysOfWeek) && std::ranges::find(kNames, day) == std::end(kNames)) {
            throw bad_cron(expression, "Days of the week are 0 to 6 or SUN to SAT.");
        }
        ++days;
    }
    return days;
}

int hour_of_week(const std::string& day, std::int64_t hour)
{
    const auto found = find_word<WeekDay>(day);
    return static_cast<int>(found ? static_cast<int>(*found) * kHoursOfDay : 0) +
           static_cast<int>(hour);
}

}  // namespace

void check_ranges(const std::vector<EventWindowRangeRow>& ranges)
{
    constexpr int kHoursOfWeek = kDaysOfWeek * kHoursOfDay;
    int in_all = 0;
    for (const auto& range : ranges) {
        const int from = hour_of_week(range.start_week_day, range.start_hour);
        const int to = hour_of_week(range.end_week_day, range.end_hour);
        const int hours = (to - from + kHoursOfWeek) % kHoursOfWeek;
        if (hours < kFewestHours) {
            throw invalid_parameter_value("Each time range must be 2 hours at least.");
        }
        in_all += hours;
    }
    if (in_all < kFewestInAll) {
        throw invalid_parameter_value("The time ranges must be 4 hours in all at least.");
    }
}

void check_cron_expression(std::string_view text)
{
    const auto fields = split(text, ' ');
    if (fields.size() != 5) {
        throw bad_cron(text, "Expected five fields.");
    }
    if (fields[0] != "*" || fields[2] != "*" || fields[3] != "*") {
        throw bad_cron(text, "Only hours and days of the week can be said.");
    }
    if (hours_in(text, fields[1]) * days_in(text, fields[4]) < kFewestInAll) {
        throw bad_cron(text, "The event window must be 4 hours at least.");
    }
}

}  // namespace amilab::ec2
