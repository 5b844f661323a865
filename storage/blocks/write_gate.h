#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace amilab {

/// Lets writers through while it is open. Closing it stops those who come and waits for those who
/// are inside. Safe from any thread.
class WriteGate {
public:
    /// Inside while it lives. Waits while the gate is closed; throws StorageError (EROFS) when it
    /// was closed for good.
    class Pass {
    public:
        explicit Pass(WriteGate& gate) : gate_(gate) { gate_.enter(); }
        ~Pass() { gate_.leave(); }
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;

    private:
        WriteGate& gate_;
    };

    /// Returns when nobody is inside. One closes at a time; a second one waits for open().
    void close();
    void open();
    /// What close() was called for is final: all who wait or come are refused.
    void close_for_good();

private:
    void enter();
    void leave();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t inside_ = 0;
    bool is_closed_ = false;
    bool is_final_ = false;
};

}  // namespace amilab
