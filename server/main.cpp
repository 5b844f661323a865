#include <cstdio>
#include <exception>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "server/cli/command_table.h"
#include "server/cli/environment.h"
#include "server/cli/help.h"
#include "server/cli/local_server.h"
#include "server/cli/wrong_option.h"
#include "storage/base/lock_order.h"
#include "storage/base/text.h"

namespace {

namespace cli = amilab::cli;

constexpr int kUsageError = 2;

/// Whatever a value holds that it names.
void complain(const std::string& line)
{
    fmt::print(stderr, "amilab: {}\n", amilab::one_line(line));
}

}  // namespace

int main(int argc, char** argv)
{
    int exit_code = 0;
    if (cli::from_environment("AMILAB_CHECK_LOCK_ORDER")) {
        amilab::lock_order::check();
    }
    try {
        CLI::App app{"", "amilab"};
        app.require_subcommand(0, 1);
        app.set_version_flag("--version", cli::version_line());
        app.formatter(cli::help_formatter());  // the commands that are added take it over
        for (const auto& command : cli::commands()) {
            auto* added =
                app.add_subcommand(std::string(command.name), std::string(command.summary));
            command.declare(*added, exit_code);
        }
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() == 0) {
                if (error.get_name() == "CallForHelp" && app.get_subcommands().empty()) {
                    fmt::print("{}", cli::help_of(app, ""));
                    return 0;
                }
                return app.exit(error);  // --help and --version
            }
            complain(cli::usage_error(app, error));
            return kUsageError;
        } catch (const cli::WrongOption& error) {
            complain(cli::usage_error(app, CLI::ValidationError(error.what())));
            return kUsageError;
        }
        if (app.get_subcommands().empty()) {
            complain("a command is missing; the commands are " + cli::command_names());
            return kUsageError;
        }
    } catch (const cli::CannotLook& error) {
        complain(error.what());
        return cli::CannotLook::kExitCode;
    } catch (const std::exception& error) {
        complain(error.what());
        return 1;
    }
    return exit_code;
}
