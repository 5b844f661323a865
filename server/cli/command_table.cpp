#include "server/cli/command_table.h"

#include <array>
#include <string>

namespace amilab::cli {

std::span<const ProgramCommand> commands()
{
    static constexpr std::array kCommands = {
        ProgramCommand{"serve", "Serve the EC2 API until SIGINT or SIGTERM", declare_serve},
        ProgramCommand{"start", "Serve where `stop` finds it; with -d in the background",
                       declare_start},
        ProgramCommand{"stop", "End a server that `start` began", declare_stop},
        ProgramCommand{"wait", "Wait until a server answers", declare_wait},
        ProgramCommand{"status", "Say whether a server runs", declare_status},
        ProgramCommand{"env", "Print what has a shell's clients call the server", declare_env},
        ProgramCommand{"doctor", "Say what of this machine is missing or in the way",
                       declare_doctor},
        ProgramCommand{"import", "Make a snapshot and an image of a disk", declare_import},
        ProgramCommand{"export", "Write an image's root disk, a snapshot or a volume",
                       declare_export},
        ProgramCommand{"save", "Write all that a server has into one file", declare_save},
        ProgramCommand{"space", "Show how much disk each volume and snapshot takes", declare_space},
        ProgramCommand{"cost", "Show what AWS would charge for what an account has", declare_cost},
        ProgramCommand{"check", "Verify a data directory that no server uses", declare_check},
        ProgramCommand{"reset", "Take a server, or one account of it, back to its first state",
                       declare_reset},
        ProgramCommand{"clock", "Show, freeze or move a server's clock", declare_clock},
        ProgramCommand{"delays", "Show and set how long changes of state take", declare_delays},
        ProgramCommand{"accounts", "Show who has called, and declare accounts", declare_accounts},
        ProgramCommand{"calls", "Show what was called, and follow it", declare_calls},
        ProgramCommand{"coverage", "Say which operations and parameters there are",
                       declare_coverage},
        ProgramCommand{"lab", "Teach: begin labs, check them, look at a class", declare_lab},
        ProgramCommand{"class", "Teach: make accounts for a list of names", declare_class},
        ProgramCommand{"help", "Say what a command takes, or print a page", declare_help},
        ProgramCommand{"version", "Say which amilab this is", declare_version},
    };
    return kCommands;
}

DeclaredCommand declared_program()
{
    DeclaredCommand program("amilab", "");
    for (const auto& command : commands()) {
        command.declare(program.command(std::string(command.name), std::string(command.summary)));
    }
    return program;
}

}  // namespace amilab::cli
