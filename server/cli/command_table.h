#pragma once

#include <span>
#include <string_view>

#include <CLI/CLI.hpp>

namespace amilab::cli {

/// One command of the program, as its command line has it.
struct ProgramCommand {
    std::string_view name;
    /// What help says that it does, without a full stop.
    std::string_view summary;
    /// Adds what it takes, and what runs it: that sets the exit code, which outlives it.
    void (*declare)(CLI::App& command, int& exit_code);
};

/// All of them, as help lists them.
std::span<const ProgramCommand> commands();

// What the commands take, beside their code.
void declare_serve(CLI::App& command, int& exit_code);
void declare_start(CLI::App& command, int& exit_code);
void declare_stop(CLI::App& command, int& exit_code);
void declare_wait(CLI::App& command, int& exit_code);
void declare_status(CLI::App& command, int& exit_code);
void declare_env(CLI::App& command, int& exit_code);
void declare_doctor(CLI::App& command, int& exit_code);
void declare_import(CLI::App& command, int& exit_code);
void declare_export(CLI::App& command, int& exit_code);
void declare_space(CLI::App& command, int& exit_code);
void declare_save(CLI::App& command, int& exit_code);
void declare_cost(CLI::App& command, int& exit_code);
void declare_check(CLI::App& command, int& exit_code);
void declare_reset(CLI::App& command, int& exit_code);
void declare_clock(CLI::App& command, int& exit_code);
void declare_delays(CLI::App& command, int& exit_code);
void declare_accounts(CLI::App& command, int& exit_code);
void declare_calls(CLI::App& command, int& exit_code);
void declare_coverage(CLI::App& command, int& exit_code);
void declare_lab(CLI::App& command, int& exit_code);
void declare_class(CLI::App& command, int& exit_code);
void declare_help(CLI::App& command, int& exit_code);
void declare_version(CLI::App& command, int& exit_code);

}  // namespace amilab::cli
