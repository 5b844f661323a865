#include <charconv>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "server/cli/account_limits.h"
#include "server/cli/commands.h"
#include "server/cli/environment.h"
#include "server/cli/help_pages.h"
#include "server/cli/sizes.h"
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

/// An unset variable in a script must not mean this folder or the root.
std::string check_folder(const std::string& text)
{
    return text.empty() ? "the folder's name is empty" : "";
}

/// A number between two others, both included. Its help is the option's own.
CLI::Validator between(int least, int most)
{
    return CLI::Range(least, most).description("");
}

void add_control_access(CLI::App& command, cli::ServeOptions& options)
{
    command
        .add_option("--control-token-file", options.control_token_file,
                    "File with a token that whoever calls /_amilab/... must show; else "
                    "AMILAB_CONTROL_TOKEN is it, if set")
        ->type_name("FILE");
    command.add_flag("--control-open", options.control_open,
                     "Without a token, take calls of /_amilab/... from other machines too");
}

void add_nbd(CLI::App& command, cli::ServeOptions& options)
{
    auto* nbd =
        command
            .add_option("--nbd", options.nbd,
                        "Also serve volumes and snapshots as network block devices here, such as "
                        "127.0.0.1:10809; port 0 takes a free one")
            ->type_name("ADDRESS:PORT");
    command
        .add_flag("--nbd-open", options.nbd_open,
                  "Serve --nbd beside a control token too, for which it asks nobody")
        ->needs(nbd);
    command
        .add_option("--nbd-unix", options.nbd_unix,
                    "Also serve network block devices on a Unix socket of this path")
        ->type_name("PATH");
}

void add_serve(CLI::App& app, int& exit_code)
{
    const auto kept = std::make_shared<cli::ServeOptions>();
    auto& options = *kept;
    auto* command = app.add_subcommand("serve", "Serve the EC2 API until SIGINT or SIGTERM");
    command
        ->add_option("--listen", options.listen,
                     "Address and port; localhost is 127.0.0.1 and ::1, port 0 a free one")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str();
    command
        ->add_option("--data", options.data,
                     "Keep state in this folder, made if it is not there; without it nothing is "
                     "kept")
        ->type_name("DIR")
        ->check(check_folder);
    command->add_flag("--data-checksums", options.data_checksums,
                      "Keep checksums of the data of snapshots, and compare them once a day");
    command->add_option("--account", options.account, "Account of keys that name none")
        ->type_name("ID")
        ->capture_default_str()
        ->check(check_account);
    command->add_flag("--strict-accounts", options.strict_accounts,
                      "Refuse access keys that are neither 12 digits nor declared");
    command->add_option("--region", options.region, "Region of unsigned requests")
        ->type_name("NAME")
        ->capture_default_str();
    command->add_option("--seed", options.seed, "Give the same ids on every run")
        ->type_name("N")
        ->check(check_number);
    command
        ->add_option("--allow-host", options.allowed_hosts,
                     "Also answer requests for this host name; may be repeated")
        ->type_name("NAME");
    command
        ->add_option("--catalogue", options.catalogue,
                     "Images as `aws ec2 describe-images` prints them, instead of the built-in "
                     "ones")
        ->type_name("FILE");
    command
        ->add_option("--catalogue-add", options.catalogue_add,
                     "Images of such a file, beside the others; may be repeated")
        ->type_name("FILE");
    command
        ->add_option("--unknown-ami", options.unknown_ami,
                     "What becomes of a launch of an unknown image")
        ->type_name("WHAT")
        ->capture_default_str()
        ->check(CLI::IsMember({"refuse", "adopt"}));
    const auto limits = std::make_shared<std::vector<std::string>>();
    command
        ->add_option("--account-limit", *limits,
                     "The most that one account may hold, such as rows=10000,bytes=20GiB; without "
                     "it there is no bound")
        ->type_name("rows=N,bytes=SIZE")
        ->delimiter(',')
        ->check(cli::check_account_limit, "");
    add_control_access(*command, options);
    add_nbd(*command, options);
    command
        ->add_option("--memory-limit", options.memory_limit,
                     "What the server may take of memory, the page cache aside; it refuses calls "
                     "with 503 before that")
        ->type_name("SIZE")
        ->capture_default_str()
        ->check(cli::check_memory_limit, "");
    command->add_option("--threads", options.threads, "Threads for long reads; 0 suits the machine")
        ->type_name("N")
        ->capture_default_str()
        ->check(between(0, kMostThreads));
    command->add_option("--log-level", options.log_level, "What is written to stderr")
        ->type_name("LEVEL")
        ->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
    command->callback([kept, limits, &exit_code] {
        kept->account_limits = cli::parse_account_limits(*limits);
        exit_code = cli::serve(*kept);
    });
}

