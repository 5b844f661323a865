#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/nbd/protocol.h"

namespace amilab::nbd::test {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::string_view text);

/// Numbers in the protocol's byte order, and text.
class Message {
public:
    template <class Number>
    Message& put(Number number)
    {
        Packer<sizeof number> packed;
        return put_bytes(packed.put(number).bytes());
    }
    Message& put_bytes(std::span<const std::byte> bytes)
    {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }
    Message& put_text(std::string_view text) { return put_bytes(bytes_of(text)); }
    /// The name's length, then the name.
    Message& put_name(std::string_view text)
    {
        return put(static_cast<std::uint32_t>(text.size())).put_text(text);
    }
    const Bytes& bytes() const { return bytes_; }

private:
    Bytes bytes_;
};

struct OptionAnswer {
    OptionReply type;
    Bytes data;
    std::string text() const;
};

struct Reply {
    std::uint64_t cookie = 0;
    Error error = Error::kNone;
    std::string message;
    Bytes data;
    /// Chunks with data, in order: offset and length.
    std::vector<std::pair<std::uint64_t, std::size_t>> chunks;
    /// Of a block status: length and flags.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> extents;
};

/// A client that says exactly what it is told to. Every read fails the test after half a minute
/// rather than hang it; std::runtime_error when the server closes instead of answering.
class Client {
public:
    explicit Client(std::uint16_t port);
    explicit Client(const std::string& unix_path);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(std::span<const std::byte> bytes);
    void send(const Message& message) { send(message.bytes()); }
    Bytes receive(std::size_t size);
    template <class Number>
    Number receive_number()
    {
        return Unpacker(receive(sizeof(Number))).take<Number>();
    }
    /// Whether the server closes, whatever comes before that.
    bool is_closed();
    void finish_sending();
    /// Ends both ways, for whoever sends or receives on another thread too.
    void hang_up();

    /// Takes the greeting and answers it; the server's flags.
    std::uint16_t greet(std::uint32_t flags = 3);
    void send_option(Option option, const Message& data = {});
    /// All answers to one option, the last an acknowledgement or an error.
    std::vector<OptionAnswer> option(Option option, const Message& data = {});

    enum class Kind { kSimple, kStructured, kWithBlockStatus };
    /// From the greeting to GO of that export, which must succeed. Returns the export's size.
    std::uint64_t open(std::string_view name, Kind kind = Kind::kWithBlockStatus);
    std::uint16_t transmission_flags() const { return transmission_flags_; }

    /// Sends a request; its cookie.
    std::uint64_t request(Command command, std::uint64_t offset, std::uint32_t length,
                          std::span<const std::byte> payload = {}, std::uint16_t flags = 0);
    /// The next reply whole; a structured one's chunks must come one after the other.
    Reply reply();
    Reply ask(Command command, std::uint64_t offset, std::uint32_t length,
              std::span<const std::byte> payload = {}, std::uint16_t flags = 0);

    Bytes read(std::uint64_t offset, std::uint32_t length);
    void write(std::uint64_t offset, std::span<const std::byte> bytes, std::uint16_t flags = 0);

private:
    /// True for the last one.
    bool take_chunk(Reply& reply);

    int descriptor_;
    bool is_structured_ = false;
    std::uint16_t transmission_flags_ = 0;
    std::uint64_t next_cookie_ = 0x1234567800000000;
    /// Length of each read that waits, by its cookie: what a simple reply does not tell.
    std::vector<std::pair<std::uint64_t, std::uint32_t>> reads_;
};

/// What GO and INFO carry.
Message export_request(std::string_view name, const std::vector<Info>& infos = {});
/// What the options of meta contexts carry.
Message context_request(std::string_view name, const std::vector<std::string>& queries);

}  // namespace amilab::nbd::test
