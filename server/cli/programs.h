#pragma once

#include <string>
#include <vector>

/// Other programs that do a part of the work: qemu-img, mke2fs.
namespace amilab::cli {

/// The path of a program. Throws std::runtime_error that names its Debian package.
std::string find_program(const char* name, const char* package);

struct ProgramResult {
    int exit_code;
    /// What it wrote to stderr.
    std::string errors;
};

/// Runs a program to its end, without a shell and without input; its output is dropped.
ProgramResult run_to_end(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace amilab::cli
