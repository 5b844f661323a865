#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace amilab {

/// A filter's value with wildcards: `*` stands for any characters, `?` for one, and a backslash
/// takes their meaning away. Case counts. Both sides are UTF-8.
/// Source: EC2 User Guide, "Filter your resources" (documented).
class Pattern {
public:
    explicit Pattern(std::string_view value);

    /// Whether any wildcard is in it.
    bool has_wildcards() const { return pieces_.size() > 1 || has_any_; }
    /// Whether any text at all matches.
    bool is_everything() const;
    /// What every match begins with; all of it when there are no wildcards.
    std::string prefix() const;
    /// Takes time in proportion to the text, for each of the pattern's pieces once at most.
    bool matches(std::string_view text) const;

private:
    /// What stands between two `*`; a `?` is the byte kAny, which UTF-8 does not have.
    std::vector<std::string> pieces_;
    bool has_any_ = false;
};

/// Several of them as one SQL value, for matches_any().
std::string pattern_list(const std::vector<std::string_view>& values);

/// Gives the connection `matches_any(text, pattern_list)`: whether the text matches one of them,
/// NULL for NULL. The list is read once for each run of a statement. What is compared is taken off
/// `instructions`, which outlives the connection, as what it costs beside instructions of SQLite's:
/// to it a call is one of them, however many patterns there are.
void add_pattern_functions(sqlite3* handle, std::int64_t& instructions);

}  // namespace amilab
