#include <chrono>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>

#include <fmt/format.h>
#include <boost/asio/error.hpp>

#include "server/cli/answers.h"
#include "server/cli/commands.h"
#include "server/cli/control_client.h"
#include "server/cli/endpoint.h"
#include "server/cli/environment.h"
#include "server/cli/health.h"
#include "server/cli/programs.h"
#include "server/cli/running_servers.h"
#include "server/control/paths.h"
#include "storage/base/text.h"

namespace amilab::cli {

namespace {

/// What a line begins with: fine, something that some will miss, something in the way.
enum class Finding { kGood, kMissing, kBad };

class Findings {
public:
    void say(Finding finding, std::string_view text)
    {
        is_bad_ = is_bad_ || finding == Finding::kBad;
        // Others' words, which a terminal could obey, stand in some.
        fmt::print("{:<8}{}\n", word(finding), one_line(std::string(text)));
    }
    bool is_bad() const { return is_bad_; }

private:
    static std::string_view word(Finding finding)
    {
        switch (finding) {
            case Finding::kGood:
                return "ok";
            case Finding::kMissing:
                return "missing";
            case Finding::kBad:
                return "bad";
        }
        return {};
    }

    bool is_bad_ = false;
};

/// What a program says of its version when it is asked by `argument`; nothing where it is not
/// there.
std::optional<std::string> version_line_of(const char* program, const char* package,
                                           const char* argument)
{
    try {
        const auto found = run_to_end(find_program(program, package), {argument});
        return first_line(found.output.empty() ? found.errors : found.output);
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

/// `version`: the argument that has the program say it.
void look_for(Findings& findings, const char* program, const char* package, const char* version,
              std::string_view needed_for)
{
    if (const auto line = version_line_of(program, package, version)) {
        findings.say(Finding::kGood, *line);
    } else {
        findings.say(Finding::kMissing,
                     fmt::format("{} (package {}), which {} needs", program, package, needed_for));
    }
}

using Version = std::tuple<int, int, int>;

/// "aws-cli/2.15.30 Python/3.11 ..."
std::optional<Version> cli_version(const std::string& line)
{
    int major = 0;
    int minor = 0;
    int patch = 0;
    const auto count = std::sscanf(line.c_str(), "aws-cli/%d.%d.%d", &major, &minor, &patch);
    return count == 3 ? std::optional(Version{major, minor, patch}) : std::nullopt;
}

/// Source: the AWS CLI's changelogs: 1.29.0 and 2.13.0 (documented).
bool reads_endpoint_url(const Version& version)
{
    return std::get<0>(version) >= 2 ? version >= Version{2, 13, 0} : version >= Version{1, 29, 0};
}

void look_at_aws_cli(Findings& findings)
{
    const auto line = version_line_of("aws", "awscli", "--version");
    if (!line) {
        findings.say(Finding::kMissing, "aws, the AWS CLI; SDKs do without");
        return;
    }
    const auto version = cli_version(*line);
    if (version && !reads_endpoint_url(*version)) {
        findings.say(Finding::kMissing,
                     fmt::format("{}: too old to read AWS_ENDPOINT_URL (1.29 or 2.13 does); give "
                                 "it --endpoint-url",
                                 *line));
        return;
    }
    findings.say(Finding::kGood, *line);
}

/// A server that works says of its health in milliseconds.
constexpr std::chrono::seconds kLongestHealth{2};
constexpr const char* kEndpointVariable = "AWS_ENDPOINT_URL";

/// Whether the control token that commands would show to a server is its own. Only for what has
/// answered as an amilab does: nobody else is to see it.
void look_at_token(Findings& findings, const std::string& url)
{
    try {
        const auto token = control_token_for(url, std::nullopt);
        if (!token) {
            return;
        }
        ControlClient control(
            {.endpoint = url, .token = token, .patience = Patience::of(kLongestHealth)});
        read_answer(url, kClockPath, control.request("GET", kClockPath),
                    [](const auto& answer) { require_of_amilab(answer.at("now_ms").is_int64()); });
        findings.say(Finding::kGood, fmt::format("{} takes the control token", url));
    } catch (const std::exception& error) {
        findings.say(Finding::kBad, fmt::format("the control token: {}", error.what()));
    }
}

/// Whether what listens there is an amilab.
bool look_at_port(Findings& findings, unsigned port)
{
    constexpr std::string_view kOther = "use `amilab serve --listen localhost:PORT`";
    const ServerEndpoint endpoint(fmt::format("http://127.0.0.1:{}", port));
    try {
        const auto health = health_of(endpoint, Patience::of(kLongestHealth));
        findings.say(Finding::kGood, fmt::format("port {} has amilab {}", port, health.version));
        return true;
    } catch (const NoAmilab&) {
        findings.say(Finding::kBad, fmt::format("port {} has another program; {}", port, kOther));
    } catch (const SilentServer&) {
        findings.say(Finding::kBad,
                     fmt::format("port {} has another program, which takes calls and has not "
                                 "answered within {}s; {}",
                                 port, kLongestHealth.count(), kOther));
    } catch (const NoServer& error) {
        const bool is_free = error.error == boost::asio::error::connection_refused;
        findings.say(is_free ? Finding::kGood : Finding::kBad,
                     is_free ? fmt::format("port {} is free", port) : error.what());
    } catch (const std::runtime_error& error) {
        findings.say(Finding::kBad, error.what());
    }
    return false;
}

/// Where the shell's clients call.
void look_at_endpoint(Findings& findings, const std::string& url)
{
    try {
        const auto health = health_of(ServerEndpoint(url), Patience::of(kLongestHealth));
        findings.say(Finding::kGood, fmt::format("{} is {}, which has amilab {}", kEndpointVariable,
                                                 url, health.version));
        look_at_token(findings, url);
    } catch (const NoAmilab&) {
        findings.say(Finding::kBad,
                     fmt::format("{} is {}, which has another program", kEndpointVariable, url));
    } catch (const SilentServer&) {
        findings.say(Finding::kBad,
                     fmt::format("{} is {}, which takes calls and has not answered within {}s; "
                                 "expected where an amilab is",
                                 kEndpointVariable, url, kLongestHealth.count()));
    } catch (const std::exception& error) {
        findings.say(Finding::kBad, fmt::format("{}: {}", kEndpointVariable, error.what()));
    }
}

void look_at_started(Findings& findings)
{
    try {
        for (const auto& server : running_servers()) {
            if (server.is_there()) {
                findings.say(Finding::kGood, fmt::format("`amilab start` began {} (process {})",
                                                         server.endpoint, server.pid));
            } else {
                findings.say(Finding::kMissing,
                             fmt::format("the server on port {} (process {}) is gone; `amilab stop "
                                         "{}` removes what it left",
                                         server.port, server.pid, server.port));
            }
        }
    } catch (const std::exception& error) {
        findings.say(Finding::kBad, error.what());
    }
}

}  // namespace

int doctor(const DoctorOptions& options)
{
    Findings findings;
    const bool is_amilab = look_at_port(findings, options.port);
    look_at_started(findings);
    // The token is of the server that the shell's commands call.
    if (const auto url = from_environment(kEndpointVariable)) {
        look_at_endpoint(findings, *url);
    } else if (is_amilab) {
        look_at_token(findings, fmt::format("http://127.0.0.1:{}", options.port));
    }
    look_for(findings, "qemu-img", "qemu-utils", "--version",
             "import and export of files that are not raw");
    look_for(findings, "mke2fs", "e2fsprogs", "-V", "import --from-dir");
    look_at_aws_cli(findings);
    return findings.is_bad() ? 1 : 0;
}

}  // namespace amilab::cli
