#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/descriptor.h"
#include "server/cli/endpoint.h"
#include "server/cli/environment.h"
#include "server/cli/programs.h"
#include "server/cli/running_servers.h"

namespace amilab::cli {

namespace {

/// What a line begins with: fine, something that some will miss, something in the way.
enum class Finding { kGood, kMissing, kBad };

class Findings {
public:
    void say(Finding finding, std::string_view text)
    {
        is_bad_ = is_bad_ || finding == Finding::kBad;
        fmt::print("{:<8}{}\n", word(finding), text);
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

struct PortAnswer {
    bool is_free = false;
    /// What came within the time that a server has for it.
    std::string text = {};
};

/// What a connection answers to a question for its health.
std::string ask_health(int socket, const std::string& authority)
{
    const timeval longest = {.tv_sec = 2, .tv_usec = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
    const auto request = fmt::format(
        "GET /_amilab/health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", authority);
    std::string text;
    std::array<char, 1024> piece;
    if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
        for (auto count = ::recv(socket, piece.data(), piece.size(), 0);
             count > 0 && text.size() < piece.size();
             count = ::recv(socket, piece.data(), piece.size(), 0)) {
            text.append(piece.data(), static_cast<std::size_t>(count));
        }
    }
    return text;
}

PortAnswer ask_port(unsigned port)
{
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
        0) {
        return {.is_free = true};
    }
    return {.text = ask_health(socket.number(), fmt::format("127.0.0.1:{}", port))};
}

/// Of a health answer, in any of its lines.
std::optional<std::string> version_in(std::string_view text)
{
    constexpr std::string_view kKey = R"("version":")";
    const auto key = text.find(kKey);
    if (key == std::string_view::npos || text.find(R"("status":"ok")") == std::string_view::npos) {
        return std::nullopt;
    }
    const auto start = key + kKey.size();
    return std::string(text.substr(start, text.find('"', start) - start));
}

void look_at_port(Findings& findings, unsigned port)
{
    const auto answer = ask_port(port);
    if (answer.is_free) {
        findings.say(Finding::kGood, fmt::format("port {} is free", port));
    } else if (const auto version = version_in(answer.text)) {
        findings.say(Finding::kGood, fmt::format("port {} has amilab {}", port, *version));
    } else {
        findings.say(Finding::kBad,
                     fmt::format("port {} has another program; use `amilab serve --listen "
                                 "localhost:PORT`",
                                 port));
    }
}

/// Where the shell's clients call, if it says so.
void look_at_endpoint(Findings& findings)
{
    const auto url = from_environment("AWS_ENDPOINT_URL");
    if (!url) {
        return;
    }
    try {
        const ServerEndpoint endpoint(url);
        const auto connection = endpoint.connect();
        const auto text = ask_health(connection->socket.native_handle(), endpoint.authority());
        if (const auto version = version_in(text)) {
            findings.say(Finding::kGood, fmt::format("AWS_ENDPOINT_URL is {}, which has amilab {}",
                                                     *url, *version));
        } else {
            findings.say(Finding::kBad,
                         fmt::format("AWS_ENDPOINT_URL is {}, which has another program", *url));
        }
    } catch (const std::exception& error) {
        findings.say(Finding::kBad, fmt::format("AWS_ENDPOINT_URL: {}", error.what()));
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
    look_at_port(findings, options.port);
    look_at_started(findings);
    look_at_endpoint(findings);
    look_for(findings, "qemu-img", "qemu-utils", "--version",
             "import and export of files that are not raw");
    look_for(findings, "mke2fs", "e2fsprogs", "-V", "import --from-dir");
    look_at_aws_cli(findings);
    return findings.is_bad() ? 1 : 0;
}

}  // namespace amilab::cli
