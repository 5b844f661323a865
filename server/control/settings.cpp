#include "server/control/settings.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/calls/settle.h"
#include "server/control/bodies.h"
#include "server/control/query.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "storage/metadata/settings/setting_rows.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/generation.h"
#include "storage/state/space.h"

namespace amilab::control {

namespace json = boost::json;

namespace {

TimeMs require_ms(std::string_view name, const json::value& value, TimeMs least)
{
    boost::system::error_code error;
    const auto number = value.to_number<std::int64_t>(error);
    if (error || number < least || number > kLongestMs) {
        refuse(fmt::format("{} is {}; expected a whole number of milliseconds from {} to {}", name,
                           json::serialize(value), least, kLongestMs));
    }
    return number;
}

TimeMs require_time(const json::value& value)
{
    const auto time =
        value.is_string() ? wire::parse_timestamp(std::string(value.get_string())) : std::nullopt;
    if (!time) {
        refuse(fmt::format("set is {}; expected a time such as \"2026-01-02T03:04:05Z\"",
                           json::serialize(value)));
    }
    return time->ms;
}

/// What the request asks for, all of it checked before any of it is done.
struct ClockChange {
    std::optional<bool> freeze;
    std::optional<TimeMs> advance_ms;
    std::optional<TimeMs> set_ms;
};

ClockChange parse_clock_change(const json::value& wanted)
{
    ClockChange change;
    for (const auto& [key, value] : require_object(wanted)) {
        if (key == "freeze") {
            if (!value.is_bool()) {
                refuse(fmt::format("freeze is {}; expected true or false", json::serialize(value)));
            }
            change.freeze = value.get_bool();
        } else if (key == "advance_ms") {
            change.advance_ms = require_ms("advance_ms", value, -kLongestMs);
        } else if (key == "set_ms") {
            change.set_ms = require_ms("set_ms", value, 0);
        } else if (key == "set") {
            change.set_ms = require_time(value);
        } else {
            refuse(fmt::format("unknown key \"{}\"; expected freeze, advance_ms, set or set_ms",
                               std::string_view(key)));
        }
    }
    return change;
}

void apply(const ClockChange& change, Clock& clock)
{
    if (change.freeze) {
        *change.freeze ? clock.freeze() : clock.resume();
    }
    if (change.advance_ms) {
        clock.advance(*change.advance_ms);
    }
    if (change.set_ms) {
        clock.set(*change.set_ms);
    }
}

void set_clock(Generation& generation, const ClockChange& change)
{
    auto writer = generation.writer();
    auto& clock = generation.timing().clock;
    const auto before = clock.setting();
    try {
        Transaction transaction(writer.db());
        apply(change, clock);
        write_clock_setting(writer.db(), clock.setting());
        transaction.commit();
    } catch (...) {
        clock.restore(before);
        throw;
    }
}

}  // namespace

json::value show_clock(Emulator& emulator)
{
    const auto generation = emulator.data().current();
    const auto now_ms = generation->timing().clock.now_ms();
    return {{"now", wire::format_timestamp({now_ms})},
            {"now_ms", now_ms},
            {"frozen", generation->timing().clock.setting().frozen}};
}

void change_clock(Emulator& emulator, const json::value& wanted)
{
    const auto change = parse_clock_change(wanted);
    const auto generation = emulator.data().current();
    set_clock(*generation, change);
    settle_all(emulator.services(), *generation);
}

json::value show_delays(Emulator& emulator)
{
    const auto generation = emulator.data().current();
    json::object delays;
    for (const auto* known : emulator.services().delays()) {
        delays[json::string_view(known->name)] = generation->timing().delays.get(*known);
    }
    return delays;
}

void change_delays(Emulator& emulator, const json::value& wanted)
{
    std::vector<std::pair<std::string, TimeMs>> changes;
    for (const auto& [key, value] : require_object(wanted)) {
        if (emulator.services().delay_named(std::string_view(key)) == nullptr) {
            refuse(fmt::format("unknown delay \"{}\"; expected one of {}", std::string_view(key),
                               names_of(show_delays(emulator).get_object())));
        }
        changes.emplace_back(std::string(key), require_ms(std::string_view(key), value, 0));
    }
    const auto generation = emulator.data().current();
    auto writer = generation->writer();
    Transaction transaction(writer.db());
    for (const auto& [name, delay_ms] : changes) {
        write_delay_setting(writer.db(), name, delay_ms);
    }
    transaction.commit();
    for (const auto& [name, delay_ms] : changes) {
        generation->timing().delays.set(name, delay_ms);
    }
}

namespace {

json::array disks_json(const std::vector<DiskSpace>& disks)
{
    json::array array;
    for (const auto& one : disks) {
        array.push_back(json::object{{"id", one.disk.id},
                                     {"account", one.disk.owner},
                                     {"region", one.disk.region},
                                     {"logical_bytes", one.logical_bytes},
                                     {"own_bytes", one.own_bytes},
                                     {"shared_bytes", one.shared_bytes}});
    }
    return array;
}

json::array accounts_json(const std::vector<AccountSpace>& accounts)
{
    json::array array;
    for (const auto& one : accounts) {
        array.push_back(json::object{{"account", one.account},
                                     {"rows", one.rows},
                                     {"disks", one.disks},
                                     {"logical_bytes", one.logical_bytes},
                                     {"held_bytes", one.held_bytes},
                                     {"shared_bytes", one.shared_bytes}});
    }
    return array;
}

std::int64_t parse_limit(const std::string& text)
{
    constexpr std::int64_t kMost = 1'000;
    const auto limit = static_cast<std::int64_t>(parse_number(text).value_or(0));
    if (limit < 1 || limit > kMost) {
        refuse(fmt::format("limit is {}; expected a number of disks from 1 to {}", text, kMost));
    }
    return limit;
}

}  // namespace

boost::json::value show_space(Emulator& emulator, std::string_view query)
{
    const RouteQuery asked(query, {"account", "after", "limit"});
    const auto account = asked.account_id();
    const auto after = asked.find("after");
    const auto limit = asked.find("limit");
    const auto generation = emulator.data().current();
    if (after || limit) {
        const DiskPage page{.account = account,
                            .after = after.value_or(""),
                            .most = parse_limit(limit.value_or("1000"))};
        return json::object{{"disks", disks_json(measure_disks(*generation, page))}};
    }
    const auto space = account ? measure_space(*generation, *account) : measure_space(*generation);
    return json::object{{"allocated_bytes", space.allocated_bytes},
                        {"accounts", accounts_json(space.accounts)},
                        {"disks", disks_json(space.disks)}};
}

}  // namespace amilab::control
