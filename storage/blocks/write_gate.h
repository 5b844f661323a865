#pragma once

#include <cstdint>
#include <string_view>

#include "storage/base/mutex.h"

namespace amilab {

/// The place of a volume's gate among others that are closed with it: grows with the volume's id.
std::uint64_t gate_place(std::string_view volume_id);

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

    /// Returns when nobody is inside. One closes at a time; a second one waits for open(), which is
    /// called by the thread that closed. Of several gates that one thread closes the one of the
    /// lower `place` comes first; with a place of 0 it closes no other.
    void close(std::uint64_t place = 0);
    void open();
    /// Instead of open(): what close() was called for is final, all who wait or come are refused.
    void close_for_good();

private:
    void enter();
    void leave();
    void wait_until_open() REQUIRES(mutex_);

    Mutex mutex_{LockLevel::kGateState};
    Condition changed_;
    std::uint64_t inside_ GUARDED_BY(mutex_) = 0;
    bool is_closed_ GUARDED_BY(mutex_) = false;
    bool is_final_ GUARDED_BY(mutex_) = false;
};

}  // namespace amilab
