#include <charconv>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "server/cli/account_limits.h"
#include "server/cli/command_table.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/cli/sizes.h"
#include "server/http/host_rules.h"
#include "server/http/server.h"
#include "storage/nbd/server.h"

namespace amilab::cli {

namespace {

constexpr int kMostThreads = 1024;

/// What reads as a number and wraps is none.
std::string check_number(const std::string& text)
{
    std::uint64_t number = 0;
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc() && read.ptr == end
               ? ""
               : text + " is no seed: expected a number from 0 to 18446744073709551615";
}

/// Nothing listens yet: which address is free shows when one begins.
std::string check_listen(const std::string& text)
{
    try {
        http::Endpoint::parse(text);
        return "";
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

/// As much as an address of a socket holds.
std::string check_socket_path(const std::string& text)
{
    return !text.empty() && text.size() <= nbd::kLongestSocketPath
               ? ""
               : fmt::format("{} is no socket's path: expected 1 to {} characters", text,
                             nbd::kLongestSocketPath);
}

std::string check_host(const std::string& text)
{
    try {
        const http::HostRules rules("127.0.0.1", {text});
        return "";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

void add_control_access(DeclaredCommand& command, ServeOptions& options)
{
    command
        .option("--control-token-file", options.control_token_file,
                "File with a token that whoever calls /_amilab/... must show; else "
                "AMILAB_CONTROL_TOKEN is it, if set")
        .value_name("FILE");
    command.flag("--control-open", options.control_open,
                 "Without a token, take calls of /_amilab/... from other machines too");
}

void add_nbd(DeclaredCommand& command, ServeOptions& options)
{
    const auto& nbd =
        command
            .option("--nbd", options.nbd,
                    "Also serve volumes and snapshots as network block devices here, such as "
                    "127.0.0.1:10809; port 0 takes a free one")
            .value_name("ADDRESS:PORT")
            .check(check_listen);
    command
        .flag("--nbd-open", options.nbd_open,
              "Serve --nbd beside a control token too, for which it asks nobody")
        .needs(nbd);
    command
        .option("--nbd-unix", options.nbd_unix,
                "Also serve network block devices on a Unix socket of this path")
        .value_name("PATH")
        .check(check_socket_path);
}

/// What serve takes; `limits` are read when all of it has been.
struct Served {
    ServeOptions options = {};
    std::vector<std::string> limits = {};

    const ServeOptions& read()
    {
        options.account_limits = parse_account_limits(limits);
        return options;
    }
};

void add_where(DeclaredCommand& command, ServeOptions& options)
{
    command
        .option("--listen", options.listen,
                "Address and port; localhost is 127.0.0.1 and ::1, port 0 a free one")
        .value_name("ADDRESS:PORT")
        .shows_default()
        .check(check_listen);
    command
        .option("--data", options.data,
                "Keep state in this folder, made if it is not there; without it nothing is "
                "kept")
        .value_name("DIR")
        .check(check_folder);
    command
        .option("--from", options.from,
                "Begin with this file, which amilab save wrote; --data then names a new folder")
        .value_name("FILE")
        .existing_file();
    command.flag("--data-checksums", options.data_checksums,
                 "Keep checksums of the data of snapshots, and compare them once a day");
    command.option("--account", options.account, "Account of keys that name none")
        .value_name("ID")
        .shows_default()
        .check(check_account);
    command.flag("--strict-accounts", options.strict_accounts,
                 "Refuse access keys that are neither 12 digits nor declared");
    command.flag("--strict-roles", options.strict_roles,
                 "Refuse roles and profiles of instances that IAM has not");
    command.option("--region", options.region, "Region of unsigned requests")
        .value_name("NAME")
        .shows_default();
    command.option("--seed", options.seed, "Give the same ids on every run")
        .value_name("N")
        .check(check_number);
    command
        .option("--allow-host", options.allowed_hosts,
                "Also answer requests for this host name; may be repeated")
        .value_name("NAME")
        .check(check_host);
}

void add_catalogue(DeclaredCommand& command, ServeOptions& options)
{
    command
        .option("--catalogue", options.catalogue,
                "Images as `aws ec2 describe-images` prints them, instead of the built-in "
                "ones")
        .value_name("FILE")
        .existing_file();
    command
        .option("--catalogue-add", options.catalogue_add,
                "Images of such a file, beside the others; may be repeated")
        .value_name("FILE")
        .existing_file();
    command
        .option("--unknown-ami", options.unknown_ami,
                "What becomes of a launch of an unknown image")
        .value_name("WHAT")
        .shows_default()
        .one_of({"refuse", "adopt"});
}

void add_bounds(DeclaredCommand& command, Served& served)
{
    auto& options = served.options;
    command
        .option("--quotas", options.quotas,
                "How many vCPUs an account's instances may have in a region: any number, or "
                "as many as AWS gives new accounts")
        .value_name("WHOSE")
        .shows_default()
        .one_of({"none", "aws"});
    command
        .option("--account-limit", served.limits,
                "The most that one account may hold, such as rows=10000,bytes=20GiB; without "
                "it there is no bound")
        .value_name("rows=N,bytes=SIZE")
        .separated_by(',')
        .check(check_account_limit);
    command
        .option("--memory-limit", options.memory_limit,
                "What the server may take of memory, the page cache aside; it refuses calls "
                "with 503 before that")
        .value_name("SIZE")
        .shows_default()
        .check(check_memory_limit);
    command.option("--threads", options.threads, "Threads for long reads; 0 suits the machine")
        .value_name("N")
        .shows_default()
        .between(0, kMostThreads);
    command.option("--log-level", options.log_level, "What is written to stderr")
        .value_name("LEVEL")
        .shows_default()
        .one_of({"debug", "info", "warning", "error", "off"});
}

void add_serve(DeclaredCommand& command, Served& served)
{
    auto& options = served.options;
    add_where(command, options);
    add_catalogue(command, options);
    add_control_access(command, options);
    add_nbd(command, options);
    add_bounds(command, served);
}

}  // namespace

void declare_serve(DeclaredCommand& command)
{
    const auto served = std::make_shared<Served>();
    add_serve(command, *served);
    command.runs([served] { return serve(served->read()); });
}

void declare_start(DeclaredCommand& command)
{
    const auto served = std::make_shared<Served>();
    const auto is_detached = std::make_shared<bool>(false);
    command.flag("-d,--detach", *is_detached,
                 "Go on in the background; return once the server is ready");
    add_serve(command, *served);
    command.runs([served, is_detached] {
        return start({.serve = served->read(), .is_detached = *is_detached});
    });
}

void declare_stop(DeclaredCommand& command)
{
    const auto kept = std::make_shared<StopOptions>();
    command.option("PORT", kept->port, "Where it listens; without it the only one that runs");
    command.flag("--all", kept->all, "All that `amilab start` began");
    command.runs([kept] { return stop(*kept); });
}

}  // namespace amilab::cli
