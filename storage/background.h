#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace amilab {

/// One thread for work that no call waits for: syncing sealed layers, removing files. Tasks run in
/// order; what a task throws is given to `report`. Safe from any thread.
class Background {
public:
    explicit Background(std::function<void(std::exception_ptr)> report);
    /// Runs what is queued, then ends the thread.
    ~Background();

    void post(std::function<void()> task);
    /// Returns when everything posted before has run.
    void drain();

private:
    void run();

    std::function<void(std::exception_ptr)> report_;
    std::mutex mutex_;  // guards the rest
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    bool stopping_ = false;
    bool busy_ = false;
    std::thread thread_;
};

}  // namespace amilab
