#pragma once

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

/// What the program says of its own command line.
namespace amilab::cli {

/// "amilab 0.1.0"
std::string version_line();
/// The names of all commands, with commas between.
std::string command_names();

/// Help of commands in lines of at most 80 columns.
std::shared_ptr<CLI::FormatterBase> help_formatter();

/// Help of the program (an empty topic), of a command, or a page of the documentation. Throws
/// CLI::ValidationError where there is no such topic.
std::string help_of(const CLI::App& app, const std::string& topic);

/// What is wrong with a command line, and where to read how it is right; one line.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace amilab::cli
