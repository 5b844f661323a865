#include "tests/storage/nbd/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <gtest/gtest.h>

namespace amilab::nbd::test {
namespace {

int connect_to(const sockaddr* address, socklen_t size, int family)
{
    const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval half_a_minute = {.tv_sec = 30, .tv_usec = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &half_a_minute, sizeof half_a_minute);
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &half_a_minute, sizeof half_a_minute);
    if (::connect(descriptor, address, size) != 0) {
        ::close(descriptor);
        throw std::runtime_error("cannot connect");
    }
    return descriptor;
}

int connect_to_port(std::uint16_t port)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, AF_INET);
}

int connect_to_path(const std::string& path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, AF_UNIX);
}

}  // namespace

Bytes bytes_of(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

std::string OptionAnswer::text() const
{
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

Client::Client(std::uint16_t port) : descriptor_(connect_to_port(port)) {}

Client::Client(const std::string& unix_path) : descriptor_(connect_to_path(unix_path)) {}

Client::~Client()
{
    ::close(descriptor_);
}

void Client::send(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            throw std::runtime_error("the server takes no more");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

Bytes Client::receive(std::size_t size)
{
    Bytes bytes(size);
    std::size_t done = 0;
    while (done < size) {
        const auto count = ::recv(descriptor_, bytes.data() + done, size - done, 0);
        if (count <= 0) {
            throw std::runtime_error(count == 0 ? "the server closed" : std::strerror(errno));
        }
        done += static_cast<std::size_t>(count);
    }
    return bytes;
}

bool Client::is_closed()
{
    std::array<std::byte, 4096> ignored;
    for (;;) {
        const auto count = ::recv(descriptor_, ignored.data(), ignored.size(), 0);
        if (count <= 0) {
            return count == 0 || errno == ECONNRESET;
        }
    }
}

void Client::finish_sending()
{
    ::shutdown(descriptor_, SHUT_WR);
}

void Client::hang_up()
{
    ::shutdown(descriptor_, SHUT_RDWR);
}

std::uint16_t Client::greet(std::uint32_t flags)
{
    EXPECT_EQ(receive_number<std::uint64_t>(), kGreetingMagic);
    EXPECT_EQ(receive_number<std::uint64_t>(), kOptionMagic);
    const auto server_flags = receive_number<std::uint16_t>();
    send(Message().put(flags));
    return server_flags;
}

void Client::send_option(Option option, const Message& data)
{
    Message message;
    message.put(kOptionMagic).put(option).put(static_cast<std::uint32_t>(data.bytes().size()));
    send(message.put_bytes(data.bytes()));
}

std::vector<OptionAnswer> Client::option(Option option, const Message& data)
{
    send_option(option, data);
    std::vector<OptionAnswer> answers;
    do {
        EXPECT_EQ(receive_number<std::uint64_t>(), kOptionReplyMagic);
        EXPECT_EQ(receive_number<std::uint32_t>(), static_cast<std::uint32_t>(option));
        OptionAnswer answer{.type = receive_number<OptionReply>(), .data = {}};
        answer.data = receive(receive_number<std::uint32_t>());
        answers.push_back(std::move(answer));
    } while (answers.back().type == OptionReply::kServer ||
             answers.back().type == OptionReply::kInfo ||
             answers.back().type == OptionReply::kMetaContext);
    return answers;
}

std::uint64_t Client::open(std::string_view name, Kind kind)
{
    greet();
    is_structured_ = kind != Kind::kSimple;
    if (is_structured_) {
        EXPECT_EQ(option(Option::kStructuredReply).back().type, OptionReply::kAck);
    }
    if (kind == Kind::kWithBlockStatus) {
        const auto data = context_request(name, {std::string(kAllocationContext)});
        EXPECT_EQ(option(Option::kSetMetaContext, data).size(), 2U);
    }
    std::uint64_t size = 0;
    const auto answers = option(Option::kGo, export_request(name));
    EXPECT_EQ(answers.back().type, OptionReply::kAck) << answers.back().text();
    for (const auto& answer : answers) {
        Unpacker data(answer.data);
        if (answer.type == OptionReply::kInfo && data.take<Info>() == Info::kExport) {
            size = data.take<std::uint64_t>();
            transmission_flags_ = data.take<std::uint16_t>();
        }
    }
    return size;
}

std::uint64_t Client::request(Command command, std::uint64_t offset, std::uint32_t length,
                              std::span<const std::byte> payload, std::uint16_t flags)
{
    const auto cookie = next_cookie_++;
    Message message;
    message.put(kRequestMagic).put(flags).put(command).put(cookie).put(offset).put(length);
    send(message.put_bytes(payload));
    if (command == Command::kRead) {
        reads_.emplace_back(cookie, length);
    }
    return cookie;
}

Reply Client::reply()
{
    Reply reply;
    const auto magic = receive_number<std::uint32_t>();
    if (magic == kChunkMagic) {
        while (!take_chunk(reply)) {
            EXPECT_EQ(receive_number<std::uint32_t>(), kChunkMagic);
        }
    } else if (magic == kSimpleReplyMagic) {
        reply.error = receive_number<Error>();
        reply.cookie = receive_number<std::uint64_t>();
    } else {
        throw std::runtime_error("no reply begins like this");
    }
    const auto read = std::find_if(reads_.begin(), reads_.end(),
                                   [&](const auto& one) { return one.first == reply.cookie; });
    if (read != reads_.end()) {
        EXPECT_EQ(magic == kChunkMagic, is_structured_);
        if (magic == kSimpleReplyMagic && reply.error == Error::kNone) {
            reply.data = receive(read->second);
        }
        reads_.erase(read);
    }
    return reply;
}

bool Client::take_chunk(Reply& reply)
{
    EXPECT_TRUE(is_structured_);
    const auto flags = receive_number<std::uint16_t>();
    const auto type = receive_number<Chunk>();
    const auto cookie = receive_number<std::uint64_t>();
    EXPECT_TRUE(reply.cookie == 0 || reply.cookie == cookie);
    reply.cookie = cookie;
    const auto content = receive(receive_number<std::uint32_t>());
    Unpacker data(content);
    if (type == Chunk::kOffsetData) {
        const auto offset = data.take<std::uint64_t>();
        reply.chunks.emplace_back(offset, data.left());
        reply.data.insert(reply.data.end(), content.begin() + 8, content.end());
    } else if (type == Chunk::kBlockStatus) {
        EXPECT_EQ(data.take<std::uint32_t>(), kAllocationContextId);
        while (data.left() > 0) {
            const auto length = data.take<std::uint32_t>();
            reply.extents.emplace_back(length, data.take<std::uint32_t>());
        }
    } else if (type == Chunk::kError) {
        reply.error = data.take<Error>();
        const auto size = data.take<std::uint16_t>();
        reply.message = data.take_text(size);
        EXPECT_EQ(data.left(), 0U);
    } else {
        EXPECT_EQ(type, Chunk::kNone);
        EXPECT_TRUE(content.empty());
    }
    return (flags & kChunkDone) != 0;
}

Reply Client::ask(Command command, std::uint64_t offset, std::uint32_t length,
                  std::span<const std::byte> payload, std::uint16_t flags)
{
    const auto cookie = request(command, offset, length, payload, flags);
    auto answer = reply();
    EXPECT_EQ(answer.cookie, cookie);
    return answer;
}

Bytes Client::read(std::uint64_t offset, std::uint32_t length)
{
    auto answer = ask(Command::kRead, offset, length);
    EXPECT_EQ(answer.error, Error::kNone) << answer.message;
    EXPECT_EQ(answer.data.size(), length);
    return std::move(answer.data);
}

void Client::write(std::uint64_t offset, std::span<const std::byte> bytes, std::uint16_t flags)
{
    const auto answer =
        ask(Command::kWrite, offset, static_cast<std::uint32_t>(bytes.size()), bytes, flags);
    EXPECT_EQ(answer.error, Error::kNone) << answer.message;
}

Message export_request(std::string_view name, const std::vector<Info>& infos)
{
    Message message;
    message.put_name(name).put(static_cast<std::uint16_t>(infos.size()));
    for (const auto info : infos) {
        message.put(info);
    }
    return message;
}

Message context_request(std::string_view name, const std::vector<std::string>& queries)
{
    Message message;
    message.put_name(name).put(static_cast<std::uint32_t>(queries.size()));
    for (const auto& query : queries) {
        message.put_name(query);
    }
    return message;
}

}  // namespace amilab::nbd::test
