#pragma once

#include <string>

#include "server/cli/command_line.h"

/// What the program says of its own command line.
namespace amilab::cli {

/// "amilab 0.1.0"
std::string version_line();
/// The names of all commands, with commas between.
std::string command_names();

/// Help of the program, of which each command is a line.
std::string program_help();

/// Help of the program (an empty topic), of a command, or a page of the documentation. Throws
/// WrongOption where there is no such topic.
std::string help_of(const std::string& topic);

/// What is wrong with a command line, and where to read how it is right; one line.
std::string usage_error(const WrongUsage& error);

}  // namespace amilab::cli
