#pragma once

#include <span>
#include <string_view>

namespace amilab::cli {

/// What a user of the program alone may want to read: a page of docs/, carried in the binary.
struct HelpPage {
    std::string_view name;
    /// What `amilab help` says that it is about.
    std::string_view subject;
    /// Markdown.
    std::string_view text;
};

/// All of them, by name.
std::span<const HelpPage> help_pages();

}  // namespace amilab::cli
