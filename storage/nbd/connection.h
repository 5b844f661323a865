#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "storage/base/mutex.h"
#include "storage/nbd/export.h"
#include "storage/nbd/socket.h"
#include "storage/nbd/transmission.h"

namespace amilab::nbd {

/// One client, from its connection to its end.
class Connection {
public:
    Connection(int descriptor, Exports& exports, HelperBudget& helpers, MemoryBudget& memory)
        : socket_(descriptor), exports_(exports), helpers_(helpers), memory_(memory)
    {
    }

    /// Returns when the client is gone. Throws StorageError when an export cannot be opened.
    void run(std::chrono::milliseconds handshake_timeout);
    /// Takes no more requests; those under way are answered. From any thread.
    void stop() noexcept;
    /// Ends at once. From any thread.
    void cut_off() noexcept { socket_.shut_down(); }

private:
    Socket socket_;
    Exports& exports_;
    HelperBudget& helpers_;
    MemoryBudget& memory_;
    Mutex mutex_{LockLevel::kNbdConnection};
    Transmission* transmission_ GUARDED_BY(mutex_) = nullptr;
    bool is_stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace amilab::nbd
