#include <charconv>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "server/cli/commands.h"
#include "server/cli/environment.h"
#include "server/wire/types.h"
#include "storage/base/lock_order.h"
#include "storage/base/units.h"
#include "version.h"

namespace {

namespace cli = amilab::cli;

constexpr int kMostThreads = 1024;
constexpr int kUsageError = 2;

std::string check_account(const std::string& text)
{
    return amilab::wire::is_account_id(text) ? "" : text + " is no account ID: expected 12 digits";
}

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

void add_serve(CLI::App& app, int& exit_code)
{
    const auto kept = std::make_shared<cli::ServeOptions>();
    auto& options = *kept;
    auto* command = app.add_subcommand("serve", "Serve the EC2 API until SIGINT or SIGTERM");
    command->add_option("--listen", options.listen, "Address and port; port 0 takes a free one")
        ->capture_default_str();
    command->add_option("--data", options.data,
                        "Keep state in this directory; without it nothing is kept");
    command->add_option("--account", options.account, "Account of keys that name none")
        ->capture_default_str()
        ->check(check_account);
    command->add_option("--region", options.region, "Region of unsigned requests")
        ->capture_default_str();
    command->add_option("--seed", options.seed, "Give the same ids on every run")
        ->check(check_number);
    command->add_option("--allow-host", options.allowed_hosts,
                        "Also answer requests for this host name; may be repeated");
    command->add_option("--catalogue", options.catalogue,
                        "Images as `aws ec2 describe-images` prints them, instead of the built-in "
                        "ones");
    command->add_option("--catalogue-add", options.catalogue_add,
                        "The same, beside what is there; may be repeated");
    command
        ->add_option("--unknown-ami", options.unknown_ami,
                     "What becomes of a launch of an unknown image")
        ->capture_default_str()
        ->check(CLI::IsMember({"refuse", "adopt"}));
    command->add_option("--nbd", options.nbd,
                        "Also serve volumes and snapshots as network block devices here, such as"
                        " 127.0.0.1:10809; port 0 takes a free one");
    command->add_option("--nbd-unix", options.nbd_unix, "The same on a Unix socket of this path");
    command->add_option("--threads", options.threads, "Threads for long reads; 0 suits the machine")
        ->capture_default_str()
        ->check(CLI::Range(0, kMostThreads));
    command->add_option("--log-level", options.log_level, "What stderr is told")
        ->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
    command->callback([kept, &exit_code] { exit_code = cli::serve(*kept); });
}

void add_endpoint(CLI::App& command, std::optional<std::string>& endpoint)
{
    command.add_option("--endpoint", endpoint,
                       "The server's URL; else AWS_ENDPOINT_URL, else http://127.0.0.1:4566");
}

void add_data(CLI::App& command, std::optional<std::string>& data)
{
    command.add_option("--data", data, "Instead of a server: a data directory that none holds");
}

/// As the AWS CLI beside it would be understood.
template <class Options>
void add_place(CLI::App& command, Options& options)
{
    const auto access_key = cli::from_environment("AWS_ACCESS_KEY_ID");
    if (access_key && amilab::wire::is_account_id(*access_key)) {
        options.account = access_key;
    }
    const auto region = cli::from_environment("AWS_REGION");
    options.region = region ? region : cli::from_environment("AWS_DEFAULT_REGION");
    command
        .add_option("--account", options.account,
                    "Account; else AWS_ACCESS_KEY_ID if that is one, else the server's default")
        ->check(check_account);
    command.add_option("--region", options.region,
                       "Region; else AWS_REGION or AWS_DEFAULT_REGION, else the server's default");
    add_endpoint(command, options.endpoint);
    add_data(command, options.data);
}

template <class Options>
void add_format(CLI::App& command, Options& options)
{
    command
        .add_option("--format", options.format,
                    "Format of the file; else what its name ends with, else raw. All but raw need "
                    "qemu-img")
        ->check(CLI::IsMember({"raw", "qcow2", "vmdk", "vhd", "vhdx"}));
}

void add_import(CLI::App& app, int& exit_code)
{
    const auto kept = std::make_shared<cli::ImportOptions>();
    auto& options = *kept;
    auto* command = app.add_subcommand("import", "Make a snapshot and an image of a disk");
    auto* source = command->add_option_group("source");
    source->add_option("FILE", options.file, "Disk image; - reads standard input");
    auto* from_dir =
        source->add_option("--from-dir", options.from_dir,
                           "Instead: a folder, of which mke2fs makes an ext4 file system");
    source->require_option(1);
    command->add_option("--size-gib", options.size_gib, "Size of that file system")
        ->needs(from_dir)
        ->check(CLI::Range(1, static_cast<int>(amilab::kLargestVolumeGib)));
    add_format(*command, options);
    command->add_option("--name", options.name, "Name of the image")->required();
    command->add_option("--description", options.description, "Description of the image");
    command->add_option("--architecture", options.architecture, "x86_64, arm64 or i386")
        ->capture_default_str();
    command->add_option("--boot-mode", options.boot_mode, "legacy-bios, uefi or uefi-preferred");
    command->add_option("--root-device", options.root_device, "Name of the root device")
        ->capture_default_str();
    add_place(*command, options);
    command->callback([kept, &exit_code] { exit_code = cli::import_disk(*kept); });
}

void add_export(CLI::App& app, int& exit_code)
{
    const auto kept = std::make_shared<cli::ExportOptions>();
    auto& options = *kept;
    auto* command =
        app.add_subcommand("export", "Write an image's root disk, a snapshot or a volume");
    command->add_option("ID", options.id, "ami-..., snap-... or vol-...")->required();
    command->add_option("FILE", options.file, "Where to; - writes standard output")->required();
    add_format(*command, options);
    add_place(*command, options);
    command->callback([kept, &exit_code] { exit_code = cli::export_disk(*kept); });
}

void add_check(CLI::App& app, int& exit_code)
{
    const auto directory = std::make_shared<std::string>();
    auto* command = app.add_subcommand(
        "check", "Verify a data directory that no server uses, and say what would be mended");
    command->add_option("DIR", *directory, "What serve's --data names")->required();
    command->callback([directory, &exit_code] { exit_code = cli::check(*directory); });
}

void add_control(CLI::App& app, const char* name, const char* description,
                 int (*run)(const std::optional<std::string>&), int& exit_code)
{
    const auto endpoint = std::make_shared<std::optional<std::string>>();
    auto* command = app.add_subcommand(name, description);
    add_endpoint(*command, *endpoint);
    command->callback([endpoint, run, &exit_code] { exit_code = run(*endpoint); });
}

void add_space(CLI::App& app, int& exit_code)
{
    const auto kept = std::make_shared<cli::SpaceOptions>();
    auto* command =
        app.add_subcommand("space", "Show what volumes and snapshots take: logical, own, shared");
    add_endpoint(*command, kept->endpoint);
    add_data(*command, kept->data);
    command->callback([kept, &exit_code] { exit_code = cli::space(*kept); });
}

}  // namespace

int main(int argc, char** argv)
{
    int exit_code = 0;
    if (cli::from_environment("AMILAB_CHECK_LOCK_ORDER")) {
        amilab::lock_order::check();
    }
    try {
        CLI::App app{"amilab, an offline EC2/AMI emulator for testing", "amilab"};
        app.set_version_flag("--version", std::string("amilab ") + amilab::kVersion);
        app.require_subcommand(0, 1);
        add_serve(app, exit_code);
        add_import(app, exit_code);
        add_export(app, exit_code);
        add_check(app, exit_code);
        add_control(app, "status", "Say whether a server runs", cli::status, exit_code);
        add_space(app, exit_code);
        add_control(app, "reset", "Take a server back to its first state", cli::reset, exit_code);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() == 0) {
                return app.exit(error);  // --help and --version
            }
            fmt::print(stderr, "amilab: {}; see amilab --help\n", error.what());
            return kUsageError;
        }
        if (app.get_subcommands().empty()) {
            fmt::print(stderr, "amilab: a command is missing; see amilab --help\n");
            return kUsageError;
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "amilab: {}\n", error.what());
        return 1;
    }
    return exit_code;
}
