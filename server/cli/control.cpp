#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/complaints.h"
#include "server/cli/control_client.h"
#include "server/cli/durations.h"

namespace amilab::cli {

namespace {

constexpr std::chrono::milliseconds kBetweenTries{50};
/// A server that works answers in milliseconds, one of a busy machine in seconds.
constexpr std::chrono::seconds kLongestStatus{10};

/// Ends the process then, whatever it waits for: also a server that takes a call and is silent.
void end_after(std::chrono::milliseconds timeout, const std::string& line)
{
    std::thread([timeout, line] {
        std::this_thread::sleep_for(timeout);
        complain(line);
        std::fflush(nullptr);
        std::_Exit(1);
    }).detach();
}

/// Throws as ControlClient does where no server is.
void print_health(ControlClient& client)
{
    fmt::print("{}: {}", client.url(), client.health());
}

}  // namespace

int status(const ServerAccess& server)
{
    auto client = client_of(server);
    end_after(kLongestStatus, fmt::format("{} takes calls and has not answered within {}s",
                                          client.url(), kLongestStatus.count()));
    print_health(client);
    return 0;
}

int wait(const WaitOptions& options)
{
    auto client = client_of(options.server);
    const auto timeout_ms = parse_duration(options.timeout).value();
    end_after(
        std::chrono::milliseconds(timeout_ms),
        fmt::format("no server answered at {} within {}", client.url(), duration_text(timeout_ms)));
    for (;;) {
        try {
            print_health(client);
            return 0;
        } catch (const std::runtime_error&) {
            std::this_thread::sleep_for(kBetweenTries);
        }
    }
}

int reset(const ResetOptions& options)
{
    auto client = client_of(options.server);
    client.reset(options.account);
    fmt::print("{}: reset{}\n", client.url(),
               options.account ? " account " + *options.account : "");
    return 0;
}

}  // namespace amilab::cli
