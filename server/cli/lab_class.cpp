#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/rand.h>
#include <boost/json.hpp>

#include "server/cli/answers.h"
#include "server/cli/class_seats.h"
#include "server/cli/client_environment.h"
#include "server/cli/control_client.h"
#include "server/cli/ext4_files.h"
#include "server/cli/lab.h"
#include "server/cli/lab_session.h"
#include "server/cli/local_server.h"
#include "server/cli/running_servers.h"
#include "server/cli/shell.h"
#include "server/cli/standard_output.h"
#include "server/cli/volume_disk.h"
#include "server/control/paths.h"
#include "server/labs/checker.h"
#include "server/labs/class_table.h"
#include "server/labs/lab_error.h"
#include "server/wire/types.h"

namespace amilab::cli {

namespace json = boost::json;

namespace {

/// "AKIA", and 16 letters and digits that nobody guesses.
std::string new_access_key()
{
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw std::runtime_error("OpenSSL has no random bytes");
    }
    std::string key = "AKIA";
    for (const auto byte : bytes) {
        key += kLetters[byte % kLetters.size()];
    }
    return key;
}

/// The key that an account was given; empty when it has none.
std::string own_key(const json::object& accounts, const std::string& account)
{
    const auto* known = accounts.if_contains(account);
    if (known == nullptr || known->at("access_keys").as_array().empty()) {
        return {};
    }
    return std::string(known->at("access_keys").as_array().front().as_string());
}

/// Whether a header and a shell can have it as it is.
bool is_access_key(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c < 0x80 && (std::isalnum(c) != 0 || c == '_');
    });
}

json::object ask_accounts(ControlClient& control)
{
    return read_answer(control.url(), kAccountsPath, control.request("GET", kAccountsPath),
                       [](const json::value& answer) {
                           for (const auto& [id, account] : answer.as_object()) {
                               require_of_amilab(wire::is_account_id(id));
                               for (const auto& key : account.at("access_keys").as_array()) {
                                   require_of_amilab(is_access_key(key.as_string()));
                               }
                               if (const auto* name = account.as_object().if_contains("name")) {
                                   require_of_amilab(is_name(name->as_string()));
                               }
                           }
                           return answer.as_object();
                       });
}

NamedAccounts names_of(const json::object& accounts)
{
    NamedAccounts named;
    for (const auto& [id, account] : accounts) {
        if (const auto* name = account.as_object().if_contains("name")) {
            named.emplace(id, name->as_string());
        }
    }
    return named;
}

std::int64_t ask_time(ControlClient& control)
{
    return read_answer(control.url(), kClockPath, control.request("GET", kClockPath),
                       [](const json::value& answer) { return answer.at("now_ms").as_int64(); });
}

/// Gives every seat a key that has none, and its name; who has one keeps it.
std::map<std::string, std::string> declare(ControlClient& control, const json::object& known,
                                           const std::vector<Seat>& seats)
{
    const auto named = names_of(known);
    std::map<std::string, std::string> keys;
    json::object wanted;
    for (const auto& seat : seats) {
        json::object declared;
        auto key = own_key(known, seat.account);
        if (key.empty()) {
            key = new_access_key();
            declared["access_keys"] = json::array{json::string(key)};
        }
        if (!named.contains(seat.account)) {
            declared["name"] = json::string(seat.name);
        }
        if (!declared.empty()) {
            wanted[seat.account] = std::move(declared);
        }
        keys[seat.account] = key;
    }
    if (!wanted.empty()) {
        const auto said = control.request("POST", kAccountsPath, json::serialize(wanted));
        read_answer(control.url(), kAccountsPath, said, [&](const json::value& answer) {
            for (const auto& one : wanted) {
                require_of_amilab(answer.as_object().contains(one.key()));
            }
        });
    }
    return keys;
}

void print_seat(Shell shell, const Seat& seat, const Variables& variables)
{
    fmt::print("# {}, account {}\n", seat.name, seat.account);
    for (const auto& [name, value] : variables) {
        fmt::print("{}\n", set_line(shell, name, value));
    }
    fmt::print("{}\n\n", unset_line(shell, misleading_variables()));
}

json::object seat_object(const Seat& seat, const Variables& variables)
{
    json::object environment;
    for (const auto& [name, value] : variables) {
        environment[name] = json::string(value);
    }
    json::array unset;
    for (const auto name : misleading_variables()) {
        unset.push_back(json::string(name));
    }
    return {{"name", seat.name},
            {"account", seat.account},
            {"environment", std::move(environment)},
            {"unset", std::move(unset)}};
}

// The table of a class.

struct Classroom {
    const labs::Labs& all;
    const ServerEndpoint& endpoint;
    const std::optional<std::string>& token;
    const ClassOptions& options;
    json::object accounts;
    json::array calls;
    std::int64_t now_ms;
};

json::array read_calls(ControlClient& control)
{
    return read_answer(control.url(), kCallsPath, control.fetch(kCallsPath, {{"limit", "10000"}}),
                       [](const json::value& answer) {
                           for (const auto& call : answer.at("calls").as_array()) {
                               require_of_amilab(call.is_object());
                           }
                           return answer.at("calls").as_array();
                       });
}

labs::ModelAnswer ask_parameter(const labs::LabClient& client, std::string_view name)
{
    return client.call({.service = "ssm",
                        .operation = "GetParameter",
                        .parameters = {{"Name", json::string(name)}},
                        .region = {}});
}

