#pragma once

#include <optional>
#include <string>

#include "server/cli/command_line.h"
#include "server/cli/environment.h"
#include "server/cli/server_access.h"

/// Options that several commands take.
namespace amilab::cli {

/// What is wrong with an account ID, or a folder's name; empty when it is right.
std::string check_account(const std::string& text);
std::string check_folder(const std::string& text);
/// For options that may be repeated: an empty value is taken as none, as if there were no option.
std::string check_not_empty(const std::string& text);
/// What is wrong with a URL that others paste, whoever it names; empty when it is right.
std::string check_url(const std::string& text);

/// --endpoint and --control-token-file.
void add_server(DeclaredCommand& command, ServerAccess& server);
/// --data, instead of a server.
void add_data(DeclaredCommand& command, std::optional<std::string>& data);

/// Account, region and where: `options` is such as ImportOptions. As the AWS CLI beside it would be
/// understood.
template <class Options>
void add_place(DeclaredCommand& command, Options& options)
{
    auto& place = options.place;
    place.access_key = from_environment("AWS_ACCESS_KEY_ID");
    const auto region = from_environment("AWS_REGION");
    place.region = region ? region : from_environment("AWS_DEFAULT_REGION");
    command
        .option("--account", place.account,
                "Account; else whose AWS_ACCESS_KEY_ID is at the server, else its default")
        .value_name("ID")
        .check(check_account);
    command
        .option("--region", place.region,
                "Region; else AWS_REGION or AWS_DEFAULT_REGION, else the server's default")
        .value_name("NAME");
    add_server(command, options.server);
    add_data(command, options.data);
}

}  // namespace amilab::cli
