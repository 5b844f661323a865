#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Other programs that do a part of the work: qemu-img, mke2fs, debugfs, a shell.
namespace amilab::cli {

/// The path of a program. Throws std::runtime_error that names its Debian package.
std::string find_program(const char* name, const char* package);

struct ProgramResult {
    int exit_code;
    /// What it wrote to stdout and to stderr, for programs that write little.
    std::string output;
    std::string errors;
};

/// Of what a program wrote.
std::string first_line(std::string_view text);

/// How much time and memory a program may take: of what strangers have written, a minute of a
/// processor and 2 GiB.
enum class Bounds { kNone, kOfStrangers };

/// Runs a program to its end, without a shell, without input, in English. What a signal ends has an
/// exit code that is not 0.
ProgramResult run_to_end(const std::string& program, const std::vector<std::string>& arguments,
                         Bounds bounds = Bounds::kNone);

/// Runs a script with /bin/sh to its end, in a folder, with no input; what it prints is ours.
/// Variables are set, or unset where they have no value, beside those of the environment. Returns
/// its exit code.
int run_script(const std::string& script, const std::string& folder,
               const std::vector<std::pair<std::string, std::optional<std::string>>>& variables);

}  // namespace amilab::cli
