#include <memory>
#include <optional>
#include <string>

#include "server/cli/command_table.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"

namespace amilab::cli {

void declare_env(CLI::App& command, int& exit_code)
{
    const auto kept = std::make_shared<EnvOptions>();
    auto& options = *kept;
    command
        .add_option("--endpoint", options.endpoint,
                    "The server's URL; else that of the only one that `amilab start` began, else "
                    "http://127.0.0.1:4566")
        ->type_name("URL")
        ->check(check_url, "");
    command.add_option("--account", options.account, "Whose calls they are to be")
        ->type_name("ID")
        ->capture_default_str()
        ->check(check_account, "");
    command.add_option("--region", options.region, "Where")
        ->type_name("NAME")
        ->capture_default_str();
    command.add_option("--shell", options.shell, "What reads it; else what SHELL says")
        ->type_name("SHELL")
        ->check(CLI::IsMember({"sh", "fish", "powershell"}));
    command.callback([kept, &exit_code] { exit_code = env(*kept); });
}

void declare_doctor(CLI::App& command, int& exit_code)
{
    constexpr int kMostPort = 65535;
    const auto kept = std::make_shared<DoctorOptions>();
    command.add_option("--port", kept->port, "Where a server is to listen")
        ->type_name("PORT")
        ->capture_default_str()
        ->check(between(1, kMostPort));
    command.callback([kept, &exit_code] { exit_code = doctor(*kept); });
}

void declare_coverage(CLI::App& command, int& exit_code)
{
    const auto operation = std::make_shared<std::optional<std::string>>();
    command.add_option("OPERATION", *operation, "Such as RunInstances; without it the sums")
        ->type_name("");
    command.callback([operation, &exit_code] { exit_code = coverage(*operation); });
}

}  // namespace amilab::cli
