#include "server/cli/interruption.h"

#include <sys/prctl.h>
#include <csignal>
#include <filesystem>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "storage/base/mutex.h"

namespace amilab::cli {

namespace {

struct Registry {
    Mutex mutex{LockLevel::kInterruption};
    std::multiset<std::string> paths GUARDED_BY(mutex);
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
    auto& held = registry();
    const Lock lock(held.mutex);
    for (const auto& path : held.paths) {
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
    auto& held = registry();
    const Lock lock(held.mutex);
    held.paths.insert(path_);
}

RemovedWhenInterrupted::~RemovedWhenInterrupted()
{
    auto& held = registry();
    const Lock lock(held.mutex);
    held.paths.erase(held.paths.find(path_));
}

}  // namespace amilab::cli