void add_server(CLI::App& command, cli::ServerAccess& server)
{
    command
        .add_option("--endpoint", server.endpoint,
                    "The server's URL; else AWS_ENDPOINT_URL, else http://127.0.0.1:4566")
        ->type_name("URL");
    command
        .add_option("--control-token-file", server.control_token_file,
                    "File with the server's control token; else AMILAB_CONTROL_TOKEN is it")
        ->type_name("FILE");
}

void add_data(CLI::App& command, std::optional<std::string>& data)
{
    command
        .add_option("--data", data,
                    "Work on this data directory, which no server may hold, instead of a server's")
        ->type_name("DIR")
        ->check(check_folder);
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
        ->type_name("ID")
        ->check(check_account);
    command
        .add_option("--region", options.region,
                    "Region; else AWS_REGION or AWS_DEFAULT_REGION, else the server's default")
        ->type_name("NAME");
    add_server(command, options.server);
    add_data(command, options.data);
}

template <class Options>
void add_format(CLI::App& command, Options& options)
{
    command
        .add_option("--format", options.format,
                    "Format of the file; else what its name ends with, else raw. All but raw need "
                    "qemu-img")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"raw", "qcow2", "vmdk", "vhd", "vhdx"}));
}

void add_import(CLI::App& app, int& exit_code)
{
    const auto kept = std::make_shared<cli::ImportOptions>();
    auto& options = *kept;
    auto* command = app.add_subcommand("import", "Make a snapshot and an image of a disk");
    auto* file = command->add_option("FILE", options.file, "Disk image; - reads standard input")
                     ->type_name("");
    auto* from_dir =
        command
            ->add_option("--from-dir", options.from_dir,
                         "Instead of FILE: a folder, of which mke2fs makes an ext4 file system")
            ->type_name("DIR");
    command
        ->add_option("--size-gib", options.size_gib,
                     "Size of the file system made of --from-dir; else as large as it needs")
        ->type_name("N")
        ->needs(from_dir)
        ->check(between(1, static_cast<int>(amilab::kLargestVolumeGib)));
    add_format(*command, options);
    command->add_option("--name", options.name, "Name of the image")->type_name("NAME")->required();
    command->add_option("--description", options.description, "Description of the image")
        ->type_name("TEXT");
    command->add_option("--architecture", options.architecture, "x86_64, arm64 or i386")
        ->type_name("NAME")
        ->capture_default_str();
    command->add_option("--boot-mode", options.boot_mode, "legacy-bios, uefi or uefi-preferred")
        ->type_name("MODE");
    command->add_option("--root-device", options.root_device, "Name of the root device")
        ->type_name("NAME")
        ->capture_default_str();
    add_place(*command, options);
    command->callback([kept, file, from_dir, &exit_code] {
        if (file->empty() == from_dir->empty()) {
            throw CLI::ValidationError(file->empty() ? "one of FILE and --from-dir is required"
                                                     : "FILE and --from-dir cannot go together");
        }
        exit_code = cli::import_disk(*kept);
    });
}

void add_export(CLI::App& app, int& exit_code)
{
    const auto kept = std::make_shared<cli::ExportOptions>();
    auto& options = *kept;
    auto* command =
        app.add_subcommand("export", "Write an image's root disk, a snapshot or a volume");
    command->add_option("ID", options.id, "ami-..., snap-... or vol-...")
        ->type_name("")
        ->required();
    command->add_option("FILE", options.file, "Where to; - writes standard output")
        ->type_name("")
        ->required();
    add_format(*command, options);
    add_place(*command, options);
    command->callback([kept, &exit_code] { exit_code = cli::export_disk(*kept); });
}

void add_check(CLI::App& app, int& exit_code)
{
    const auto directory = std::make_shared<std::string>();
    const auto reads_data = std::make_shared<bool>(false);
    auto* command = app.add_subcommand(
        "check", "Verify a data directory that no server uses, and say what would be mended");
    command->add_option("DIR", *directory, "What serve's --data names")->type_name("")->required();
    command->add_flag("--data", *reads_data, "Also compare data with the checksums that there are");
    command->callback(
        [directory, reads_data, &exit_code] { exit_code = cli::check(*directory, *reads_data); });
}

void add_status(CLI::App& app, int& exit_code)
{
    const auto server = std::make_shared<cli::ServerAccess>();
    auto* command = app.add_subcommand("status", "Say whether a server runs");
    add_server(*command, *server);
    command->callback([server, &exit_code] { exit_code = cli::status(*server); });
}

