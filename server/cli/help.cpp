#include "server/cli/help.h"

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/cli/command_table.h"
#include "server/cli/help_pages.h"
#include "server/cli/wrong_option.h"
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

/// The long option, of those that a command or the program takes, that `argument` may be meant for.
std::optional<std::string> nearest_option(const std::vector<std::string>& known,
                                          const std::string& argument)
{
    constexpr std::string_view kDashes = "--";
    if (!argument.starts_with(kDashes)) {
        return std::nullopt;
    }
    const auto typed = argument.substr(kDashes.size(), argument.find('=') - kDashes.size());
    const auto near = nearest(typed, known);
    return near ? std::optional("--" + *near) : std::nullopt;
}

/// What is wrong behind a command that has commands of its own, as `lab` has. Nothing when that is
/// an option.
std::optional<std::string> error_of_own_command(const WrongUsage& error)
{
    const auto& words = error.command;
    const auto& unknown = error.unknown;
    if (error.commands.empty() || (!unknown.empty() && unknown.front().starts_with('-'))) {
        return std::nullopt;
    }
    const auto listed =
        fmt::format("`amilab {}` has the commands {}; see amilab {}--help",
                    words.substr(0, words.size() - 1), fmt::join(error.commands, ", "), words);
    if (unknown.empty()) {
        return "a command is missing; " + listed;
    }
    const auto& argument = unknown.front();
    const auto near = nearest(argument, error.commands);
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

std::string help_of(const std::string& topic)
{
    if (topic.empty()) {
        return program_help();
    }
    auto program = declared_program();
    auto text = help_of_command(program, topic);
    for (const auto& page : help_pages()) {
        if (page.name == topic) {  // a page may have the name of a command
            text += page.text;
        }
    }
    if (!text.empty()) {
        return text;
    }
    if (const auto near = nearest(topic, topics())) {
        throw WrongOption(fmt::format("there is neither a command nor a page {}; did you mean {}?",
                                      topic, *near));
    }
    throw WrongOption(
        fmt::format("there is neither a command nor a page {}; the commands are {}, the pages {}",
                    topic, command_names(), page_names()));
}

void declare_help(DeclaredCommand& command)
{
    const auto topic = std::make_shared<std::string>();
    command.option("TOPIC", *topic, "A command, or one of the pages " + page_names());
    command.runs([topic] {
        fmt::print("{}", help_of(*topic));
        return 0;
    });
}

std::string version_line()
{
    const std::string commit = kCommit;
    return commit.empty() ? fmt::format("amilab {}", kVersion)
                          : fmt::format("amilab {} ({})", kVersion, commit);
}

void declare_version(DeclaredCommand& command)
{
    command.runs([] {
        fmt::print("{}\n", version_line());
        return 0;
    });
}

std::string usage_error(const WrongUsage& error)
{
    const auto& command = error.command;
    if (!command.empty()) {
        if (auto own = error_of_own_command(error)) {
            return *std::move(own);
        }
    }
    if (!error.is_unknown) {
        return fmt::format("{}; see amilab {}--help", error.what(), command);
    }
    const auto& argument = error.unknown.front();
    if (command.empty() && !argument.starts_with('-')) {
        const auto near = nearest(argument, names_of(commands()));
        return near
                   ? fmt::format("there is no command {}; did you mean {}? `amilab help` lists all",
                                 argument, *near)
                   : fmt::format("there is no command {}; the commands are {}", argument,
                                 command_names());
    }
    const auto near = nearest_option(error.options, argument);
    return fmt::format("unexpected argument {}; {}see amilab {}--help", argument,
                       near ? fmt::format("did you mean {}? ", *near) : "", command);
}

}  // namespace amilab::cli
