#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What commands take, as they declare it, and a command line held against that. CLI11, which takes
/// command lines apart and lays help out, is known to command_line.cpp alone.
namespace amilab::cli {

template <class... Values>
using ReferenceToOneOf = std::variant<std::reference_wrapper<Values>...>;

/// Where the value of an option goes: a flag's where there is a truth. An option may be repeated
/// where there is a place for several.
using OptionTarget =
    ReferenceToOneOf<bool, std::string, std::optional<std::string>, std::vector<std::string>,
                     std::optional<std::vector<std::string>>, unsigned, std::optional<unsigned>,
                     std::optional<std::int64_t>, std::optional<std::uint64_t>>;

/// An option of a command, or an argument that has no option before it.
class DeclaredOption {
public:
    /// What is wrong with a value, in one line; empty when it is right.
    using Check = std::function<std::string(const std::string& value)>;

    /// `names` are such as "-f,--follow"; without dashes they are an argument's.
    DeclaredOption(std::string names, OptionTarget target, std::string help);

    /// How help calls the value.
    DeclaredOption& value_name(std::string name);
    DeclaredOption& required();
    /// Help has what the target holds before any command line is read.
    DeclaredOption& shows_default();
    DeclaredOption& check(Check check_value);
    /// Nothing but these, which help lists.
    DeclaredOption& one_of(std::vector<std::string> values);
    /// A number between two others, both included. Help is silent about them.
    DeclaredOption& between(int least, int most);
    DeclaredOption& existing_file();
    /// Wrong without the other one, of the same command; help says so.
    DeclaredOption& needs(const DeclaredOption& other);
    /// Wrong beside the other one, of the same command; help says so of both.
    DeclaredOption& excludes(const DeclaredOption& other);
    /// One value may hold several, with this between.
    DeclaredOption& separated_by(char separator);
    /// May be repeated, and what follows the value is no other value of it.
    DeclaredOption& one_value_each();

    /// Whether the command line has it, once the command runs.
    bool is_given() const { return is_given_; }

private:
    friend class CommandLine;

    std::string names_;
    OptionTarget target_;
    std::string help_;
    std::string value_name_;
    bool is_required_ = false;
    bool shows_default_ = false;
    Check check_;
    std::vector<std::string> values_;
    std::optional<std::pair<int, int>> bounds_;
    bool is_existing_file_ = false;
    std::vector<const DeclaredOption*> needed_;
    std::vector<const DeclaredOption*> excluded_;
    char separator_ = '\0';
    bool is_one_value_each_ = false;
    bool is_given_ = false;
};

/// A command: what it takes, and what it does. Its options and commands stay where they are when it
/// is moved.
class DeclaredCommand {
public:
    /// `summary`: what help says that it does, without a full stop.
    DeclaredCommand(std::string name, std::string summary);
    DeclaredCommand(DeclaredCommand&&) = default;
    DeclaredCommand& operator=(DeclaredCommand&&) = default;
    DeclaredCommand(const DeclaredCommand&) = delete;
    DeclaredCommand& operator=(const DeclaredCommand&) = delete;
    ~DeclaredCommand() = default;

    /// Help lists options, and the command line fills arguments, in the order of these calls.
    /// Targets outlive the command, or are kept by its work.
    DeclaredOption& option(std::string names, OptionTarget target, std::string help);
    DeclaredOption& flag(std::string names, bool& target, std::string help);
    /// A command behind this one, which then has to be followed by one such.
    DeclaredCommand& command(std::string name, std::string summary);
    /// The last lines of help.
    void footer(std::string text);
    /// What the command does, which returns the exit code. Throws WrongOption where it finds the
    /// command line wrong.
    void runs(std::function<int()> work);

private:
    friend class CommandLine;

    std::string name_;
    std::string summary_;
    std::string footer_;
    std::list<DeclaredOption> options_;
    std::list<DeclaredCommand> commands_;
    std::function<int()> work_;
};

/// A command line that is not as its commands want it. what() says why, unless the only reason is
/// what is unknown.
struct WrongUsage : std::runtime_error {
    using std::runtime_error::runtime_error;

    std::string command;                ///< words that name it, a space behind each: "lab check "
    std::vector<std::string> commands;  ///< names of those behind it
    std::vector<std::string> options;   ///< long names of what it takes, without dashes
    std::vector<std::string> unknown;   ///< what no command, option or argument is for
    bool is_unknown = false;  ///< whether there is something unknown, and that is the reason
};

/// What a program says of itself: for --version, and for --help where no command is named.
struct SaidOfProgram {
    std::string version;
    std::string (*help)();
};

/// Does what a command line asks of a program, which may have no command named. Returns the exit
/// code; nothing when no command is named. Throws WrongUsage, and what the command throws but
/// WrongOption.
std::optional<int> run_command_line(DeclaredCommand& program, const SaidOfProgram& said, int argc,
                                    const char* const* argv);

/// What --help says of a command of a program, in lines of at most 80 columns; empty when there is
/// no such command.
std::string help_of_command(DeclaredCommand& program, const std::string& name);

}  // namespace amilab::cli
