#include <memory>
#include <string>
#include <vector>

#include "server/cli/command_table.h"
#include "server/cli/commands.h"
#include "server/cli/durations.h"
#include "server/cli/options.h"
#include "server/wire/types.h"

namespace amilab::cli {

namespace {

std::string check_time(const std::string& text)
{
    return wire::parse_timestamp(text)
               ? ""
               : text + " is no time: expected such as 2026-01-02T03:04:05Z";
}

}  // namespace

void declare_status(CLI::App& command, int& exit_code)
{
    const auto server = std::make_shared<ServerAccess>();
    add_server(command, *server);
    command.callback([server, &exit_code] { exit_code = status(*server); });
}

void declare_reset(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<ResetOptions>();
    command
        .add_option("--account", kept->account,
                    "Only what this account has, in all regions; others keep all that is theirs")
        ->type_name("ID")
        ->check(check_account);
    add_server(command, kept->server);
    command.callback([kept, &exit_code] { exit_code = reset(*kept); });
}

void declare_wait(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<WaitOptions>();
    command.add_option("--timeout", kept->timeout, "How long, such as 500ms, 90s, 5m")
        ->type_name("TIME")
        ->capture_default_str()
        ->check(check_duration, "");
    add_server(command, kept->server);
    command.callback([kept, &exit_code] { exit_code = wait(*kept); });
}

void declare_clock(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<ClockOptions>();
    auto& options = *kept;
    const auto freezes = std::make_shared<bool>(false);
    const auto resumes = std::make_shared<bool>(false);
    auto* freeze = command.add_flag("--freeze", *freezes, "Stop it");
    auto* resume = command.add_flag("--resume", *resumes, "Let it go on from where it stands");
    auto* advance =
        command.add_option("--advance", options.advance,
                           "Move it, such as 500ms, 90s, 5m, 2h, 1d; backwards --advance=-5m");
    advance->type_name("TIME")->check(check_duration, "");
    auto* set = command.add_option("--set", options.set, "Set it, such as 2026-01-02T03:04:05Z");
    set->type_name("WHEN")->check(check_time, "");
    command
        .add_flag("--machine", options.as_machine, "Set it to the machine's time and let it go on")
        ->excludes(freeze)
        ->excludes(resume)
        ->excludes(advance)
        ->excludes(set);
    resume->excludes(freeze);
    add_server(command, options.server);
    command.callback([kept, freezes, resumes, &exit_code] {
        if (*freezes || *resumes) {
            kept->is_frozen = *freezes;
        }
        exit_code = clock(*kept);
    });
}

void declare_delays(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<DelayOptions>();
    command
        .add_option("DELAY", kept->settings,
                    "Set delays, such as image.pending=30s; without any all are shown")
        ->type_name("")
        ->check(check_delay, "");
    add_server(command, kept->server);
    command.callback([kept, &exit_code] { exit_code = delays(*kept); });
}

void declare_accounts(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<AccountOptions>();
    auto& options = *kept;
    auto* account = command.add_option("ACCOUNT", options.account, "Show, or declare, this one");
    account->type_name("")->check(check_account, "");
    std::vector<CLI::Option*> settings = {
        command.add_option("--access-key", options.access_keys, "A key that is its own")
            ->type_name("KEY"),
        command
            .add_option("--organization", options.organization,
                        "The ARN of its organization; none: it is in none")
            ->type_name("ARN"),
        command
            .add_option("--organizational-unit", options.organizational_units,
                        "The ARN of its unit, or of one above it")
            ->type_name("ARN"),
        command
            .add_option("--subscription", options.subscriptions,
                        "A product code that it may launch")
            ->type_name("CODE"),
        command.add_option("--product", options.products, "A product code that it sells")
            ->type_name("CODE")};
    for (auto* setting : settings) {
        setting->needs(account)->allow_extra_args(false)->check(check_not_empty, "");
    }
    auto* forget = command.add_flag("--forget", options.is_forgotten, "Take its declaration back");
    forget->needs(account);
    for (auto* setting : settings) {
        forget->excludes(setting);
    }
    command.footer("Options that name one of several may be repeated; they replace what it had.");
    add_server(command, options.server);
    command.callback([kept, &exit_code] { exit_code = accounts(*kept); });
}

void declare_calls(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<CallOptions>();
    auto& options = *kept;
    command.add_flag("-f,--follow", options.follow, "Go on with each call as it is answered");
    command.add_flag("--json", options.as_json, "A line of JSON for each");
    command.add_option("--account", options.account, "Only of this account")
        ->type_name("ID")
        ->check(check_account, "");
    command.add_option("--service", options.service, "Only of this service, such as ec2")
        ->type_name("NAME");
    command.add_option("--operation", options.operation, "Only this one, such as RunInstances")
        ->type_name("NAME");
    command.add_option("--status", options.status, "Only such as 200, or 4xx")->type_name("STATUS");
    command.add_option("--code", options.code, "Only refused with this code")->type_name("CODE");
    command
        .add_option("--since", options.since,
                    "Only after the call of this number, or from this time on")
        ->type_name("WHEN");
    command.add_option("--limit", options.limit, "Only the last so many of those that there are")
        ->type_name("N");
    add_server(command, options.server);
    command.callback([kept, &exit_code] { exit_code = calls(*kept); });
}

}  // namespace amilab::cli
