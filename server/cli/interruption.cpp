#include "server/cli/interruption.h"

#include <sys/prctl.h>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace amilab::cli {

namespace {

struct Registry {
    std::mutex mutex;
    std::multiset<std::string> paths;
};

/// Never destroyed: the watching thread outlives main().
Registry& registry()
{
    static auto* const one = new Registry;
    return *one;
}

/// Without those that whoever started the process had it ignore, as nohup does.
const sigset_t& watched_signals()
{
    static const sigset_t watched = [] {
        sigset_t signals;
        sigemptyset(&signals);
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
            struct sigaction action = {};
            sigaction(number, nullptr, &action);
            if (action.sa_handler != SIG_IGN) {
                sigaddset(&signals, number);
            }
        }
        return signals;
    }();
    return watched;
}

void wait_and_tidy_up()
{
    const auto& signals = watched_signals();
    int number = 0;
    if (sigwait(&signals, &number) != 0) {
        return;
    }
    // Held to the end: nothing that is removed is made again.
    const std::lock_guard lock(registry().mutex);
    for (const auto& path : registry().paths) {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::signal(number, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    std::raise(number);
}

}  // namespace

void watch_for_interruption()
{
    const auto& signals = watched_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread(wait_and_tidy_up).detach();
}

void leave_watch_in_child()
{
    pthread_sigmask(SIG_UNBLOCK, &watched_signals(), nullptr);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

RemovedWhenInterrupted::RemovedWhenInterrupted(std::string path) : path_(std::move(path))
{
    const std::lock_guard lock(registry().mutex);
    registry().paths.insert(path_);
}

RemovedWhenInterrupted::~RemovedWhenInterrupted()
{
    const std::lock_guard lock(registry().mutex);
    registry().paths.erase(registry().paths.find(path_));
}

}  // namespace amilab::cli
