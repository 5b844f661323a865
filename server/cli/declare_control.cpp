#include <functional>
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

void declare_status(DeclaredCommand& command)
{
    const auto server = std::make_shared<ServerAccess>();
    add_server(command, *server);
    command.runs([server] { return status(*server); });
}

void declare_reset(DeclaredCommand& command)
{
    const auto kept = std::make_shared<ResetOptions>();
    command
        .option("--account", kept->account,
                "Only what this account has, in all regions; others keep all that is theirs")
        .value_name("ID")
        .check(check_account);
    add_server(command, kept->server);
    command.runs([kept] { return reset(*kept); });
}

void declare_wait(DeclaredCommand& command)
{
    const auto kept = std::make_shared<WaitOptions>();
    command
        .option("--timeout", kept->timeout,
                "How long, such as 500ms, 90s, 5m; a number alone is milliseconds")
        .value_name("TIME")
        .shows_default()
        .check(check_duration);
    add_server(command, kept->server);
    command.runs([kept] { return wait(*kept); });
}

void declare_clock(DeclaredCommand& command)
{
    const auto kept = std::make_shared<ClockOptions>();
    auto& options = *kept;
    const auto freezes = std::make_shared<bool>(false);
    const auto resumes = std::make_shared<bool>(false);
    const auto& freeze = command.flag("--freeze", *freezes, "Stop it");
    auto& resume = command.flag("--resume", *resumes, "Let it go on from where it stands");
    auto& advance =
        command.option("--advance", options.advance,
                       "Move it, such as 500ms, 90s, 5m, 2h, 1d, a number alone is milliseconds; "
                       "backwards --advance=-5m");
    advance.value_name("TIME").check(check_duration);
    auto& set = command.option("--set", options.set, "Set it, such as 2026-01-02T03:04:05Z");
    set.value_name("WHEN").check(check_time);
    command.flag("--machine", options.as_machine, "Set it to the machine's time and let it go on")
        .excludes(freeze)
        .excludes(resume)
        .excludes(advance)
        .excludes(set);
    resume.excludes(freeze);
    add_server(command, options.server);
    command.runs([kept, freezes, resumes] {
        if (*freezes || *resumes) {
            kept->is_frozen = *freezes;
        }
        return clock(*kept);
    });
}

void declare_delays(DeclaredCommand& command)
{
    const auto kept = std::make_shared<DelayOptions>();
    command
        .option(
            "DELAY", kept->settings,
            "Set delays, such as image.pending=30s, a number alone is milliseconds; without any "
            "all are shown")
        .check(check_delay);
    add_server(command, kept->server);
    command.runs([kept] { return delays(*kept); });
}

void declare_accounts(DeclaredCommand& command)
{
    const auto kept = std::make_shared<AccountOptions>();
    auto& options = *kept;
    auto& account = command.option("ACCOUNT", options.account, "Show, or declare, this one");
    account.check(check_account);
    const std::vector<std::reference_wrapper<DeclaredOption>> settings = {
        command
            .option("--name", options.name,
                    "What people call it: a student's name, by which amilab class make knows it")
            .value_name("TEXT"),
        command.option("--access-key", options.access_keys, "A key that is its own")
            .value_name("KEY"),
        command
            .option("--organization", options.organization,
                    "The ARN of its organization; none: it is in none")
            .value_name("ARN"),
        command
            .option("--organizational-unit", options.organizational_units,
                    "The ARN of its unit, or of one above it")
            .value_name("ARN"),
        command.option("--subscription", options.subscriptions, "A product code that it may launch")
            .value_name("CODE"),
        command.option("--product", options.products, "A product code that it sells")
            .value_name("CODE")};
    for (DeclaredOption& setting : settings) {
        setting.needs(account).one_value_each().check(check_not_empty);
    }
    auto& forget = command.flag("--forget", options.is_forgotten, "Take its declaration back");
    forget.needs(account);
    for (const DeclaredOption& setting : settings) {
        forget.excludes(setting);
    }
    command.footer("Options that name one of several may be repeated; they replace what it had.");
    add_server(command, options.server);
    command.runs([kept] { return accounts(*kept); });
}

void declare_calls(DeclaredCommand& command)
{
    const auto kept = std::make_shared<CallOptions>();
    auto& options = *kept;
    command.flag("-f,--follow", options.follow, "Go on with each call as it is answered");
    command.flag("--json", options.as_json, "A line of JSON for each");
    command.option("--account", options.account, "Only of this account")
        .value_name("ID")
        .check(check_account);
    command.option("--service", options.service, "Only of this service, such as ec2")
        .value_name("NAME");
    command.option("--operation", options.operation, "Only this one, such as RunInstances")
        .value_name("NAME");
    command.option("--status", options.status, "Only such as 200, or 4xx").value_name("STATUS");
    command.option("--code", options.code, "Only refused with this code").value_name("CODE");
    command
        .option("--since", options.since,
                "Only after the call of this number, or from this time on")
        .value_name("WHEN");
    command.option("--limit", options.limit, "Only the last so many of those that there are")
        .value_name("N");
    add_server(command, options.server);
    command.runs([kept] { return calls(*kept); });
}

}  // namespace amilab::cli
