#include "storage/base/background.h"

#include <iterator>

namespace amilab {

Background::Background(std::function<void(std::exception_ptr)> report)
    : report_(std::move(report)),
      thread_([this] { run(); }),
      pieces_thread_([this] { run_pieces(); })
{
}

Background::~Background()
{
    // Pieces leave things to be synced, which comes after them.
    {
        const Lock lock(mutex_);
        ends_pieces_ = true;
    }
    pieces_changed_.notify_all();
    pieces_thread_.join();
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

void Background::post_piece(std::function<void()> piece)
{
    {
        const Lock lock(mutex_);
        if (!takes_idle_) {
            return;
        }
        pieces_.push_back(std::move(piece));
    }
    pieces_changed_.notify_all();
}

void Background::drop_idle()
{
    // Tasks end outside the lock: with one may go the last holder of what posts others.
    Tasks dropped;
    Tasks dropped_late;
    Tasks dropped_pieces;
    {
        const Lock lock(mutex_);
        takes_idle_ = false;
        dropped.swap(idle_tasks_);
        dropped_late.swap(late_tasks_);
        dropped_pieces.swap(pieces_);
    }
    changed_.notify_all();
}

void Background::drain()
{
    const Lock lock(mutex_);
    ++drains_;
    changed_.notify_all();
    while (has_work()) {
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
        std::move(late_tasks_.begin(), late_tasks_.end(), std::back_inserter(tasks_));
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
        run_one(std::move(task));
        lock.lock();
        busy_ = false;
        changed_.notify_all();
    }
}

void Background::run_pieces()
{
    Lock lock(mutex_);
    for (;;) {
        while (pieces_.empty() && !ends_pieces_) {
            pieces_changed_.wait(mutex_);
        }
        if (pieces_.empty()) {
            return;
        }
        auto piece = std::move(pieces_.front());
        pieces_.pop_front();
        is_at_piece_ = true;
        lock.unlock();
        run_one(std::move(piece));
        lock.lock();
        is_at_piece_ = false;
        if (drains_ > 0) {
            changed_.notify_all();
        }
    }
}

void Background::run_one(std::function<void()> task)
{
    try {
        task();
    } catch (...) {
        report_(std::current_exception());
    }
    task = nullptr;
}

}  // namespace amilab
