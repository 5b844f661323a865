#include "server/control/instance_events.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/calls/settle.h"
#include "server/control/bodies.h"
#include "server/control/query.h"
#include "server/http/message.h"
#include "server/services/ec2/instances/instance_events.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/state/generation.h"

namespace amilab::control {

namespace json = boost::json;

namespace {

std::optional<std::string> text_in(const json::object& wanted, std::string_view name)
{
    const auto* value = wanted.if_contains(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_string()) {
        refuse(fmt::format("{} is {}; expected a text", name, json::serialize(*value)));
    }
    return std::string(value->get_string());
}

std::optional<TimeMs> time_in(const json::object& wanted, std::string_view name)
{
    const auto* value = wanted.if_contains(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_int64() || value->get_int64() < 0) {
        refuse(fmt::format("{} is {}; expected milliseconds since 1970", name,
                           json::serialize(*value)));
    }
    return value->get_int64();
}

void refuse_unknown(const json::object& wanted)
{
    constexpr std::string_view kNames[] = {"instance_id",  "code",
                                           "description",  "not_before_ms",
                                           "not_after_ms", "not_before_deadline_ms"};
    for (const auto& [name, value] : wanted) {
        if (std::ranges::find(kNames, std::string_view(name)) == std::end(kNames)) {
            refuse(fmt::format("\"{}\" is nothing that an event has", std::string_view(name)));
        }
    }
}

/// The event that is wanted, without its start: nothing of that means now.
InstanceEventRow read_event(const json::object& wanted, std::optional<TimeMs>& not_before_ms)
{
    refuse_unknown(wanted);
    InstanceEventRow row;
    row.instance_id = text_in(wanted, "instance_id").value_or("");
    row.code = text_in(wanted, "code").value_or("");
    if (!find_word<InstanceEventCode>(row.code)) {
        refuse(fmt::format("\"{}\" is no code of an event", row.code));
    }
    row.description =
        text_in(wanted, "description").value_or("The instance is scheduled for " + row.code);
    not_before_ms = time_in(wanted, "not_before_ms");
    row.not_after_ms = time_in(wanted, "not_after_ms");
    row.not_before_deadline_ms = time_in(wanted, "not_before_deadline_ms");
    return row;
}

json::object event_json(const InstanceEventRow& row)
{
    json::object event{{"id", row.id.text()},
                       {"instance_id", row.instance_id},
                       {"code", row.code},
                       {"description", row.shown_description},
                       {"not_before_ms", row.not_before_ms}};
    if (row.not_after_ms) {
        event["not_after_ms"] = *row.not_after_ms;
    }
    if (row.not_before_deadline_ms) {
        event["not_before_deadline_ms"] = *row.not_before_deadline_ms;
    }
    return event;
}

}  // namespace

json::value show_instance_events(Emulator& emulator, std::string_view query)
{
    constexpr std::int64_t kMost = 1'000;
    const auto after = RouteQuery(query, {"after"}).find("after").value_or("");
    auto reader = emulator.data().current()->reader();
    json::array events;
    for (const auto& row : select_all_instance_events(reader.db(), after, kMost)) {
        events.push_back(event_json(row));
    }
    return events;
}

json::value schedule_instance_event(Emulator& emulator, const json::value& wanted)
{
    std::optional<TimeMs> not_before_ms;
    auto row = read_event(require_object(wanted), not_before_ms);
    const auto generation = emulator.data().current();
    const auto id = InstanceId::from_text(row.instance_id);
    const auto place = id ? select_instance_place(generation->reader().db(), *id) : std::nullopt;
    if (!place) {
        throw http::HttpError(404, fmt::format("there is no instance \"{}\"", row.instance_id));
    }
    const Caller caller{place->owner, place->region, ""};
    json::value answer;
    run_write(emulator.services(), *generation, caller, [&](Session& session) {
        row.not_before_ms = not_before_ms.value_or(session.now_ms());
        const auto made = ec2::schedule_event(session, row);
        answer = event_json(*select_instance_event(session.db(), made.id));
    });
    return answer;
}

}  // namespace amilab::control
