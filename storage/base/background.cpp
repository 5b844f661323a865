#include "storage/base/background.h"

#include <iterator>

namespace amilab {

Background::Background(std::function<void(std::exception_ptr)> report)
    : report_(std::move(report)), thread_([this] { run(); })
{
}

Background::~Background()
{
    {
        const Lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Background::post(std::function<void()> task)
{
    {
        const Lock lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    changed_.notify_all();
}

void Background::post_idle(std::function<void()> task)
{
    {
        const Lock lock(mutex_);
        if (!takes_idle_) {
            return;
        }
        idle_tasks_.push_back(std::move(task));
    }
    changed_.notify_all();
}

void Background::post_late(std::function<void()> task)
{
    {
        const Lock lock(mutex_);
        if (!takes_idle_) {
            return;
        }
        late_tasks_.push_back(std::move(task));
        if (late_tasks_.size() > 1) {
            return;  // the thread knows until when it may sleep
        }
        late_until_ = std::chrono::steady_clock::now() + kLate;
    }
    changed_.notify_all();
}

void Background::drop_idle()
{
    // Tasks end outside the lock: with one may go the last holder of what posts others.
    Tasks dropped;
    Tasks dropped_late;
    {
        const Lock lock(mutex_);
        takes_idle_ = false;
        dropped.swap(idle_tasks_);
        dropped_late.swap(late_tasks_);
    }
    changed_.notify_all();
}

void Background::drain()
{
    const Lock lock(mutex_);
    ++drains_;
    changed_.notify_all();
    while (!is_empty() || !late_tasks_.empty() || busy_) {
        changed_.wait(mutex_);
    }
    --drains_;
}

void Background::take_up_late()
{
    if (late_tasks_.empty()) {
        return;
    }
    if (stopping_ || drains_ > 0 || std::chrono::steady_clock::now() >= late_until_) {
        std::move(late_tasks_.begin(), late_tasks_.end(), std::back_inserter(idle_tasks_));
        late_tasks_.clear();
    }
}

void Background::wait_for_task()
{
    for (;;) {
        take_up_late();
        if (!is_empty() || stopping_) {
            return;
        }
        if (late_tasks_.empty()) {
            changed_.wait(mutex_);
        } else {
            changed_.wait_until(mutex_, late_until_);
        }
    }
}

void Background::run()
{
    Lock lock(mutex_);
    for (;;) {
        wait_for_task();
        if (is_empty()) {
            return;
        }
        auto& queue = tasks_.empty() ? idle_tasks_ : tasks_;
        auto task = std::move(queue.front());
        queue.pop_front();
        busy_ = true;
        lock.unlock();
        try {
            task();
        } catch (...) {
            report_(std::current_exception());
        }
        task = nullptr;
        lock.lock();
        busy_ = false;
        changed_.notify_all();
    }
}

}  // namespace amilab
