#include <memory>
#include <optional>
#include <string>

#include "server/cli/command_table.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"

namespace amilab::cli {

void declare_env(DeclaredCommand& command)
{
    const auto kept = std::make_shared<EnvOptions>();
    auto& options = *kept;
    const auto& port =
        command.option("PORT", options.port, "Where one listens that `amilab start` began");
    command
        .option("--endpoint", options.endpoint,
                "The server's URL; else that of the only one that `amilab start` began, else "
                "http://127.0.0.1:4566")
        .value_name("URL")
        .check(check_url)
        .excludes(port);
    command.option("--account", options.account, "Whose calls they are to be")
        .value_name("ID")
        .shows_default()
        .check(check_account);
    command.option("--region", options.region, "Where").value_name("NAME").shows_default();
    command.option("--shell", options.shell, "What reads it; else what SHELL says")
        .value_name("SHELL")
        .one_of({"sh", "fish", "powershell"});
    command.runs([kept] { return env(*kept); });
}

void declare_doctor(DeclaredCommand& command)
{
    constexpr int kMostPort = 65535;
    const auto kept = std::make_shared<DoctorOptions>();
    command.option("--port", kept->port, "Where a server is to listen")
        .value_name("PORT")
        .shows_default()
        .between(1, kMostPort);
    command.runs([kept] { return doctor(*kept); });
}

void declare_coverage(DeclaredCommand& command)
{
    const auto operation = std::make_shared<std::optional<std::string>>();
    command.option("OPERATION", *operation, "Such as RunInstances; without it the sums");
    command.runs([operation] { return coverage(*operation); });
}

}  // namespace amilab::cli
