#include <exception>
#include <string>

#include "server/cli/command_line.h"
#include "server/cli/command_table.h"
#include "server/cli/complaints.h"
#include "server/cli/environment.h"
#include "server/cli/help.h"
#include "server/cli/local_server.h"
#include "storage/base/lock_order.h"

namespace {

namespace cli = amilab::cli;

constexpr int kUsageError = 2;

}  // namespace

int main(int argc, char** argv)
{
    if (cli::from_environment("AMILAB_CHECK_LOCK_ORDER")) {
        amilab::lock_order::check();
    }
    try {
        auto program = cli::declared_program();
        const auto exit_code = cli::run_command_line(
            program, {.version = cli::version_line(), .help = cli::program_help}, argc, argv);
        if (exit_code) {
            return *exit_code;
        }
        cli::complain("a command is missing; the commands are " + cli::command_names());
        return kUsageError;
    } catch (const cli::WrongUsage& error) {
        cli::complain(cli::usage_error(error));
        return kUsageError;
    } catch (const cli::CannotLook& error) {
        cli::complain(error.what());
        return cli::CannotLook::kExitCode;
    } catch (const std::exception& error) {
        cli::complain(error.what());
        return 1;
    }
}