/// What the checks of a lab give in an account.
std::vector<labs::StepPoints> steps_of(const Classroom& room, const labs::Lab& lab,
                                       const labs::LabClient& client, const std::string& account)
{
    const auto open = [&](const std::string& id, const std::string& region) {
        return open_volume(room.endpoint, room.token,
                           {.account = account, .access_key = {}, .region = region}, id);
    };
    auto outcomes = labs::run_checks(lab, std::nullopt, client, account,
                                     {.open_volume = open, .open_files = open_ext4});
    std::erase_if(outcomes, [](const auto& one) { return one.step == 0; });
    return labs::points_by_step(outcomes);
}

labs::ClassRow row_of(const Classroom& room, const Seat& seat)
{
    labs::ClassRow row{.account = seat.account, .name = seat.name, .lab = {}};
    row.activity = labs::activity_of(room.calls, seat.account);
    if (const auto last = wire::parse_timestamp(row.activity.last_call)) {
        row.idle_ms = std::max<std::int64_t>(0, room.now_ms - last->ms);
    }
    return row;
}

/// One row for each lab that the account has begun; one without a lab where it has begun none.
std::vector<labs::ClassRow> rows_of(const Classroom& room, const Seat& seat)
{
    const auto row = row_of(room, seat);
    auto key = own_key(room.accounts, seat.account);
    const labs::LabClient client(
        labs::built_in_model(),
        {.access_key = key.empty() ? seat.account : key, .region = room.options.region},
        [&](const labs::HttpQuestion& question) { return room.endpoint.carry(question); });
    std::vector<labs::ClassRow> rows;
    ask_parameter(client, labs::kClassBegins);
    for (const auto& name : room.all.names()) {
        if ((room.options.lab && name != *room.options.lab) ||
            !ask_parameter(client, mark_of_lab(name)).refusal.empty()) {
            continue;
        }
        rows.push_back(row);
        rows.back().lab = name;
        rows.back().steps = steps_of(room, room.all.find(name), client, seat.account);
    }
    ask_parameter(client, labs::kClassEnds);
    if (rows.empty()) {
        rows.push_back(row);
    }
    return rows;
}

/// Those of the list of names, else all accounts that are declared or have called.
std::vector<Seat> seats_of(const ClassOptions& options, const json::object& accounts)
{
    const auto named = names_of(accounts);
    if (!options.file.empty()) {
        return seats_of_names(read_names(options.file), options.first, named);
    }
    std::vector<Seat> seats;
    for (const auto& one : accounts) {
        const auto name = named.find(std::string_view(one.key()));
        seats.push_back({.account = std::string(one.key()),
                         .name = name == named.end() ? std::string() : name->second});
    }
    std::sort(seats.begin(), seats.end(),
              [](const auto& one, const auto& other) { return one.account < other.account; });
    return seats;
}

std::string table(const ClassOptions& options, const std::vector<labs::ClassRow>& rows)
{
    return options.output == "csv"    ? labs::class_csv(rows)
           : options.output == "json" ? labs::class_json(rows)
                                      : labs::class_text(rows);
}

int print_class(const ClassOptions& options)
{
    const labs::Labs all(options.folder);
    if (options.lab) {
        all.find(*options.lab);
    }
    auto control = client_of(options.server);
    const ServerEndpoint endpoint(options.server.endpoint);
    const auto token = control_token_for(endpoint.url(), options.server.control_token_file);
    auto accounts = ask_accounts(control);
    auto calls = read_calls(control);
    const auto now_ms = ask_time(control);
    const Classroom room{.all = all,
                         .endpoint = endpoint,
                         .token = token,
                         .options = options,
                         .accounts = std::move(accounts),
                         .calls = std::move(calls),
                         .now_ms = now_ms};
    std::vector<labs::ClassRow> rows;
    for (const auto& seat : seats_of(options, room.accounts)) {
        auto more = rows_of(room, seat);
        rows.insert(rows.end(), more.begin(), more.end());
    }
    fmt::print("{}", table(options, rows));
    return 0;
}

int make_class(const ClassOptions& options)
{
    const auto names = read_names(options.file);
    auto control = client_of(options.server);
    const auto known = ask_accounts(control);
    const auto seats = seats_of_names(names, options.first, names_of(known));
    const auto keys = declare(control, known, seats);
    const auto url = options.url.value_or(control.url());
    const auto shell = shell_of(options.shell);
    json::array all;
    for (const auto& seat : seats) {
        const auto variables = client_variables(url, keys.at(seat.account), options.region);
        if (options.output == "json") {
            all.push_back(seat_object(seat, variables));
        } else {
            print_seat(shell, seat, variables);
        }
    }
    if (options.output == "json") {
        fmt::print("{}\n", json::serialize(all));
    }
    return 0;
}

/// What fails here is no answer to what was asked.
int looking_at_class(const std::function<int()>& work)
{
    try {
        return printing(work);
    } catch (const LostOutput&) {
        throw;
    } catch (const std::exception& error) {
        throw CannotLook(error.what());
    }
}

}  // namespace

int lab_class(const ClassOptions& options)
{
    return looking_at_class([&] { return print_class(options); });
}

int class_make(const ClassOptions& options)
{
    return looking_at_class([&] { return make_class(options); });
}

}  // namespace amilab::cli
