#pragma once

#include <sys/uio.h>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace amilab::nbd {

/// The other side is gone, or was sent away: the end of a connection, not an error to be told.
struct Disconnected {};

/// A connected socket that blocks; closed when destroyed. One thread receives, one sends; anybody
/// may shut it down. Throws Disconnected.
class Socket {
public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    using Deadline = std::optional<std::chrono::steady_clock::time_point>;
    /// Beyond it, whoever receives or sends gives up. For the handshake; set by its thread.
    void set_deadline(Deadline deadline);

    /// At least one byte.
    std::size_t receive_some(std::span<std::byte> out);
    void receive(std::span<std::byte> out);
    /// All pieces, in order; changes `pieces`.
    void send(std::span<iovec> pieces);
    void send(std::span<const std::byte> bytes);
    /// Whether something has come that was not received yet.
    bool has_input() const;

    /// Nothing more is received; what is to be sent still goes out.
    void stop_receiving() noexcept;
    void shut_down() noexcept;

private:
    void wait_for(short events);

    int descriptor_;
    Deadline deadline_;
};

/// What was received and not used yet, in one piece of memory. Not safe from several threads.
class Input {
public:
    /// What require() can give at most.
    static constexpr std::size_t kCapacity = std::size_t{64} << 10;

    explicit Input(Socket& socket)
        : socket_(socket), bytes_(std::make_unique_for_overwrite<std::byte[]>(kCapacity))
    {
    }

    std::size_t buffered() const { return end_ - begin_; }
    bool has_more() const { return buffered() > 0 || socket_.has_input(); }
    /// The next bytes, which stay until the next call; they count as used.
    std::span<const std::byte> take(std::size_t size);
    void read(std::span<std::byte> out);
    void skip(std::uint64_t size);

private:
    Socket& socket_;
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace amilab::nbd
