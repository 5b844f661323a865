#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#include "storage/base/lock_order.h"
#include "storage/base/thread_safety.h"

/// The mutexes of the program, the lock that holds one, and the condition to wait for with one:
/// those of the standard library, of which clang knows what they guard, and which keep to the order
/// of lock_order.h.
namespace amilab {

/// Held by one thread at a time, which may not take it twice.
class CAPABILITY("mutex") Mutex {
public:
    explicit Mutex(LockLevel level) : level_(level) {}

    void lock() ACQUIRE()
    {
        lock_order::before_taking(level_);
        mutex_.lock();
        lock_order::taken(this, level_);
    }
    /// Keeps to the order like lock(), though it never waits.
    bool try_lock() TRY_ACQUIRE(true)
    {
        lock_order::before_taking(level_);
        if (!mutex_.try_lock()) {
            return false;
        }
        lock_order::taken(this, level_);
        return true;
    }
    void unlock() RELEASE()
    {
        lock_order::let_go(this, level_);
        mutex_.unlock();
    }
    /// For who holds it in a way that the analysis cannot follow.
    void require_held() const ASSERT_CAPABILITY(this) { lock_order::require_held(this, level_); }

private:
    friend class Condition;

    std::mutex mutex_;
    const LockLevel level_;
};

/// Held by one thread that writes, or by many that read.
class CAPABILITY("mutex") SharedMutex {
public:
    /// `place`, from 1 on: of several that are held together the lower is taken first.
    SharedMutex(LockLevel level, std::uint64_t place) : level_(level), place_(place) {}

    void lock() ACQUIRE()
    {
        lock_order::before_taking(level_, place_);
        mutex_.lock();
        lock_order::taken(this, level_, place_);
    }
    void unlock() RELEASE()
    {
        lock_order::let_go(this, level_);
        mutex_.unlock();
    }
    void lock_shared() ACQUIRE_SHARED()
    {
        lock_order::before_taking(level_, place_);
        mutex_.lock_shared();
        lock_order::taken(this, level_, place_);
    }
    void unlock_shared() RELEASE_SHARED()
    {
        lock_order::let_go(this, level_);
        mutex_.unlock_shared();
    }

private:
    std::shared_mutex mutex_;
    const LockLevel level_;
    const std::uint64_t place_;
};

/// Holds a mutex while it lives, unless it is told to let go of it for a while.
class SCOPED_CAPABILITY Lock {
public:
    explicit Lock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() RELEASE()
    {
        if (is_held_) {
            mutex_.unlock();
        }
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

    void unlock() RELEASE()
    {
        mutex_.unlock();
        is_held_ = false;
    }
    void lock() ACQUIRE()
    {
        mutex_.lock();
        is_held_ = true;
    }

private:
    Mutex& mutex_;
    bool is_held_ = true;
};

/// What threads wait for, with a mutex held that guards whether it has come: in a loop that looks,
/// for wait() may return without it. The mutex must be what they took last.
class Condition {
public:
    void wait(Mutex& mutex) REQUIRES(mutex)
    {
        Waiting waiting(mutex);
        changed_.wait(waiting.lock);
    }
    /// False when the deadline has passed.
    bool wait_until(Mutex& mutex, std::chrono::steady_clock::time_point deadline) REQUIRES(mutex)
    {
        Waiting waiting(mutex);
        return changed_.wait_until(waiting.lock, deadline) == std::cv_status::no_timeout;
    }
    void notify_all() { changed_.notify_all(); }

private:
    /// The mutex as std::condition_variable wants it; the book says that it is let go of meanwhile.
    struct Waiting {
        explicit Waiting(Mutex& waited) : mutex(waited), lock(waited.mutex_, std::adopt_lock)
        {
            lock_order::require_held_last(&mutex, mutex.level_);
            lock_order::let_go(&mutex, mutex.level_);
        }
        ~Waiting()
        {
            lock.release();
            lock_order::taken(&mutex, mutex.level_);
        }
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;

        Mutex& mutex;
        std::unique_lock<std::mutex> lock;
    };

    std::condition_variable changed_;
};

}  // namespace amilab
