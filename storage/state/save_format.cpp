#include "storage/state/save_format.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "storage/base/crc32c.h"
#include "storage/base/storage_error.h"

namespace amilab::save_format {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are little-endian");

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kProgramAt = 24;
constexpr std::size_t kProgramBytes = 32;
constexpr std::size_t kFrameBytes = 32;
constexpr std::size_t kCheckBytes = 4;

using HeaderBytes = std::array<std::byte, kHeaderBytes>;

template <class Number>
void put(std::span<std::byte> out, std::size_t at, Number number)
{
    std::memcpy(out.subspan(at, sizeof number).data(), &number, sizeof number);
}

template <class Number>
Number get(std::span<const std::byte> in, std::size_t at)
{
    Number number{};
    std::memcpy(&number, in.subspan(at, sizeof number).data(), sizeof number);
    return number;
}

bool has_payload(FrameKind kind)
{
    return kind == FrameKind::kRows || kind == FrameKind::kLayerData ||
           kind == FrameKind::kBlobData;
}

}  // namespace

void SaveWriter::begin(const SaveHeader& header, std::vector<std::byte>& out)
{
    HeaderBytes bytes{};
    std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
    put(bytes, 8, kVersion);
    put(bytes, 12, header.rows_version);
    put(bytes, 16, header.time_ms);
    const auto program = std::string_view(header.program).substr(0, kProgramBytes);
    std::memcpy(bytes.data() + kProgramAt, program.data(), program.size());
    check_ = crc32c(std::span(bytes).first(kHeaderBytes - kCheckBytes));
    put(bytes, kHeaderBytes - kCheckBytes, check_);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void SaveWriter::add(const Frame& frame, std::span<const std::byte> payload,
                     std::vector<std::byte>& out)
{
    // The check of what came before goes into this one's, and not into the file again.
    std::vector<std::byte> bytes(kCheckBytes + kFrameBytes);
    put(bytes, 0, check_);
    put(bytes, 4, frame.kind);
    put(bytes, 8, static_cast<std::uint32_t>(payload.size()));
    put(bytes, 12, frame.id);
    put(bytes, 20, frame.offset);
    put(bytes, 28, frame.length);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    check_ = crc32c(bytes);
    out.insert(out.end(), bytes.begin() + kCheckBytes, bytes.end());
    out.resize(out.size() + kCheckBytes);
    put(out, out.size() - kCheckBytes, check_);
    ++frames_;
}

void SaveWriter::end(std::vector<std::byte>& out)
{
    add({.kind = FrameKind::kEnd, .id = frames_}, {}, out);
}

void SaveReader::refuse(std::string_view what) const
{
    throw StorageError(EBADMSG, "read the save", path_,
                       fmt::format("{}, at byte {}", what, taken_bytes()));
}

void SaveReader::take(std::span<const std::byte> bytes)
{
    if (is_done_ && !bytes.empty()) {
        refuse("it goes on behind its end");
    }
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at_));
    start_ += at_;
    at_ = 0;
    pending_.insert(pending_.end(), bytes.begin(), bytes.end());
    if (!header_) {
        read_header();
    }
}

void SaveReader::read_header()
{
    const auto bytes = std::span(std::as_const(pending_));
    const auto known = std::min(bytes.size(), kMagic.size());
    if (std::memcmp(bytes.data(), kMagic.data(), known) != 0) {
        throw StorageError(EBADMSG, "read the save", path_, "it is no save of amilab");
    }
    if (bytes.size() < kHeaderBytes) {
        return;
    }
    if (const auto version = get<std::uint32_t>(bytes, 8); version > kVersion) {
        throw StorageError(EPROTO, "read the save", path_,
                           fmt::format("a newer amilab wrote it, in format {}; this one knows "
                                       "format {}",
                                       version, kVersion));
    }
    check_ = crc32c(bytes.first(kHeaderBytes - kCheckBytes));
    if (get<std::uint32_t>(bytes, kHeaderBytes - kCheckBytes) != check_) {
        refuse("its header is damaged");
    }
    const auto* program = reinterpret_cast<const char*>(bytes.data()) + kProgramAt;
    header_ = {.rows_version = get<std::uint32_t>(bytes, 12),
               .time_ms = get<TimeMs>(bytes, 16),
               .program = std::string(program, strnlen(program, kProgramBytes))};
    at_ = kHeaderBytes;
}

std::optional<SaveReader::Found> SaveReader::next()
{
    const auto bytes = std::span(std::as_const(pending_)).subspan(at_);
    if (!header_ || is_done_ || bytes.size() < kFrameBytes + kCheckBytes) {
        if (is_done_ && !bytes.empty()) {
            refuse("it goes on behind its end");
        }
        return std::nullopt;
    }
    Found found{.frame = {.kind = get<FrameKind>(bytes, 0),
                          .id = get<std::uint64_t>(bytes, 8),
                          .offset = get<std::uint64_t>(bytes, 16),
                          .length = get<std::uint64_t>(bytes, 24)},
                .payload = {}};
    const auto payload_bytes = get<std::uint32_t>(bytes, 4);
    const auto kind = found.frame.kind;
    const bool is_known = kind >= FrameKind::kRows && kind <= FrameKind::kLayerEnd;
    if (!is_known || payload_bytes > kMostPayloadBytes ||
        payload_bytes != (has_payload(kind) ? found.frame.length : 0)) {
        refuse("it is damaged");
    }
    if (bytes.size() < kFrameBytes + payload_bytes + kCheckBytes) {
        return std::nullopt;
    }
    std::vector<std::byte> checked(kCheckBytes);
    put(checked, 0, check_);
    const auto frame = bytes.first(kFrameBytes + payload_bytes);
    checked.insert(checked.end(), frame.begin(), frame.end());
    check_ = crc32c(checked);
    if (get<std::uint32_t>(bytes, frame.size()) != check_) {
        refuse("it is damaged");
    }
    if (kind == FrameKind::kEnd) {
        if (found.frame.id != frames_) {
            refuse("frames are missing");
        }
        is_done_ = true;
    }
    ++frames_;
    at_ += frame.size() + kCheckBytes;
    found.payload = frame.subspan(kFrameBytes);
    return found;
}

void SaveReader::require_end() const
{
    if (!is_done_) {
        refuse("it is not whole: it ends too early");
    }
}

}  // namespace amilab::save_format
