#include "server/cli/server_access.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

#include "server/cli/wrong_option.h"

namespace amilab::cli {

namespace {

constexpr const char* kVariable = "AMILAB_CONTROL_TOKEN";
constexpr std::size_t kLongestToken = 1024;

/// What an HTTP header carries as it is.
bool is_token(const std::string& text)
{
    return !text.empty() && text.size() <= kLongestToken &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string require_token(std::string text, const std::string& source)
{
    if (!is_token(text)) {
        throw std::runtime_error(
            fmt::format("{} holds no control token; expected 1 to {} characters of ASCII without "
                        "spaces",
                        source, kLongestToken));
    }
    return text;
}

/// Less the end of the line. Of a longer file, more than a token may have.
std::string read_line(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string text(kLongestToken + 3, '\0');
    if (!file || file.read(text.data(), static_cast<std::streamsize>(text.size())).bad()) {
        throw std::runtime_error(
            fmt::format("cannot read the control token of {}: {}", path, std::strerror(errno)));
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    for (const auto* end : {"\n", "\r"}) {
        if (text.ends_with(end)) {
            text.pop_back();
        }
    }
    return text;
}

}  // namespace

std::optional<std::string> read_control_token(const std::optional<std::string>& file)
{
    if (file) {
        return require_token(read_line(*file), *file);
    }
    const char* set = std::getenv(kVariable);
    return set != nullptr ? std::optional(require_token(set, kVariable)) : std::nullopt;
}

std::optional<std::string> control_token_of_option(const std::optional<std::string>& file)
{
    if (!file) {
        return read_control_token(file);
    }
    try {
        return read_control_token(file);
    } catch (const std::runtime_error& error) {
        throw WrongOption(fmt::format("--control-token-file: {}", error.what()));
    }
}

std::string advice_on_key(const std::optional<std::string>& access_key)
{
    return fmt::format(
        "AWS_ACCESS_KEY_ID is {}, and this server takes an account's 12 digits or a key that is "
        "declared for one; --account names an account instead",
        access_key ? *access_key : "not set");
}

}  // namespace amilab::cli
