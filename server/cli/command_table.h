#pragma once

#include <span>
#include <string_view>

#include "server/cli/command_line.h"

namespace amilab::cli {

/// One command of the program, as its command line has it.
struct ProgramCommand {
    std::string_view name;
    /// What help says that it does, without a full stop.
    std::string_view summary;
    /// Adds what it takes and what it does.
    void (*declare)(DeclaredCommand& command);
};

/// All of them, as help lists them.
std::span<const ProgramCommand> commands();

/// The program with all of them.
DeclaredCommand declared_program();

// What the commands take, beside their code.
void declare_serve(DeclaredCommand& command);
void declare_start(DeclaredCommand& command);
void declare_stop(DeclaredCommand& command);
void declare_wait(DeclaredCommand& command);
void declare_status(DeclaredCommand& command);
void declare_env(DeclaredCommand& command);
void declare_doctor(DeclaredCommand& command);
void declare_import(DeclaredCommand& command);
void declare_export(DeclaredCommand& command);
void declare_space(DeclaredCommand& command);
void declare_save(DeclaredCommand& command);
void declare_cost(DeclaredCommand& command);
void declare_check(DeclaredCommand& command);
void declare_reset(DeclaredCommand& command);
void declare_clock(DeclaredCommand& command);
void declare_delays(DeclaredCommand& command);
void declare_accounts(DeclaredCommand& command);
void declare_calls(DeclaredCommand& command);
void declare_coverage(DeclaredCommand& command);
void declare_lab(DeclaredCommand& command);
void declare_class(DeclaredCommand& command);
void declare_help(DeclaredCommand& command);
void declare_version(DeclaredCommand& command);

}  // namespace amilab::cli
