#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include <boost/endian/conversion.hpp>

/// The numbers of the NBD protocol, and its byte order.
/// Source: doc/proto.md of the NetworkBlockDevice project (documented).
namespace amilab::nbd {

constexpr std::uint64_t kGreetingMagic = 0x4e42444d41474943;  // "NBDMAGIC"
constexpr std::uint64_t kOptionMagic = 0x49484156454f5054;    // "IHAVEOPT"
constexpr std::uint64_t kOptionReplyMagic = 0x3e889045565a9;
constexpr std::uint32_t kRequestMagic = 0x25609513;
constexpr std::uint32_t kSimpleReplyMagic = 0x67446698;
constexpr std::uint32_t kChunkMagic = 0x668e33ef;

constexpr std::uint16_t kServerFixedNewstyle = 1;
constexpr std::uint16_t kServerNoZeroes = 2;

constexpr std::size_t kMaxName = 4096;
constexpr std::size_t kRequestSize = 28;
constexpr std::size_t kSimpleReplySize = 16;
constexpr std::size_t kChunkHeaderSize = 20;

/// Any range of bytes is taken, as by qemu-nbd: file systems in a file, by nbdfuse, write such.
constexpr std::uint32_t kMinBlock = 1;
constexpr std::uint32_t kPreferredBlock = 4096;
/// What one read or write moves at most.
constexpr std::uint32_t kMaxBlock = 32U << 20;

enum class Option : std::uint32_t {
    kExportName = 1,
    kAbort = 2,
    kList = 3,
    kInfo = 6,
    kGo = 7,
    kStructuredReply = 8,
    kListMetaContext = 9,
    kSetMetaContext = 10,
};

enum class OptionReply : std::uint32_t {
    kAck = 1,
    kServer = 2,
    kInfo = 3,
    kMetaContext = 4,
    kUnsupported = 0x80000001,
    kInvalid = 0x80000003,
    kUnknown = 0x80000006,
    kTooBig = 0x80000009,
};

enum class Info : std::uint16_t { kExport = 0, kName = 1, kDescription = 2, kBlockSize = 3 };

constexpr std::uint16_t kFlagHasFlags = 1 << 0;
constexpr std::uint16_t kFlagReadOnly = 1 << 1;
constexpr std::uint16_t kFlagFlush = 1 << 2;
constexpr std::uint16_t kFlagFua = 1 << 3;
constexpr std::uint16_t kFlagTrim = 1 << 5;
constexpr std::uint16_t kFlagWriteZeroes = 1 << 6;
constexpr std::uint16_t kFlagDoNotFragment = 1 << 7;
constexpr std::uint16_t kFlagMultiConnection = 1 << 8;
constexpr std::uint16_t kFlagFastZero = 1 << 11;

enum class Command : std::uint16_t {
    kRead = 0,
    kWrite = 1,
    kDisconnect = 2,
    kFlush = 3,
    kTrim = 4,
    kWriteZeroes = 6,
    kBlockStatus = 7,
};

constexpr std::uint16_t kCommandFua = 1 << 0;
constexpr std::uint16_t kCommandNoHole = 1 << 1;
constexpr std::uint16_t kCommandDoNotFragment = 1 << 2;
constexpr std::uint16_t kCommandOneExtent = 1 << 3;
constexpr std::uint16_t kCommandFastZero = 1 << 4;

constexpr std::uint16_t kChunkDone = 1;
enum class Chunk : std::uint16_t {
    kNone = 0,
    kOffsetData = 1,
    kBlockStatus = 5,
    kError = 0x8001,
    kErrorOffset = 0x8002,
};

constexpr std::string_view kAllocationContext = "base:allocation";
constexpr std::uint32_t kAllocationContextId = 1;
constexpr std::uint32_t kStateHole = 1;
constexpr std::uint32_t kStateZero = 2;

/// The errors that the protocol has, by their numbers there, which are Linux's.
enum class Error : std::uint32_t {
    kNone = 0,
    kNotPermitted = 1,
    kInputOutput = 5,
    kInvalid = 22,
    kNoSpace = 28,
    kNotSupported = 95,
    kShutdown = 108,
};

/// Builds what is sent.
template <std::size_t kCapacity>
class Packer {
public:
    template <class Number>
    Packer& put(Number number)
    {
        boost::endian::native_to_big_inplace(number);
        std::memcpy(bytes_.data() + size_, &number, sizeof number);
        size_ += sizeof number;
        return *this;
    }
    std::span<const std::byte> bytes() const { return std::span(bytes_).first(size_); }

private:
    std::array<std::byte, kCapacity> bytes_;
    std::size_t size_ = 0;
};

/// Takes apart what came; the caller has looked that there is enough.
class Unpacker {
public:
    explicit Unpacker(std::span<const std::byte> bytes) : bytes_(bytes) {}

    template <class Number>
    Number take()
    {
        Number number;
        std::memcpy(&number, bytes_.data(), sizeof number);
        bytes_ = bytes_.subspan(sizeof number);
        return boost::endian::big_to_native(number);
    }
    std::string_view take_text(std::size_t size)
    {
        const std::string_view text(reinterpret_cast<const char*>(bytes_.data()), size);
        bytes_ = bytes_.subspan(size);
        return text;
    }
    std::size_t left() const { return bytes_.size(); }

private:
    std::span<const std::byte> bytes_;
};

struct Request {
    std::uint16_t flags = 0;
    Command command = Command::kRead;
    std::uint64_t cookie = 0;
    std::uint64_t offset = 0;
    std::uint32_t length = 0;

    bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
};

}  // namespace amilab::nbd
