#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/sql_text.h"

/// What is scheduled for instances.
namespace amilab {

struct InstanceEventTag {
    static constexpr std::string_view kPrefix = "instance-event";
};
using InstanceEventId = Id<InstanceEventTag>;

enum class InstanceEventCode : std::uint8_t {
    kInstanceReboot,
    kSystemReboot,
    kSystemMaintenance,
    kInstanceRetirement,
    kInstanceStop
};
template <>
inline constexpr auto kWords<InstanceEventCode> = words("instance-reboot", "system-reboot",
                                                        "system-maintenance", "instance-retirement",
                                                        "instance-stop");

struct InstanceEventRow {
    InstanceEventId id{};
    std::string instance_id{};
    std::string code{};
    /// As it was scheduled; shown_description says what of it has come true.
    std::string description{};
    TimeMs not_before_ms = 0;
    std::optional<TimeMs> not_after_ms{};
    /// Nothing: it cannot be put off.
    std::optional<TimeMs> not_before_deadline_ms{};
    bool is_completed = false;
    // Read only.
    /// Source: "[Completed]" before it (documented).
    std::string shown_description{};
    std::string instance_state{};
};

inline constexpr auto kEventDescription =
    sql("(iif(e.is_completed, '[Completed] ', '') || e.description)");
inline constexpr auto kInstanceEventColumns = columns<InstanceEventRow>(
    "instance_event", "e", text<&InstanceEventRow::id>("id"),
    text<&InstanceEventRow::instance_id>("instance_id"), text<&InstanceEventRow::code>("code"),
    text<&InstanceEventRow::description>("description"),
    time<&InstanceEventRow::not_before_ms>("not_before_ms"),
    time<&InstanceEventRow::not_after_ms>("not_after_ms"),
    time<&InstanceEventRow::not_before_deadline_ms>("not_before_deadline_ms"),
    flag<&InstanceEventRow::is_completed>("is_completed"),
    text<&InstanceEventRow::shown_description>("shown_description").as(kEventDescription),
    text<&InstanceEventRow::instance_state>("instance_state")
        .as("(SELECT n.state FROM instance n WHERE n.id = e.instance_id)"));
inline constexpr Children<InstanceEventRow> kEventsOfInstances{
    .columns = kInstanceEventColumns, .parent = "instance_id", .order = "id"};

std::optional<InstanceEventRow> select_instance_event(Database& db, const InstanceEventId& id);
/// Everybody's, in the order of their ids: up to `limit` of those behind `after`.
std::vector<InstanceEventRow> select_all_instance_events(Database& db, std::string_view after,
                                                         std::int64_t limit);
void set_event_start(Database& db, const InstanceEventId& id, TimeMs not_before_ms);
void complete_instance_event(Database& db, const InstanceEventId& id);

/// Whose an instance is, and in which region, whoever asks.
struct InstancePlace {
    std::string owner{};
    std::string region{};
};
std::optional<InstancePlace> select_instance_place(Database& db, const InstanceId& id);

/// Which tags of instances notifications are to have; an empty key is all.
struct EventTagKeyRow {
    std::string owner{};
    std::string region{};
    std::string key{};
};
inline constexpr auto kEventTagKeyColumns = columns<EventTagKeyRow>(
    "instance_event_tag_key", "t", text<&EventTagKeyRow::owner>("owner"),
    text<&EventTagKeyRow::region>("region"), text<&EventTagKeyRow::key>("key"));
std::vector<EventTagKeyRow> select_event_tag_keys(Database& db, std::string_view owner,
                                                  std::string_view region);
void delete_event_tag_key(Database& db, const EventTagKeyRow& row);
void delete_event_tag_keys(Database& db, std::string_view owner, std::string_view region);

}  // namespace amilab
