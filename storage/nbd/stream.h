#pragma once

#include <sys/uio.h>
#include <cstddef>
#include <span>

namespace amilab::nbd {

/// The other side is gone, or was sent away: the end of a connection, not an error to be told.
struct Disconnected {};

/// The two directions of a connection. One thread receives, one sends; anybody may shut it down.
/// Throws Disconnected.
class Stream {
public:
    Stream() = default;
    virtual ~Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// At least one byte.
    virtual std::size_t receive_some(std::span<std::byte> out) = 0;
    virtual void receive(std::span<std::byte> out) = 0;
    /// All pieces, in order; changes `pieces`.
    virtual void send(std::span<iovec> pieces) = 0;
    void send(std::span<const std::byte> bytes);
    /// Whether something has come that was not received yet.
    virtual bool has_input() const = 0;

    /// Nothing more is received; what is to be sent still goes out.
    virtual void stop_receiving() noexcept = 0;
    virtual void shut_down() noexcept = 0;
};

}  // namespace amilab::nbd
