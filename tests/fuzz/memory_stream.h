#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/nbd/stream.h"

namespace amilab::fuzz {

/// A client that has said all it will say and keeps what it is told. Of one thread.
class MemoryStream final : public nbd::Stream {
public:
    explicit MemoryStream(std::span<const std::uint8_t> said) : said_(std::as_bytes(said)) {}

    std::size_t receive_some(std::span<std::byte> out) override;
    void receive(std::span<std::byte> out) override;
    void send(std::span<iovec> pieces) override;
    using Stream::send;
    bool has_input() const override { return !said_.empty(); }
    void stop_receiving() noexcept override { said_ = {}; }
    void shut_down() noexcept override { said_ = {}; }

    const std::vector<std::byte>& told() const { return told_; }

private:
    std::span<const std::byte> said_;
    std::vector<std::byte> told_;
};

}  // namespace amilab::fuzz
