#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/files/file_system.h"

/// A save of one server: its rows, layers and objects in one file. docs/formats.md, "Saves", has
/// its form.
namespace amilab::save_format {

/// What every save begins with, whatever version has written it.
inline constexpr std::string_view kMagic = "AMILABSV";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kMostPayloadBytes = std::size_t{1} << 20U;

enum class FrameKind : std::uint32_t {
    /// Bytes of the database.
    kRows = 1,
    /// Whole blocks of a layer, by the addresses of its volume.
    kLayerData = 2,
    /// Blocks that are data and zeros.
    kEmptyLayerData = 3,
    /// Blocks that read as zeros whatever is below.
    kLayerZeros = 4,
    /// Bytes of a blob.
    kBlobData = 5,
    /// A blob is so long; what no frame before it had reads as zeros.
    kBlobEnd = 6,
    /// Nothing comes behind it; the id is how many frames came before.
    kEnd = 7,
    /// All of a layer has come; the length is how many blocks that was.
    kLayerEnd = 8,
};

struct Frame {
    FrameKind kind{};
    /// A layer's or a blob's number.
    std::uint64_t id = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// What the file begins with.
struct SaveHeader {
    /// Of the rows: PRAGMA user_version.
    std::uint32_t rows_version = 0;
    TimeMs time_ms = 0;
    /// As `amilab --version` tells it, as far as there is room.
    std::string program = {};
};

/// Appends to a save what comes next. Each piece is checked by a CRC-32C that covers all before it.
class SaveWriter {
public:
    /// Appends to `out`, as add() does.
    void begin(const SaveHeader& header, std::vector<std::byte>& out);
    /// `payload` is as long as the frame, or empty for a kind that has none.
    void add(const Frame& frame, std::span<const std::byte> payload, std::vector<std::byte>& out);
    void end(std::vector<std::byte>& out);

private:
    std::uint32_t check_ = 0;
    std::uint64_t frames_ = 0;
};

/// Takes a save in pieces of any size and says whether it is whole; keeps no more than a frame.
class SaveReader {
public:
    /// `path` is what errors call it.
    explicit SaveReader(std::string path) : path_(std::move(path)) {}

    /// The next pieces. Throws StorageError: EBADMSG for what is no save or a damaged one, EPROTO
    /// for one that a newer amilab has written.
    void take(std::span<const std::byte> bytes);
    /// A frame, when one is there. The payload is valid until the next call of the object.
    struct Found {
        Frame frame;
        std::span<const std::byte> payload;
    };
    std::optional<Found> next();
    /// Nothing until it has come.
    const std::optional<SaveHeader>& header() const { return header_; }
    /// Whether the last frame has come.
    bool is_done() const { return is_done_; }
    /// Throws StorageError (EBADMSG) unless it has.
    void require_end() const;
    std::uint64_t taken_bytes() const { return start_ + at_; }

private:
    [[noreturn]] void refuse(std::string_view what) const;
    void read_header();

    const std::string path_;
    std::vector<std::byte> pending_;
    std::size_t at_ = 0;       ///< what of `pending_` was read
    std::uint64_t start_ = 0;  ///< where `pending_` begins in the file
    std::uint32_t check_ = 0;
    std::uint64_t frames_ = 0;
    std::optional<SaveHeader> header_;
    bool is_done_ = false;
};

}  // namespace amilab::save_format
