#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/complaints.h"
#include "server/cli/descriptor.h"
#include "server/cli/running_servers.h"
#include "server/cli/standard_output.h"
#include "server/http/server.h"

namespace amilab::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{20};
constexpr std::chrono::seconds kLongestStop{60};

void tell_gone(const RunningServer& server)
{
    complain(fmt::format("the server on port {} (process {}) is gone; what it left is removed",
                         server.port, server.pid));
}

/// Throws where a server that was started has the port.
void require_free(unsigned port)
{
    const auto server = running_server(port);
    if (port == 0 || !server) {
        return;
    }
    if (server->is_there()) {
        throw std::runtime_error(
            fmt::format("a server runs on port {} already (process {}); `amilab stop {}` ends it",
                        port, server->pid, port));
    }
    tell_gone(*server);
    remove_running_server(*server);
}

std::optional<std::string> absolute(const std::optional<std::string>& path)
{
    return path ? std::optional(fs::absolute(*path).string()) : std::nullopt;
}

/// Has descriptor `number` lead nowhere from now on.
void replace_by_null(int number, int flags)
{
    const std::string path = "/dev/null";
    const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    if (file.number() < 0 || ::dup2(file.number(), number) < 0) {
        throw_errno("open", path);
    }
}

/// Has a file while it serves, so that `stop` finds it.
int serve_registered(const ServeOptions& options, const std::optional<std::string>& first_log)
{
    std::optional<RunningServer> registered;
    const auto tell = [&](const http::Endpoint& address) {
        auto log = first_log;
        if (log) {
            log = fmt::format("{}/{}.log", running_servers_folder(), address.port);
            fs::rename(*first_log, *log);
        }
        registered =
            write_running_server({.port = address.port,
                                  .endpoint = "http://" + address.text(),
                                  .control_token_file = absolute(options.control_token_file),
                                  .data = absolute(options.data),
                                  .log = log});
    };
    const auto let_parent_go = [&] {
        if (first_log) {
            replace_by_null(STDOUT_FILENO, O_WRONLY);
        }
    };
    const auto forget = [&] {
        if (registered) {
            remove_running_server(*registered);
        }
    };
    int exit_code = 0;
    try {
        exit_code = serve(options, {.tell = tell, .has_told = let_parent_go});
    } catch (...) {
        forget();
        throw;
    }
    forget();
    return exit_code;
}

/// Where what a server in the background writes to stderr goes.
struct Log {
    std::string path = {};
    int file = -1;
};

/// What the child does: its output goes to the parent until it is ready, then nowhere.
int serve_detached(const ServeOptions& options, int to_parent, const Log& log)
{
    ::setsid();
    replace_by_null(STDIN_FILENO, O_RDONLY);
    ::dup2(to_parent, STDOUT_FILENO);
    ::dup2(log.file, STDERR_FILENO);
    ::close(to_parent);
    return serve_registered(options, log.path);
}

/// `at`: from where on; without it a stream is read on.
std::string read_to_end(int from, std::optional<std::uint64_t> at, const std::string& name)
{
    std::string text;
    std::array<std::byte, 4096> piece;
    for (;;) {
        const auto count = read_some(from, at, piece, name);
        text.append(reinterpret_cast<const char*>(piece.data()), count);
        if (count < piece.size()) {
            return text;
        }
        if (at) {
            *at += count;
        }
    }
}

/// Prints what the server said. Throws LostOutput, unless who read it wants no more.
void pass_on(const std::string& said)
{
    printing([&] {
        fmt::print("{}", said);
        return 0;
    });
}

/// Returns what waitpid(2) says of it.
int wait_for_end(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/// Returns in the parent once the child is ready, or is gone; in the child when it has served.
int start_detached(const ServeOptions& options)
{
    const auto path = fmt::format("{}/start-{}.log", running_servers_folder(), ::getpid());
    const Descriptor file(::open(
        path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, kOwnFile));
    std::array<int, 2> ends = {-1, -1};
    if (file.number() < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw_errno("open", path);
    }
    const auto child = ::fork();
    if (child < 0) {
        throw_errno("begin a process for", path);
    }
    if (child == 0) {
        ::close(ends[0]);
        return serve_detached(options, ends[1], {.path = path, .file = file.number()});
    }
    ::close(ends[1]);
    const Descriptor from_child(ends[0]);
    bool is_ready = false;
    try {
        const auto said = read_to_end(from_child.number(), std::nullopt, "the server's output");
        write_to_stderr(read_to_end(file.number(), 0, path));  // its warnings, or why it ended
        is_ready = !said.empty();
        pass_on(said);
    } catch (...) {
        // As in the foreground: nobody has been told where it is.
        ::kill(child, SIGTERM);
        wait_for_end(child);
        throw;
    }
    if (is_ready) {
        return 0;
    }
    const int status = wait_for_end(child);
    ::unlink(path.c_str());
    // As it would have ended here: 2 where an option is wrong.
    return WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1;
}

/// Whether it has gone within the longest time that a stop may take.
bool wait_until_gone(const RunningServer& server)
{
    const auto end = std::chrono::steady_clock::now() + kLongestStop;
    while (server.is_there()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(kBetweenLooks);
    }
    return true;
}

void stop_one(const RunningServer& server)
{
    if (!server.is_there()) {
        tell_gone(server);
        remove_running_server(server);
        return;
    }
    if (::kill(server.pid, SIGTERM) != 0 && errno != ESRCH) {
        throw_errno("end process", std::to_string(server.pid));
    }
    if (!wait_until_gone(server)) {
        throw std::runtime_error(fmt::format("the server on port {} (process {}) has not ended",
                                             server.port, server.pid));
    }
    remove_running_server(server);  // one that was killed meanwhile leaves it
    fmt::print("{}: stopped\n", server.endpoint);
}

std::vector<RunningServer> wanted(const StopOptions& options)
{
    auto servers = running_servers();
    if (options.port) {
        std::erase_if(servers, [&](const auto& one) { return one.port != *options.port; });
        if (servers.empty()) {
            throw none_on_port(*options.port);
        }
    }
    if (servers.empty()) {
        throw std::runtime_error("no server runs that `amilab start` began");
    }
    std::vector<RunningServer> running;
    std::copy_if(servers.begin(), servers.end(), std::back_inserter(running),
                 [](const auto& one) { return one.is_there(); });
    if (running.size() > 1 && !options.all) {
        throw std::runtime_error(
            fmt::format("servers run on the ports {}; name one, or use --all", ports_of(running)));
    }
    return servers;
}

}  // namespace

int start(const StartOptions& options)
{
    require_free(http::Endpoint::parse(options.serve.listen).port);
    return options.is_detached ? start_detached(options.serve)
                               : serve_registered(options.serve, std::nullopt);
}

int stop(const StopOptions& options)
{
    for (const auto& server : wanted(options)) {
        stop_one(server);
    }
    return 0;
}

}  // namespace amilab::cli
