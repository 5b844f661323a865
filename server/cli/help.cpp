#include "server/cli/help.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/cli/command_table.h"
#include "server/cli/help_pages.h"
#include "storage/base/nearest.h"
#include "version.h"

namespace amilab::cli {

namespace {

/// Of commands or pages.
template <class Named>
std::vector<std::string> names_of(std::span<const Named> all)
{
    std::vector<std::string> names;
    for (const auto& one : all) {
        names.emplace_back(one.name);
    }
    return names;
}

std::string page_names()
{
    return fmt::format("{}", fmt::join(names_of(help_pages()), ", "));
}

/// What `amilab help` explains.
std::vector<std::string> topics()
{
    auto all = names_of(commands());
    for (auto& page : names_of(help_pages())) {
        all.push_back(std::move(page));
    }
    return all;
}

// What every terminal has; the program's own help has at most 30 lines besides.
constexpr std::size_t kColumns = 80;
/// Where texts begin, behind names.
constexpr std::size_t kTextColumn = 29;

/// Text for the right column of help.
std::string wrapped(const std::string& text)
{
    const auto indent = "\n" + std::string(kTextColumn, ' ');
    std::string lines;
    std::size_t used = 0;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (used != 0 && kTextColumn + used + 1 + word.size() > kColumns) {
            lines += indent;
            used = 0;
        }
        lines += (used == 0 ? "" : " ") + word;
        used += (used == 0 ? 0 : 1) + word.size();
    }
    return lines;
}

/// An option or a command of help, as lines. Two spaces at least stand between name and text, by
/// which scripts/release/pages.py knows them.
std::string entry(const std::string& name, const std::string& text)
{
    auto line = "  " + name;
    if (text.empty()) {
        return line + "\n";
    }
    if (line.size() + 2 > kTextColumn) {
        line += "\n" + std::string(kTextColumn, ' ');
    }
    return fmt::format("{:<{}}{}\n", line, kTextColumn, wrapped(text));
}

/// Of options that another one needs or excludes, in an order that is the same each time.
std::string said_of(std::string_view what, const std::set<CLI::Option*>& options)
{
    std::vector<std::string> names;
    for (const auto* option : options) {
        names.push_back(option->get_name());
    }
    std::sort(names.begin(), names.end());
    return names.empty() ? "" : fmt::format("; {} {}", what, fmt::join(names, ", "));
}

/// CLI11's own has a line for each text, however long, and says beside its name what an option goes
/// with.
class ScreenFormatter final : public CLI::Formatter {
public:
    std::string make_option_opts(const CLI::Option* option) const override
    {
        const auto all = CLI::Formatter::make_option_opts(option);
        return all.substr(0, std::min(all.find(" Needs:"), all.find(" Excludes:")));
    }

    std::string make_option_desc(const CLI::Option* option) const override
    {
        return CLI::Formatter::make_option_desc(option) + said_of("needs", option->get_needs()) +
               said_of("not with", option->get_excludes());
    }

    std::string make_option(const CLI::Option* option, bool is_positional) const override
    {
        return entry(make_option_name(option, is_positional) + make_option_opts(option),
                     make_option_desc(option));
    }

