// What clang's thread-safety analysis has to refuse, in each line that says so, and nothing else:
// that the check sees anything is worth no more than this. tests/scripts/thread_safety_test runs
// it.

#include <vector>

#include "storage/base/mutex.h"

namespace amilab {

class Ledger {
public:
    void add(int amount)
    {
        const Lock lock(mutex_);
        entries_.push_back(amount);
        add_locked(amount);
    }
    void add_unguarded(int amount)
    {
        entries_.push_back(amount);  // refused: reading variable 'entries_'
        add_locked(amount);          // refused: calling function 'add_locked'
    }
    void add_late(int amount)
    {
        Lock lock(mutex_);
        entries_.push_back(amount);
        lock.unlock();
        entries_.push_back(amount);  // refused: reading variable 'entries_'
    }
    void add_twice(int amount)
    {
        const Lock lock(mutex_);
        const Lock again(mutex_);  // refused: acquiring mutex 'mutex_' that is already held
        entries_.push_back(amount);
    }
    void wait_unguarded()
    {
        changed_.wait(mutex_);  // refused: calling function 'wait' requires holding mutex
    }
    void wait_with_a_predicate_that_nobody_sees()
    {
        const auto is_empty = [this] {
            return entries_.empty();  // refused: reading variable 'entries_'
        };
        const Lock lock(mutex_);
        while (is_empty()) {
            changed_.wait(mutex_);
        }
    }
    int count_if_free()
    {
        if (!mutex_.try_lock()) {
            return static_cast<int>(entries_.size());  // refused: reading variable 'entries_'
        }
        const auto count = static_cast<int>(entries_.size());
        mutex_.unlock();
        return count;
    }
    void never_let_go()
    {
        mutex_.lock();
        entries_.clear();
    }  // refused: mutex 'mutex_' is still held at the end of function

private:
    void add_locked(int amount) REQUIRES(mutex_) { sum_ += amount; }

    Mutex mutex_{LockLevel::kClock};
    Condition changed_;
    std::vector<int> entries_ GUARDED_BY(mutex_);
    int sum_ GUARDED_BY(mutex_) = 0;
};

}  // namespace amilab
