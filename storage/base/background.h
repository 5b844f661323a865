#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <thread>

#include "storage/base/mutex.h"

namespace amilab {

/// Work that no call waits for, on two threads. One syncs sealed layers, removes files and the
/// like: tasks run in order, idle ones when nothing else is queued, late ones behind what was
/// posted while they waited. The other does pieces of what clients have asked for and ask about, in
/// order: so neither a long sync holds those up, nor they a sync. What a task or a piece throws is
/// given to `report`, which may be called by both threads at once. Safe from any thread.
class Background {
public:
    explicit Background(std::function<void(std::exception_ptr)> report);
    /// Runs what is queued, then ends the threads.
    ~Background();

    void post(std::function<void()> task);
    /// For what may wait, and which the next start finds again.
    void post_idle(std::function<void()> task);
    /// As post(), kLate later, for what the next start finds again: whoever collects what several
    /// calls leave has it done at once, and wakes no thread for each. drain() and the end do not
    /// wait so long.
    void post_late(std::function<void()> task);
    static constexpr std::chrono::milliseconds kLate{20};
    /// For a piece, of a few milliseconds, of what may wait and the next start finds again. What it
    /// posts of its own kind comes behind what waits already.
    void post_piece(std::function<void()> piece);
    /// The end is near: pieces, idle and late tasks that have not begun never will, nor will later
    /// ones.
    void drop_idle();
    /// Returns when everything posted before has run.
    void drain();

private:
    using Tasks = std::deque<std::function<void()>>;

    void run();
    /// Returns with a task, or at the end.
    void wait_for_task() REQUIRES(mutex_);
    /// What has waited for long enough, or is asked for now, is a task as others from here on: it
    /// must not wait for a pause, which a busy server may never make.
    void take_up_late() REQUIRES(mutex_);
    bool is_empty() const REQUIRES(mutex_) { return tasks_.empty() && idle_tasks_.empty(); }
    bool has_work() const REQUIRES(mutex_)
    {
        return !is_empty() || !late_tasks_.empty() || busy_ || !pieces_.empty() || is_at_piece_;
    }
    void run_pieces();
    /// What it throws is reported; it has gone when this returns.
    void run_one(std::function<void()> task);

    std::function<void(std::exception_ptr)> report_;
    Mutex mutex_{LockLevel::kBackground};
    Condition changed_;
    Tasks tasks_ GUARDED_BY(mutex_);
    Tasks idle_tasks_ GUARDED_BY(mutex_);
    Tasks late_tasks_ GUARDED_BY(mutex_);
    std::chrono::steady_clock::time_point late_until_ GUARDED_BY(mutex_);  // of the first of them
    int drains_ GUARDED_BY(mutex_) = 0;
    bool takes_idle_ GUARDED_BY(mutex_) = true;
    bool stopping_ GUARDED_BY(mutex_) = false;
    bool busy_ GUARDED_BY(mutex_) = false;

    // A condition of their own: a task wakes no thread that has nothing to do with it.
    Condition pieces_changed_;
    Tasks pieces_ GUARDED_BY(mutex_);
    bool ends_pieces_ GUARDED_BY(mutex_) = false;
    bool is_at_piece_ GUARDED_BY(mutex_) = false;

    std::thread thread_;
    std::thread pieces_thread_;
};

}  // namespace amilab