    std::string make_subcommand(const CLI::App* command) const override
    {
        return entry(command->get_display_name(true), command->get_description());
    }
};

std::string program_help()
{
    std::string text =
        "amilab, an offline EC2/AMI emulator for testing. Usage: amilab COMMAND [OPTIONS]\n\n";
    for (const auto& command : commands()) {
        text += fmt::format("  {:<10}{}\n", command.name, command.summary);
    }
    return text + fmt::format(
                      "\namilab COMMAND --help says what one takes; amilab help PAGE prints a page "
                      "of the\n"
                      "documentation: {}.\n",
                      page_names());
}

/// The long option of a command, or of the program, that `argument` may be meant for.
std::optional<std::string> nearest_option(const CLI::App& command, const std::string& argument)
{
    constexpr std::string_view kDashes = "--";
    if (!argument.starts_with(kDashes)) {
        return std::nullopt;
    }
    std::vector<std::string> known;
    for (const auto* option : command.get_options()) {
        known.insert(known.end(), option->get_lnames().begin(), option->get_lnames().end());
    }
    const auto typed = argument.substr(kDashes.size(), argument.find('=') - kDashes.size());
    const auto near = nearest(typed, known);
    return near ? std::optional("--" + *near) : std::nullopt;
}

/// The command that a command line names, the last of "lab check "; adds these words.
const CLI::App& command_meant(const CLI::App& app, std::string& words)
{
    const auto* command = &app;
    for (auto used = app.get_subcommands(); !used.empty(); used = command->get_subcommands()) {
        command = used.front();
        words += command->get_name() + " ";
    }
    return *command;
}

/// What is wrong behind a command that has commands of its own, as `lab` has; `words` name it, and
/// end with a space. Nothing when that is an option.
std::optional<std::string> error_of_own_command(const CLI::App& command, const std::string& words,
                                                const std::vector<std::string>& unknown)
{
    std::vector<std::string> known;
    for (const auto* one : command.get_subcommands({})) {
        known.push_back(one->get_name());
    }
    if (known.empty() || (!unknown.empty() && unknown.front().starts_with('-'))) {
        return std::nullopt;
    }
    const auto listed =
        fmt::format("`amilab {}` has the commands {}; see amilab {}--help",
                    words.substr(0, words.size() - 1), fmt::join(known, ", "), words);
    if (unknown.empty()) {
        return "a command is missing; " + listed;
    }
    const auto& argument = unknown.front();
    const auto near = nearest(argument, known);
    return near ? fmt::format(
                      "there is no command {0}{1}; did you mean {0}{2}? see amilab {0}--help",
                      words, argument, *near)
                : fmt::format("there is no command {}{}; {}", words, argument, listed);
}

}  // namespace

std::string command_names()
{
    return fmt::format("{}", fmt::join(names_of(commands()), ", "));
}

std::shared_ptr<CLI::FormatterBase> help_formatter()
{
    return std::make_shared<ScreenFormatter>();
}

std::string help_of(const CLI::App& app, const std::string& topic)
{
    if (topic.empty()) {
        return program_help();
    }
    std::string text;
    for (const auto* command : app.get_subcommands({})) {
        if (command->get_name() == topic) {
            text = command->help(app.get_name());
        }
    }
    for (const auto& page : help_pages()) {
        if (page.name == topic) {  // a page may have the name of a command
            text += page.text;
        }
    }
    if (!text.empty()) {
        return text;
    }
    if (const auto near = nearest(topic, topics())) {
        throw CLI::ValidationError(fmt::format(
            "there is neither a command nor a page {}; did you mean {}?", topic, *near));
    }
    throw CLI::ValidationError(
        fmt::format("there is neither a command nor a page {}; the commands are {}, the pages {}",
                    topic, command_names(), page_names()));
}

void declare_help(CLI::App& command, int&)
{
    const auto topic = std::make_shared<std::string>();
    command.add_option("TOPIC", *topic, "A command, or one of the pages " + page_names())
        ->type_name("");
    command.callback(
        [&command, topic] { fmt::print("{}", help_of(*command.get_parent(), *topic)); });
}

std::string version_line()
{
    const std::string commit = kCommit;
    return commit.empty() ? fmt::format("amilab {}", kVersion)
                          : fmt::format("amilab {} ({})", kVersion, commit);
}

void declare_version(CLI::App& command, int&)
{
    command.callback([] { fmt::print("{}\n", version_line()); });
}

std::string usage_error(const CLI::App& app, const CLI::ParseError& error)
{
    const auto used = app.get_subcommands();
    std::string command;
    const auto& meant = command_meant(app, command);
    const auto unknown = app.remaining(true);
    if (!used.empty()) {
        if (auto own = error_of_own_command(meant, command, unknown)) {
            return *std::move(own);
        }
    }
    if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError) || unknown.empty()) {
        return fmt::format("{}; see amilab {}--help", error.what(), command);
    }
    const auto& argument = unknown.front();
    if (used.empty() && !argument.starts_with('-')) {
        const auto near = nearest(argument, names_of(commands()));
        return near
                   ? fmt::format("there is no command {}; did you mean {}? `amilab help` lists all",
                                 argument, *near)
                   : fmt::format("there is no command {}; the commands are {}", argument,
                                 command_names());
    }
    const auto near = nearest_option(meant, argument);
    return fmt::format("unexpected argument {}; {}see amilab {}--help", argument,
                       near ? fmt::format("did you mean {}? ", *near) : "", command);
}

}  // namespace amilab::cli
