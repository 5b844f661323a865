#include "storage/base/background.h"

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

void Background::drop_idle()
{
    // Tasks end outside the lock: with one may go the last holder of what posts others.
    std::deque<std::function<void()>> dropped;
    {
        const Lock lock(mutex_);
        takes_idle_ = false;
        dropped.swap(idle_tasks_);
    }
    changed_.notify_all();
}

void Background::drain()
{
    const Lock lock(mutex_);
    while (!is_empty() || busy_) {
        changed_.wait(mutex_);
    }
}

void Background::run()
{
    Lock lock(mutex_);
    for (;;) {
        while (!stopping_ && is_empty()) {
            changed_.wait(mutex_);
        }
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
