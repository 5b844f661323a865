#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace amilab::cli {

/// A student's place in a class.
struct Seat {
    std::string account;
    std::string name;
};

/// How many names a list has at most, and how many accounts from its first one on are the class's.
inline constexpr std::size_t kMostNames = 1000;

/// A terminal or a shell must not be told anything by a name.
bool is_name(std::string_view text);

/// The names of a list, one a line, in its order; lines that are empty or begin with # are none,
/// nor is a first one that is what such a column is called. Throws std::runtime_error: a file that
/// cannot be read, a line that is no name, a name that is there twice, none or too many, the header
/// of a table.
std::vector<std::string> read_names(const std::string& file);

/// Names by the accounts that have them.
using NamedAccounts = std::map<std::string, std::string, std::less<>>;

/// An account for each name, in the order of the names: its own where it has one, else the first
/// one from `first` on that is nobody's. So an account follows its name, wherever that stands, and
/// no new name gets the account of one that has left the list. Throws std::runtime_error where the
/// class's accounts are used up.
std::vector<Seat> seats_of_names(const std::vector<std::string>& names, const std::string& first,
                                 const NamedAccounts& named);

}  // namespace amilab::cli
