// The clock, the delays and the accounts, shown and set by the routes of the control API.
#include <stdexcept>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/cli/answers.h"
#include "server/cli/commands.h"
#include "server/cli/control_client.h"
#include "server/cli/durations.h"
#include "server/control/paths.h"
#include "server/wire/types.h"
#include "storage/base/clock.h"
#include "storage/base/text.h"

namespace amilab::cli {

namespace json = boost::json;

namespace {

/// Has `read` look at what the route shows, once it has done what `wanted` says; an empty object:
/// nothing.
template <class Read>
void ask(const ServerAccess& server, std::string_view path, const json::object& wanted,
         const Read& read)
{
    auto client = client_of(server);
    const auto said = wanted.empty() ? client.request("GET", path)
                                     : client.request("POST", path, json::serialize(wanted));
    read_answer(client.url(), path, said, read);
}

json::object wanted_clock(const ClockOptions& options)
{
    json::object wanted;
    if (options.is_frozen) {
        wanted["freeze"] = *options.is_frozen;
    }
    if (options.advance) {
        wanted["advance_ms"] = parse_duration(*options.advance).value();
    }
    if (options.set) {
        wanted["set"] = json::string(*options.set);
    }
    if (options.as_machine) {
        wanted = {{"freeze", false}, {"set_ms", Clock::wall_ms()}};
    }
    return wanted;
}

json::object wanted_delays(const std::vector<std::string>& settings)
{
    json::object wanted;
    for (const auto& setting : settings) {
        const auto equals = setting.find('=');  // it has been checked
        wanted[setting.substr(0, equals)] = parse_duration(setting.substr(equals + 1)).value();
    }
    return wanted;
}

json::array list_of(const std::vector<std::string>& texts)
{
    json::array list;
    for (const auto& text : texts) {
        list.push_back(json::string(text));
    }
    return list;
}

json::object wanted_account(const AccountOptions& options)
{
    json::object wanted;
    const auto set = [&](std::string_view key, const std::optional<std::vector<std::string>>& to) {
        if (to) {
            wanted[key] = list_of(*to);
        }
    };
    if (options.name) {
        wanted["name"] = json::string(*options.name);
    }
    set("access_keys", options.access_keys);
    set("organizational_units", options.organizational_units);
    set("subscriptions", options.subscriptions);
    set("products", options.products);
    if (options.organization) {
        wanted["organization"] = *options.organization == "none"
                                     ? json::value()
                                     : json::value(json::string(*options.organization));
    }
    return wanted;
}

json::object wanted_accounts(const AccountOptions& options)
{
    if (options.is_forgotten) {
        return {{*options.account, nullptr}};
    }
    auto wanted = wanted_account(options);
    if (wanted.empty()) {
        return {};
    }
    return {{*options.account, std::move(wanted)}};
}

std::string joined(const json::value& value)
{
    if (value.is_string()) {
        return one_line(std::string(value.get_string()));
    }
    std::string text;
    if (value.is_array()) {
        for (const auto& one : value.get_array()) {
            text += (text.empty() ? "" : " ") + one_line(std::string(one.as_string()));
        }
    }
    return text;
}

void print_account(std::string_view id, const json::object& account)
{
    const auto last = joined(account.at("last_call"));
    const auto count = account.at("calls").to_number<std::uint64_t>();
    fmt::print("{}  {}, {} call{}{}\n", id,
               account.at("declared").as_bool() ? "declared" : "not declared", count,
               count == 1 ? "" : "s", last.empty() ? "" : ", the last " + last);
    if (const auto* name = account.if_contains("name")) {
        fmt::print("  name: {}\n", joined(*name));
    }
    for (const auto* key :
         {"access_keys", "organization", "organizational_units", "subscriptions", "products"}) {
        if (const auto text = joined(account.at(key)); !text.empty()) {
            fmt::print("  {}: {}\n", key, text);
        }
    }
}

}  // namespace

int clock(const ClockOptions& options)
{
    ask(options.server, kClockPath, wanted_clock(options), [](const json::value& answer) {
        fmt::print("{} {}\n", one_line(std::string(answer.at("now").as_string())),
                   answer.at("frozen").as_bool() ? "frozen" : "running");
    });
    return 0;
}

std::string check_delay(const std::string& text)
{
    const auto equals = text.find('=');
    const bool is_setting = equals != std::string::npos && equals > 0;
    if (!is_setting) {
        return text + " is no delay: expected such as image.pending=30s";
    }
    return check_duration(text.substr(equals + 1));
}

int delays(const DelayOptions& options)
{
    ask(options.server, kDelaysPath, wanted_delays(options.settings),
        [](const json::value& answer) {
            for (const auto& [name, milliseconds] : answer.as_object()) {
                fmt::print("{:<28} {}\n", one_line(std::string(name)),
                           duration_text(milliseconds.to_number<std::int64_t>()));
            }
        });
    return 0;
}

int accounts(const AccountOptions& options)
{
    const auto wanted = options.account ? wanted_accounts(options) : json::object();
    bool is_found = !options.account || options.is_forgotten;
    ask(options.server, kAccountsPath, wanted, [&](const json::value& answer) {
        for (const auto& [id, account] : answer.as_object()) {
            require_of_amilab(wire::is_account_id(id));
            if (!options.account || id == *options.account) {
                print_account(id, account.as_object());
                is_found = true;
            }
        }
    });
    if (!is_found) {
        throw std::runtime_error(
            fmt::format("account {} is not declared and has not called", *options.account));
    }
    return 0;
}

}  // namespace amilab::cli
