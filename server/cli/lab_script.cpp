#include "server/cli/lab_script.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "server/cli/client_environment.h"
#include "server/cli/environment.h"
#include "server/cli/interruption.h"
#include "server/cli/programs.h"
#include "server/cli/scratch.h"
#include "server/cli/shell.h"
#include "server/cli/standard_output.h"

namespace amilab::cli {

namespace fs = std::filesystem;

namespace {

/// Files of a script, beside the folder that it runs in.
struct ScriptFiles {
    std::string script;
    std::string step;
    std::string variables;
};

std::string read_all(const std::string& name)
{
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Says where it stands, to people and to us.
std::string heading(unsigned step, const std::string& title, const ScriptFiles& files)
{
    return fmt::format("echo {} >{}\nprintf '%s\\n' {}\n", step, quoted(Shell::kSh, files.step),
                       quoted(Shell::kSh, fmt::format("== step {}: {}", step, title)));
}

std::string script_of(const labs::Lab& lab, const ScriptPart& part, const ScriptFiles& files)
{
    std::string script = "set -eu\n";
    if (part.has_start) {
        script += lab.sheet.start;
    }
    std::string commands;
    for (unsigned step = 1; step <= part.last_step; ++step) {
        const auto& one = lab.sheet.steps.at(step - 1);
        script += heading(step, one.title, files) + one.commands;
        commands += one.commands;
    }
    for (const auto& name : labs::variables_of(commands)) {
        script += fmt::format("printf '%s=%s\\000' {0} \"${{{0}-}}\" >>{1}\n", name,
                              quoted(Shell::kSh, files.variables));
    }
    return script;
}

/// Lines for a shell, of what the script wrote down.
std::string lines_of(const std::string& noted)
{
    std::string lines;
    for (std::size_t start = 0; start < noted.size();) {
        const auto end = std::min(noted.find('\0', start), noted.size());
        const auto one = std::string_view(noted).substr(start, end - start);
        const auto equals = one.find('=');
        lines += fmt::format("{}={}\n", one.substr(0, equals),
                             quoted(Shell::kSh, one.substr(equals + 1)));
        start = end + 1;
    }
    return lines;
}

bool calls_aws(const std::string& script)
{
    constexpr std::array kBegun = {"\naws ", " aws ", "(aws "};
    return std::any_of(kBegun.begin(), kBegun.end(),
                       [&](const char* begun) { return script.find(begun) != std::string::npos; });
}

/// The AWS CLI as scripts call it: one that is too old to read AWS_ENDPOINT_URL would call AWS.
void put_aws(const std::string& file)
{
    std::ofstream(file, std::ios::binary)
        << fmt::format("#!/bin/sh\nexec {} --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"\n",
                       quoted(Shell::kSh, find_program("aws", "awscli")));
    fs::permissions(file, fs::perms::owner_all);
}

/// A folder for the search path of scripts: this program under its name, and the AWS CLI where the
/// script calls it.
std::string folder_of_programs(const Scratch& scratch, const std::string& script)
{
    const auto folder = scratch.file("bin");
    fs::create_directory(folder);
    fs::create_symlink(fs::read_symlink("/proc/self/exe"), folder + "/amilab");
    if (calls_aws(script)) {
        put_aws(folder + "/aws");
    }
    return folder;
}

std::vector<std::pair<std::string, std::optional<std::string>>> environment_of(
    const LabSession& session, const Scratch& scratch, const std::string& programs)
{
    std::vector<std::pair<std::string, std::optional<std::string>>> all;
    for (const auto name : misleading_variables()) {
        all.emplace_back(name, std::nullopt);
    }
    for (const auto& [name, value] : client_variables(
             session.endpoint().url(), session.client().identity().access_key, session.region())) {
        all.emplace_back(name, value);
    }
    // What a student has configured must not decide what a sheet's commands print.
    all.emplace_back("AWS_CONFIG_FILE", scratch.file("no-config"));
    all.emplace_back("AWS_SHARED_CREDENTIALS_FILE", scratch.file("no-credentials"));
    all.emplace_back("AWS_PAGER", "");
    all.emplace_back("AWS_DEFAULT_OUTPUT", std::nullopt);
    all.emplace_back("PATH", programs + ":" + from_environment("PATH").value_or("/usr/bin:/bin"));
    if (session.token()) {
        all.emplace_back("AMILAB_CONTROL_TOKEN", session.token());
    }
    return all;
}

}  // namespace

ScriptOutcome run_sheet(const labs::Lab& lab, const ScriptPart& part, const LabSession& session,
                        const std::optional<std::string>& work)
{
    watch_for_interruption();
    const Scratch scratch;
    const ScriptFiles files{.script = scratch.file("script"),
                            .step = scratch.file("step"),
                            .variables = scratch.file("variables")};
    const auto folder = work ? *work : scratch.file("work");
    fs::create_directories(folder);
    const auto script = script_of(lab, part, files);
    const auto programs = folder_of_programs(scratch, script);
    std::ofstream(files.script, std::ios::binary) << script;
    flush_output();
    ScriptOutcome outcome;
    outcome.exit_code =
        run_script(files.script, folder, environment_of(session, scratch, programs));
    outcome.step = static_cast<unsigned>(std::atoi(read_all(files.step).c_str()));
    outcome.variables = lines_of(read_all(files.variables));
    return outcome;
}

}  // namespace amilab::cli
