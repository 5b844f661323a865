#include "server/cli/options.h"

#include <algorithm>
#include <climits>
#include <filesystem>

#include <fmt/format.h>

#include "server/cli/endpoint.h"
#include "server/wire/types.h"

namespace amilab::cli {

std::string check_account(const std::string& text)
{
    return wire::is_account_id(text) ? "" : text + " is no account ID: expected 12 digits";
}

/// An unset variable in a script must not mean this folder or the root.
std::string check_folder(const std::string& text)
{
    if (text.empty()) {
        return "the folder's name is empty";
    }
    const std::filesystem::path path(text);
    const bool fits = text.size() < PATH_MAX && std::ranges::all_of(path, [](const auto& part) {
                          return part.native().size() <= NAME_MAX;
                      });
    return fits ? ""
                : fmt::format(
                      "the folder's name is too long: expected at most {} characters, and "
                      "{} between slashes",
                      PATH_MAX - 1, NAME_MAX);
}

std::string check_not_empty(const std::string& text)
{
    return text.empty() ? "the value is empty" : "";
}

std::string check_url(const std::string& text)
{
    return is_http_url(text)
               ? ""
               : text + " is no http:// URL: expected such as http://192.168.1.10:4566";
}

void add_server(DeclaredCommand& command, ServerAccess& server)
{
    command
        .option("--endpoint", server.endpoint,
                "The server's URL; else AWS_ENDPOINT_URL, else http://127.0.0.1:4566")
        .value_name("URL")
        .check(check_endpoint);
    command
        .option("--control-token-file", server.control_token_file,
                "File with the server's control token; else AMILAB_CONTROL_TOKEN is it")
        .value_name("FILE");
}

void add_data(DeclaredCommand& command, std::optional<std::string>& data)
{
    command
        .option("--data", data,
                "Work on this data directory, which no server may hold, instead of a server's")
        .value_name("DIR")
        .check(check_folder);
}

}  // namespace amilab::cli
