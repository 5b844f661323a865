#include <exception>
#include <string>

#include "server/cli/command_line.h"
#include "server/cli/command_table.h"
#include "server/cli/complaints.h"
#include "server/cli/descriptor.h"
#include "server/cli/environment.h"
#include "server/cli/help.h"
#include "server/cli/local_server.h"
#include "server/cli/standard_output.h"
#include "storage/base/lock_order.h"

namespace {

namespace cli = amilab::cli;

constexpr int kUsageError = 2;

int run(int argc, char** argv)
{
    auto program = cli::declared_program();
    const auto exit_code = cli::run_command_line(
        program, {.version = cli::version_line(), .help = cli::program_help}, argc, argv);
    if (exit_code) {
        return *exit_code;
    }
    cli::complain("a command is missing; the commands are " + cli::command_names());
    return kUsageError;
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        cli::open_closed_standard_descriptors();
        if (cli::from_environment("AMILAB_CHECK_LOCK_ORDER")) {
            amilab::lock_order::check();
        }
        return cli::printing([&] { return run(argc, argv); });
    } catch (const cli::WrongUsage& error) {
        cli::complain(cli::usage_error(error));
        return kUsageError;
    } catch (const cli::CannotLook& error) {
        cli::complain(error.what());
        return cli::CannotLook::kExitCode;
    } catch (const cli::LostOutput& error) {
        if (!error.is_unwanted) {
            cli::complain(error.what());
        }
        return cli::LostOutput::kExitCode;
    } catch (const std::exception& error) {
        cli::complain(error.what());
        return 1;
    }
}
