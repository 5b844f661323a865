#pragma once

#include <sys/uio.h>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "storage/nbd/stream.h"

namespace amilab::nbd {

/// A connected socket that blocks; closed when destroyed.
class Socket final : public Stream {
public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    ~Socket() override;

    using Deadline = std::optional<std::chrono::steady_clock::time_point>;
    /// Beyond it, whoever receives or sends gives up. For the handshake; set by its thread.
    void set_deadline(Deadline deadline);

    std::size_t receive_some(std::span<std::byte> out) override;
    void receive(std::span<std::byte> out) override;
    void send(std::span<iovec> pieces) override;
    using Stream::send;
    bool has_input() const override;
    void stop_receiving() noexcept override;
    void shut_down() noexcept override;

private:
    void wait_for(short events);

    int descriptor_;
    Deadline deadline_;
};

}  // namespace amilab::nbd
