#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/listing.h"

/// When scheduled events of instances may run.
namespace amilab {

struct EventWindowTag {
    static constexpr std::string_view kPrefix = "iew";
    static constexpr std::string_view kResourceType = "instance-event-window";
    static constexpr std::string_view kMalformed = "InvalidInstanceEventWindowID.Malformed";
};
using EventWindowId = Id<EventWindowTag>;

enum class WeekDay : std::uint8_t {
    kSunday,
    kMonday,
    kTuesday,
    kWednesday,
    kThursday,
    kFriday,
    kSaturday
};
template <>
inline constexpr auto kWords<WeekDay> = words("sunday", "monday", "tuesday", "wednesday",
                                              "thursday", "friday", "saturday");

enum class EventWindowState : std::uint8_t { kCreating, kActive, kDeleting };
template <>
inline constexpr auto kWords<EventWindowState> = words("creating", "active", "deleting");

struct EventWindowRow {
    EventWindowId id{};
    std::string region{};
    std::string owner{};
    std::optional<std::string> name{};
    /// Nothing: it has ranges.
    std::optional<std::string> cron_expression{};
};
inline constexpr auto kEventWindowColumns = columns<EventWindowRow>(
    "instance_event_window", "w", text<&EventWindowRow::id>("id"),
    text<&EventWindowRow::region>("region"), text<&EventWindowRow::owner>("owner"),
    text<&EventWindowRow::name>("name"), text<&EventWindowRow::cron_expression>("cron_expression"));

/// UTC; hours are full ones, 0 to 23.
struct EventWindowRangeRow {
    std::string window_id{};
    std::int64_t position = 0;
    std::string start_week_day{};
    std::int64_t start_hour = 0;
    std::string end_week_day{};
    std::int64_t end_hour = 0;
};
inline constexpr auto kEventWindowRangeColumns = columns<EventWindowRangeRow>(
    "instance_event_window_range", "g", text<&EventWindowRangeRow::window_id>("window_id"),
    integer<&EventWindowRangeRow::position>("position"),
    text<&EventWindowRangeRow::start_week_day>("start_week_day"),
    integer<&EventWindowRangeRow::start_hour>("start_hour"),
    text<&EventWindowRangeRow::end_week_day>("end_week_day"),
    integer<&EventWindowRangeRow::end_hour>("end_hour"));
inline constexpr Children<EventWindowRangeRow> kEventWindowRanges{
    .columns = kEventWindowRangeColumns, .parent = "window_id", .order = "position"};

struct EventWindowInstanceRow {
    std::string window_id{};
    std::string instance_id{};
};
inline constexpr auto kEventWindowInstanceColumns = columns<EventWindowInstanceRow>(
    "instance_event_window_instance", "i", text<&EventWindowInstanceRow::window_id>("window_id"),
    text<&EventWindowInstanceRow::instance_id>("instance_id"));
inline constexpr Children<EventWindowInstanceRow> kEventWindowInstances{
    .columns = kEventWindowInstanceColumns, .parent = "window_id", .order = "instance_id"};

struct EventWindowHostRow {
    std::string window_id{};
    std::string host_id{};
};
inline constexpr auto kEventWindowHostColumns = columns<EventWindowHostRow>(
    "instance_event_window_host", "h", text<&EventWindowHostRow::window_id>("window_id"),
    text<&EventWindowHostRow::host_id>("host_id"));
inline constexpr Children<EventWindowHostRow> kEventWindowHosts{
    .columns = kEventWindowHostColumns, .parent = "window_id", .order = "host_id"};

struct EventWindowTagRow {
    std::string window_id{};
    std::string key{};
    std::string value{};
};
inline constexpr auto kEventWindowTagColumns = columns<EventWindowTagRow>(
    "instance_event_window_tag", "k", text<&EventWindowTagRow::window_id>("window_id"),
    text<&EventWindowTagRow::key>("key"), text<&EventWindowTagRow::value>("value"));
inline constexpr Children<EventWindowTagRow> kEventWindowTags{
    .columns = kEventWindowTagColumns, .parent = "window_id", .order = "key, value"};

inline constexpr std::string_view kOfWindowInstance =
    "EXISTS (SELECT 1 FROM instance_event_window_instance i WHERE i.window_id = w.id AND ";
inline constexpr std::string_view kOfWindowHost =
    "EXISTS (SELECT 1 FROM instance_event_window_host h WHERE h.window_id = w.id AND ";
inline constexpr std::string_view kOfWindowTag =
    "EXISTS (SELECT 1 FROM instance_event_window_tag k WHERE k.window_id = w.id AND ";
/// Source: EC2 API Reference, DescribeInstanceEventWindows (documented); that a tag is asked for as
/// "key=value" is assumed.
inline constexpr FilterColumn kEventWindowFilters[] = {
    {"dedicated-host-id", "h.host_id", kOfWindowHost, ")"},
    {"event-window-name", "name"},
    {"instance-id", "i.instance_id", kOfWindowInstance, ")"},
    {"instance-tag", "(k.key || '=' || k.value)", kOfWindowTag, ")"},
    {"instance-tag-key", "k.key", kOfWindowTag, ")"},
    {"instance-tag-value", "k.value", kOfWindowTag, ")"},
};
inline constexpr Listing<EventWindowRow> kEventWindowList{
    .key = "w.id", .columns = kEventWindowColumns, .filters = kEventWindowFilters};

void set_event_window(Database& db, const EventWindowRow& row);
void delete_event_window_ranges(Database& db, const EventWindowId& id);
void delete_event_window_instance(Database& db, const EventWindowId& id,
                                  const std::string& instance);
void delete_event_window_host(Database& db, const EventWindowId& id, const std::string& host);
void delete_event_window_tag(Database& db, const EventWindowId& id, const std::string& key,
                             const std::string& value);

}  // namespace amilab
