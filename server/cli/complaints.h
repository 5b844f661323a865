#pragma once

#include <string>

namespace amilab::cli {

/// Writes a line about the command to stderr, behind the program's name: the one way for refusals,
/// warnings and what is not right yet. It is one line whatever the values hold that it names, and
/// nothing in it is obeyed by a terminal.
void complain(const std::string& line);
/// Writes a line without the name: what was done, where stdout is for the result.
void tell(const std::string& line);

}  // namespace amilab::cli
