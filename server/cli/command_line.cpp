#include "server/cli/command_line.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "server/cli/wrong_option.h"

namespace amilab::cli {

namespace {

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

}  // namespace

DeclaredOption::DeclaredOption(std::string names, OptionTarget target, std::string help)
    : names_(std::move(names)), target_(target), help_(std::move(help))
{
}

DeclaredOption& DeclaredOption::value_name(std::string name)
{
    value_name_ = std::move(name);
    return *this;
}

DeclaredOption& DeclaredOption::required()
{
    is_required_ = true;
    return *this;
}

DeclaredOption& DeclaredOption::shows_default()
{
    shows_default_ = true;
    return *this;
}

DeclaredOption& DeclaredOption::check(Check check_value)
{
    check_ = std::move(check_value);
    return *this;
}

DeclaredOption& DeclaredOption::one_of(std::vector<std::string> values)
{
    values_ = std::move(values);
    return *this;
}

DeclaredOption& DeclaredOption::between(int least, int most)
{
    bounds_.emplace(least, most);
    return *this;
}

DeclaredOption& DeclaredOption::existing_file()
{
    is_existing_file_ = true;
    return *this;
}

DeclaredOption& DeclaredOption::needs(const DeclaredOption& other)
{
    needed_.push_back(&other);
    return *this;
}

DeclaredOption& DeclaredOption::excludes(const DeclaredOption& other)
{
    excluded_.push_back(&other);
    return *this;
}

DeclaredOption& DeclaredOption::separated_by(char separator)
{
    separator_ = separator;
    return *this;
}

DeclaredOption& DeclaredOption::one_value_each()
{
    is_one_value_each_ = true;
    return *this;
}

DeclaredCommand::DeclaredCommand(std::string name, std::string summary)
    : name_(std::move(name)), summary_(std::move(summary))
{
}

DeclaredOption& DeclaredCommand::option(std::string names, OptionTarget target, std::string help)
{
    return options_.emplace_back(std::move(names), target, std::move(help));
}

DeclaredOption& DeclaredCommand::flag(std::string names, bool& target, std::string help)
{
    return option(std::move(names), target, std::move(help));
}

DeclaredCommand& DeclaredCommand::command(std::string name, std::string summary)
{
    return commands_.emplace_back(std::move(name), std::move(summary));
}

void DeclaredCommand::footer(std::string text)
{
    footer_ = std::move(text);
}

void DeclaredCommand::runs(std::function<int()> work)
{
    work_ = std::move(work);
}

/// A program as CLI11 has it.
class CommandLine {
public:
    CommandLine(DeclaredCommand& program, const std::string& version) : app_("", program.name_)
    {
        // The commands that are added take over what stands here before them.
        app_.require_subcommand(0, 1);
        app_.set_version_flag("--version", version);
        app_.formatter(std::make_shared<ScreenFormatter>());
        add_all(app_, program);
    }

    std::optional<int> run(std::string (*help)(), int argc, const char* const* argv)
    {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() != 0) {
                throw wrong(error.what(),
                            error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError));
            }
            if (error.get_name() == "CallForHelp" && app_.get_subcommands().empty()) {
                fmt::print("{}", help());
            } else {
                std::ostringstream said;
                app_.exit(error, said, said);  // --help and --version
                fmt::print("{}", said.str());
            }
            return 0;
        } catch (const WrongOption& error) {
            throw wrong(error.what(), false);
        }
        return app_.get_subcommands().empty() ? std::nullopt : std::optional(exit_code_);
    }

    std::string help_of(const std::string& name) const
    {
        for (const auto* command : app_.get_subcommands({})) {
            if (command->get_name() == name) {
                return command->help(app_.get_name());
            }
        }
        return "";
    }

private:
    using Added = std::map<const DeclaredOption*, CLI::Option*>;

    static CLI::Option* add_option(CLI::App& app, const DeclaredOption& option)
    {
        auto* added = std::visit(
            [&](auto target) {
                if constexpr (std::is_same_v<decltype(target), std::reference_wrapper<bool>>) {
                    return app.add_flag(option.names_, target.get(), option.help_);
                } else {
                    return app.add_option(option.names_, target.get(), option.help_)
                        ->type_name(option.value_name_);
                }
            },
            option.target_);
        if (option.is_required_) {
            added->required();
        }
        if (option.shows_default_) {
            added->capture_default_str();
        }
        if (option.separator_ != '\0') {
            added->delimiter(option.separator_);
        }
        if (option.is_one_value_each_) {
            added->allow_extra_args(false);
        }
        return added;
    }

    /// Of those with an empty description help says nothing beside the value's name.
    static void add_checks(CLI::Option& added, const DeclaredOption& option)
    {
        if (option.check_) {
            added.check(option.check_);
        }
        if (!option.values_.empty()) {
            added.check(CLI::IsMember(option.values_));
        }
        if (option.bounds_) {
            const auto& [least, most] = *option.bounds_;
            added.check(CLI::Range(least, most).description(""));
        }
        if (option.is_existing_file_) {
            added.check(CLI::ExistingFile.description(""));
        }
    }

    static Added add_options(CLI::App& app, DeclaredCommand& command)
    {
        Added all;
        for (const auto& option : command.options_) {
            all[&option] = add_option(app, option);
            add_checks(*all[&option], option);
        }
        for (const auto& option : command.options_) {
            for (const auto* needed : option.needed_) {
                all[&option]->needs(all.at(needed));
            }
            for (const auto* excluded : option.excluded_) {
                all[&option]->excludes(all.at(excluded));
            }
        }
        return all;
    }

    /// What a command takes, what it does, and the commands behind it.
    void add_all(CLI::App& app, DeclaredCommand& command)
    {
        const auto options = add_options(app, command);
        if (!command.footer_.empty()) {
            app.footer(command.footer_);
        }
        if (command.work_) {
            app.callback([this, &command, options] {
                for (auto& option : command.options_) {
                    option.is_given_ = !options.at(&option)->empty();
                }
                exit_code_ = command.work_();
            });
        }
        for (auto& own : command.commands_) {
            auto* added = app.add_subcommand(own.name_, own.summary_);
            if (!own.commands_.empty()) {
                added->require_subcommand(1);
            }
            add_all(*added, own);
        }
    }

    WrongUsage wrong(const std::string& why, bool is_unknown) const
    {
        WrongUsage usage(why);
        const auto* meant = &app_;
        for (auto used = app_.get_subcommands(); !used.empty(); used = meant->get_subcommands()) {
            meant = used.front();
            usage.command += meant->get_name() + " ";
        }
        for (const auto* own : meant->get_subcommands({})) {
            usage.commands.push_back(own->get_name());
        }
        for (const auto* option : meant->get_options()) {
            const auto& names = option->get_lnames();
            usage.options.insert(usage.options.end(), names.begin(), names.end());
        }
        usage.unknown = app_.remaining(true);
        usage.is_unknown = is_unknown && !usage.unknown.empty();
        return usage;
    }

    CLI::App app_;
    int exit_code_ = 0;
};

std::optional<int> run_command_line(DeclaredCommand& program, const SaidOfProgram& said, int argc,
                                    const char* const* argv)
{
    return CommandLine(program, said.version).run(said.help, argc, argv);
}

std::string help_of_command(DeclaredCommand& program, const std::string& name)
{
    return CommandLine(program, "").help_of(name);
}

}  // namespace amilab::cli
