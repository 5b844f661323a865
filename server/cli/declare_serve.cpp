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

void add_control_access(CLI::App& command, ServeOptions& options)
{
    command
        .add_option("--control-token-file", options.control_token_file,
                    "File with a token that whoever calls /_amilab/... must show; else "
                    "AMILAB_CONTROL_TOKEN is it, if set")
        ->type_name("FILE");
    command.add_flag("--control-open", options.control_open,
                     "Without a token, take calls of /_amilab/... from other machines too");
}

void add_nbd(CLI::App& command, ServeOptions& options)
{
    auto* nbd =
        command
            .add_option("--nbd", options.nbd,
                        "Also serve volumes and snapshots as network block devices here, such as "
                        "127.0.0.1:10809; port 0 takes a free one")
            ->type_name("ADDRESS:PORT")
            ->check(check_listen, "");
    command
        .add_flag("--nbd-open", options.nbd_open,
                  "Serve --nbd beside a control token too, for which it asks nobody")
        ->needs(nbd);
    command
        .add_option("--nbd-unix", options.nbd_unix,
                    "Also serve network block devices on a Unix socket of this path")
        ->type_name("PATH")
        ->check(check_socket_path, "");
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

void add_where(CLI::App& command, ServeOptions& options)
{
    command
        .add_option("--listen", options.listen,
                    "Address and port; localhost is 127.0.0.1 and ::1, port 0 a free one")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str()
        ->check(check_listen, "");
    command
        .add_option("--data", options.data,
                    "Keep state in this folder, made if it is not there; without it nothing is "
                    "kept")
        ->type_name("DIR")
        ->check(check_folder);
    command
        .add_option("--from", options.from,
                    "Begin with this file, which amilab save wrote; --data then names a new folder")
        ->type_name("FILE")
        ->check(CLI::ExistingFile.description(""));
    command.add_flag("--data-checksums", options.data_checksums,
                     "Keep checksums of the data of snapshots, and compare them once a day");
    command.add_option("--account", options.account, "Account of keys that name none")
        ->type_name("ID")
        ->capture_default_str()
        ->check(check_account);
    command.add_flag("--strict-accounts", options.strict_accounts,
                     "Refuse access keys that are neither 12 digits nor declared");
    command.add_flag("--strict-roles", options.strict_roles,
                     "Refuse roles and profiles of instances that IAM has not");
    command.add_option("--region", options.region, "Region of unsigned requests")
        ->type_name("NAME")
        ->capture_default_str();
    command.add_option("--seed", options.seed, "Give the same ids on every run")
        ->type_name("N")
        ->check(check_number);
    command
        .add_option("--allow-host", options.allowed_hosts,
                    "Also answer requests for this host name; may be repeated")
        ->type_name("NAME")
        ->check(check_host, "");
}

void add_catalogue(CLI::App& command, ServeOptions& options)
{
    command
        .add_option("--catalogue", options.catalogue,
                    "Images as `aws ec2 describe-images` prints them, instead of the built-in "
                    "ones")
        ->type_name("FILE")
        ->check(CLI::ExistingFile.description(""));
    command
        .add_option("--catalogue-add", options.catalogue_add,
                    "Images of such a file, beside the others; may be repeated")
        ->type_name("FILE")
        ->check(CLI::ExistingFile.description(""));
    command
        .add_option("--unknown-ami", options.unknown_ami,
                    "What becomes of a launch of an unknown image")
        ->type_name("WHAT")
        ->capture_default_str()
        ->check(CLI::IsMember({"refuse", "adopt"}));
}

void add_bounds(CLI::App& command, Served& served)
{
    auto& options = served.options;
    command
        .add_option("--quotas", options.quotas,
                    "How many vCPUs an account's instances may have in a region: any number, or "
                    "as many as AWS gives new accounts")
        ->type_name("WHOSE")
        ->capture_default_str()
        ->check(CLI::IsMember({"none", "aws"}));
    command
        .add_option("--account-limit", served.limits,
                    "The most that one account may hold, such as rows=10000,bytes=20GiB; without "
                    "it there is no bound")
        ->type_name("rows=N,bytes=SIZE")
        ->delimiter(',')
        ->check(check_account_limit, "");
    command
        .add_option("--memory-limit", options.memory_limit,
                    "What the server may take of memory, the page cache aside; it refuses calls "
                    "with 503 before that")
        ->type_name("SIZE")
        ->capture_default_str()
        ->check(check_memory_limit, "");
    command.add_option("--threads", options.threads, "Threads for long reads; 0 suits the machine")
        ->type_name("N")
        ->capture_default_str()
        ->check(between(0, kMostThreads));
    command.add_option("--log-level", options.log_level, "What is written to stderr")
        ->type_name("LEVEL")
        ->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
}

void add_serve(CLI::App& command, Served& served)
{
    auto& options = served.options;
    add_where(command, options);
    add_catalogue(command, options);
    add_control_access(command, options);
    add_nbd(command, options);
    add_bounds(command, served);
}

}  // namespace

void declare_serve(CLI::App& command, int& exit_code)
{
    const auto served = std::make_shared<Served>();
    add_serve(command, *served);
    command.callback([served, &exit_code] { exit_code = serve(served->read()); });
}

void declare_start(CLI::App& command, int& exit_code)
{
    const auto served = std::make_shared<Served>();
    const auto is_detached = std::make_shared<bool>(false);
    command.add_flag("-d,--detach", *is_detached,
                     "Go on in the background; return once the server is ready");
    add_serve(command, *served);
    command.callback([served, is_detached, &exit_code] {
        exit_code = start({.serve = served->read(), .is_detached = *is_detached});
    });
}

void declare_stop(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<StopOptions>();
    command.add_option("PORT", kept->port, "Where it listens; without it the only one that runs")
        ->type_name("");
    command.add_flag("--all", kept->all, "All that `amilab start` began");
    command.callback([kept, &exit_code] { exit_code = stop(*kept); });
}

}  // namespace amilab::cli