void add_reset(CLI::App& app, int& exit_code)
{
    const auto kept = std::make_shared<cli::ResetOptions>();
    auto* command =
        app.add_subcommand("reset", "Take a server, or one account of it, back to its first state");
    command
        ->add_option("--account", kept->account,
                     "Only what this account has, in all regions; others keep all that is theirs")
        ->type_name("ID")
        ->check(check_account);
    add_server(*command, kept->server);
    command->callback([kept, &exit_code] { exit_code = cli::reset(*kept); });
}

void add_space(CLI::App& app, int& exit_code)
{
    const auto kept = std::make_shared<cli::SpaceOptions>();
    auto* command =
        app.add_subcommand("space", "Show how much disk each volume and snapshot takes");
    add_server(*command, kept->server);
    add_data(*command, kept->data);
    command->callback([kept, &exit_code] { exit_code = cli::space(*kept); });
}

/// The names of what `list` has, with commas between.
template <class List, class NameOf>
std::string names(const List& list, NameOf name_of)
{
    std::string all;
    for (const auto& one : list) {
        all += fmt::format("{}{}", all.empty() ? "" : ", ", name_of(one));
    }
    return all;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app)
{
    return app.get_subcommands({});
}

std::string command_names(const CLI::App& app)
{
    return names(commands_of(app), [](const CLI::App* command) { return command->get_name(); });
}

std::string page_names()
{
    return names(cli::help_pages(), [](const cli::HelpPage& page) { return page.name; });
}

std::string help_of(const CLI::App& app, const std::string& topic)
{
    if (topic.empty()) {
        // Of the program: App::help() would take the command that is being run.
        auto text =
            app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal);
        text += "amilab help PAGE prints one of these:\n";
        for (const auto& page : cli::help_pages()) {
            text += fmt::format("  {:<26}{}\n", page.name, page.subject);
        }
        return text;
    }
    for (const auto* command : commands_of(app)) {
        if (command->get_name() == topic) {
            return command->help(app.get_name());
        }
    }
    for (const auto& page : cli::help_pages()) {
        if (page.name == topic) {
            return std::string(page.text);
        }
    }
    throw CLI::ValidationError(
        fmt::format("there is neither a command nor a page {}; the commands are {}, the pages {}",
                    topic, command_names(app), page_names()));
}

void add_help(CLI::App& app)
{
    const auto topic = std::make_shared<std::string>();
    auto* command = app.add_subcommand(
        "help", "Say what there is, what a command takes, or print a page of the documentation");
    command->add_option("TOPIC", *topic, "A command, or one of the pages " + page_names())
        ->type_name("");
    command->callback([&app, topic] { fmt::print("{}", help_of(app, *topic)); });
}

std::string version_line()
{
    return fmt::format("amilab {}", amilab::kVersion);
}

void add_version(CLI::App& app)
{
    app.set_version_flag("--version", version_line());
    app.add_subcommand("version", "Say which amilab this is")->callback([] {
        fmt::print("{}\n", version_line());
    });
}

/// What is wrong with a command line, and where to read how it is right; one line.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error)
{
    const auto used = app.get_subcommands();
    const auto command = used.empty() ? std::string() : used.front()->get_name() + " ";
    const auto unknown = app.remaining(true);
    if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError) || unknown.empty()) {
        return fmt::format("{}; see amilab {}--help", error.what(), command);
    }
    if (used.empty() && !unknown.front().starts_with('-')) {
        return fmt::format("there is no command {}; the commands are {}", unknown.front(),
                           command_names(app));
    }
    return fmt::format("unexpected argument {}; see amilab {}--help", unknown.front(), command);
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
        app.require_subcommand(0, 1);
        add_serve(app, exit_code);
        add_import(app, exit_code);
        add_export(app, exit_code);
        add_check(app, exit_code);
        add_status(app, exit_code);
        add_space(app, exit_code);
        add_reset(app, exit_code);
        add_help(app);
        add_version(app);
        app.footer("amilab COMMAND --help lists what a command takes.");  // of the program alone
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() == 0) {
                return app.exit(error);  // --help and --version
            }
            fmt::print(stderr, "amilab: {}\n", usage_error(app, error));
            return kUsageError;
        }
        if (app.get_subcommands().empty()) {
            fmt::print(stderr, "amilab: a command is missing; the commands are {}\n",
                       command_names(app));
            return kUsageError;
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "amilab: {}\n", error.what());
        return 1;
    }
    return exit_code;
}
