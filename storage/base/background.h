#pragma once

#include <deque>
#include <functional>
#include <thread>

#include "storage/base/mutex.h"

namespace amilab {

/// One thread for work that no call waits for: syncing sealed layers, removing files. Tasks run in
/// order, idle ones when nothing else is queued; what a task throws is given to `report`. Safe from
/// any thread.
class Background {
public:
    explicit Background(std::function<void(std::exception_ptr)> report);
    /// Runs what is queued, then ends the thread.
    ~Background();

    void post(std::function<void()> task);
    /// For what may wait, and which the next start finds again.
    void post_idle(std::function<void()> task);
    /// The end is near: idle tasks that have not begun never will, nor will later ones.
    void drop_idle();
    /// Returns when everything posted before has run.
    void drain();

private:
    void run();
    bool is_empty() const REQUIRES(mutex_) { return tasks_.empty() && idle_tasks_.empty(); }

    std::function<void(std::exception_ptr)> report_;
    Mutex mutex_{LockLevel::kBackground};
    Condition changed_;
    std::deque<std::function<void()>> tasks_ GUARDED_BY(mutex_);
    std::deque<std::function<void()>> idle_tasks_ GUARDED_BY(mutex_);
    bool takes_idle_ GUARDED_BY(mutex_) = true;
    bool stopping_ GUARDED_BY(mutex_) = false;
    bool busy_ GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

}  // namespace amilab
