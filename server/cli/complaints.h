#pragma once

#include <string>
#include <string_view>

namespace amilab::cli {

// Nothing here fails where stderr cannot be written: what nobody can read is dropped, and the
// command goes on, or ends with the exit code that it has in any case.

/// Writes a line about the command to stderr, behind the program's name: the one way for refusals,
/// warnings and what is not right yet. It is one line whatever the values hold that it names, and
/// nothing in it is obeyed by a terminal.
void complain(const std::string& line);
/// Writes a line without the name: what was done, where stdout is for the result.
void tell(const std::string& line);
/// Writes a text as it is: what moves on a terminal, and what has been written elsewhere before.
void write_to_stderr(std::string_view text);

}  // namespace amilab::cli
