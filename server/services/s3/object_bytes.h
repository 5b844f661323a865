#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/calls/session.h"
#include "storage/disk_formats/disk_image.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/state/generation.h"

/// Between rows and files.
namespace amilab::s3 {

/// Reads the bytes of a content, whatever happens to its rows meanwhile. Used by one thread at a
/// time; blocks. Throws StorageError, and object_lost() where its files have not what its rows say.
class ContentReader {
public:
    /// Of the bytes from `first` up to `end`; within a transaction that reads.
    ContentReader(Session& session, ContentNumber content, std::int64_t first, std::int64_t end);
    ~ContentReader();

    /// Throws object_lost() unless all files are there and long enough: for an answer that cannot
    /// take back what it has begun with. Opens none.
    void require_files() const;
    /// What read() has not given yet.
    std::int64_t size() const { return end_ - next_; }
    std::int64_t end() const { return end_; }
    /// Fills `out` with the next bytes; they are there.
    void read(std::span<std::byte> out);
    /// Does what read() does, of what the kernel has in its memory alone: waits for no disk but to
    /// find the file. False, and no byte counts as read, where it has not all of that, or cannot
    /// give it: read() tells why.
    bool read_if_cached(std::span<std::byte> out);
    /// Fills `out` with the bytes from `offset` of the content on; they are there.
    void read_at(std::int64_t offset, std::span<std::byte> out);
    /// The first byte at or behind `offset` that may be other than zero; end() when there is none.
    std::int64_t next_data(std::int64_t offset);
    /// Where the bytes from `offset` on lie in one file; they are there. Valid until the next call.
    /// Nothing where they lie in a row.
    std::optional<FileBytes> in_file(std::int64_t offset);

private:
    struct Piece {
        PieceRow row;
        /// Of a blob that is a file.
        std::unique_ptr<BlobHold> blob;
        /// Of a blob whose bytes its row has.
        std::string bytes;

        std::int64_t end() const { return row.start_bytes + row.length_bytes; }
        bool is_file() const { return blob != nullptr; }
        /// Where in the blob the content's byte is.
        std::size_t in_blob(std::int64_t offset) const
        {
            return static_cast<std::size_t>(row.offset_bytes + offset - row.start_bytes);
        }
    };

    void require_blob(const Piece& piece) const;
    void require_length(const PieceRow& row, std::optional<std::uint64_t> length) const;
    std::unique_ptr<File> open_file(const Piece& piece) const;
    /// The piece that has the byte; its file, if it is one, is open.
    const Piece& open_piece(std::int64_t offset);

    std::shared_ptr<Generation> generation_;
    std::vector<Piece> pieces_;
    std::unique_ptr<File> file_;
    std::size_t open_piece_ = 0;  ///< whose file that is
    std::int64_t next_;
    const std::int64_t end_;
};

/// Throws object_lost() unless the file with the byte at `first`, one below `end`, is there and
/// long enough: one look, for answers that tell of bytes without any. An object that was put as a
/// whole has no other file.
void require_first_file(Session& session, ContentNumber content, std::int64_t first,
                        std::int64_t end);

/// Whether a content is to be an object's, or of a part of one to come.
enum class ContentUse : std::uint8_t { kObject, kPart };

/// Bytes on their way into a content. They leave nothing behind unless stored.
class ContentWriter {
public:
    /// What stays in memory until finish(), and so costs who writes it no wait.
    static constexpr std::size_t kMemoryBytes = std::size_t{64} << 10U;
    /// Up to so many bytes of an object lie in its row: to make a file would cost several times
    /// what the row does. Those of a part do not, so that who reads an object of many parts, whose
    /// rows may go meanwhile, has not to keep their bytes in memory. What is longer is looked for
    /// in files alone: a lower limit would lose rows that are there.
    static constexpr std::size_t kRowBytes = std::size_t{16} << 10U;

    ContentWriter(std::shared_ptr<Generation> generation, ContentUse use)
        : generation_(std::move(generation)), use_(use)
    {
    }

    /// Blocks behind the first kMemoryBytes. Throws StorageError.
    void write(std::span<const std::byte> bytes);
    /// Appends a hole. Throws StorageError.
    void write_zeros(std::uint64_t count);
    /// Whether what is written so far needs no file: finish() then has nothing to do.
    bool is_for_row() const;
    /// When all is written; blocks. Throws StorageError.
    void finish();
    std::int64_t size_bytes() const;

    /// Makes the content's rows, as those of a part if a number is given; the bytes are the
    /// account's, and stay when the session's transaction is committed.
    ContentNumber store(Session& session, const std::string& account,
                        std::optional<std::int64_t> part = {});

private:
    NewBlob& file();
    /// The rows of a blob that is a file, and of one that is none.
    BlobNumber store_file(Session& session, const std::string& account);
    BlobNumber store_in_row(Session& session, const std::string& account) const;

    const std::shared_ptr<Generation> generation_;
    const ContentUse use_;
    std::vector<std::byte> in_memory_;
    std::shared_ptr<NewBlob> blob_;
    std::int64_t held_bytes_ = 0;
};

/// A content with the bytes of another, from `first` up to `end`, which both then have.
ContentNumber share_content(Session& session, ContentNumber from, std::int64_t first,
                            std::int64_t end);

}  // namespace amilab::s3
