#include "server/control/settings.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/calls/settle.h"
#include "server/http/message.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "storage/metadata/settings/setting_rows.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/space.h"

namespace amilab::control {

namespace json = boost::json;

namespace {

/// A thousand years: no sum of a time and a delay overflows.
constexpr TimeMs kLongestMs = 1000 * 366 * kDayMs;

[[noreturn]] void refuse(const std::string& text)
{
    throw http::HttpError(400, text);
}

const json::object& require_object(const json::value& value)
{
    if (!value.is_object()) {
        refuse("expected a JSON object");
    }
    return value.get_object();
}

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
    auto& clock = generation.clock();
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

std::string delay_names(const Services& services)
{
    std::string names;
    for (const auto* known : services.delays()) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", known->name);
    }
    return names;
}

}  // namespace

json::value show_clock(Emulator& emulator)
{
    const auto generation = emulator.data().current();
    const auto now_ms = generation->clock().now_ms();
    return {{"now", wire::format_timestamp({now_ms})},
            {"now_ms", now_ms},
            {"frozen", generation->clock().setting().frozen}};
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
        delays[json::string_view(known->name)] = generation->delays().get(*known);
    }
    return delays;
}

void change_delays(Emulator& emulator, const json::value& wanted)
{
    std::vector<std::pair<std::string, TimeMs>> changes;
    for (const auto& [key, value] : require_object(wanted)) {
        if (emulator.services().delay_named(std::string_view(key)) == nullptr) {
            refuse(fmt::format("unknown delay \"{}\"; expected one of {}", std::string_view(key),
                               delay_names(emulator.services())));
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
        generation->delays().set(name, delay_ms);
    }
}

boost::json::value show_space(Emulator& emulator)
{
    const auto space = measure_space(*emulator.data().current());
    boost::json::array disks;
    for (const auto& one : space.disks) {
        disks.push_back(boost::json::object{{"id", one.disk.id},
                                            {"account", one.disk.owner},
                                            {"region", one.disk.region},
                                            {"logical_bytes", one.logical_bytes},
                                            {"own_bytes", one.own_bytes},
                                            {"shared_bytes", one.shared_bytes}});
    }
    boost::json::array accounts;
    for (const auto& one : space.accounts) {
        accounts.push_back(boost::json::object{{"account", one.account},
                                               {"rows", one.rows},
                                               {"disks", one.disks},
                                               {"logical_bytes", one.logical_bytes},
                                               {"held_bytes", one.held_bytes},
                                               {"shared_bytes", one.shared_bytes}});
    }
    return boost::json::object{{"allocated_bytes", space.allocated_bytes},
                               {"accounts", std::move(accounts)},
                               {"disks", std::move(disks)}};
}

}  // namespace amilab::control
