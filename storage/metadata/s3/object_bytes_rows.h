#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/sql/database.h"
#include "storage/objects/object_files.h"

/// What the bytes of objects and parts are made of: contents, each a row of pieces of blobs. A
/// content goes with the row that has it, a blob with its last piece. A blob is a file, or of few
/// bytes that its row has.
namespace amilab {

enum class ContentNumber : std::int64_t {};

struct BlobRow {
    BlobNumber number{};
    std::string account{};
    std::int64_t size_bytes = 0;
    /// What it takes of the disk.
    std::int64_t held_bytes = 0;
    /// What boot wrote it, while it does not survive power loss.
    std::optional<std::string> boot_id{};
};

/// Bytes of a content: `length_bytes` of a blob from `offset_bytes` on.
struct PieceRow {
    ContentNumber content{};
    std::int64_t start_bytes = 0;
    std::int64_t length_bytes = 0;
    BlobNumber blob{};
    std::int64_t offset_bytes = 0;
    /// Of what was uploaded in parts.
    std::optional<std::int64_t> part{};
};

/// Whose bytes are a file's.
void insert_blob(Database& db, const BlobRow& row);
/// Whose bytes the row has.
void insert_row_blob(Database& db, const BlobRow& row, std::span<const std::byte> bytes);
/// A content of so many bytes, without pieces yet.
ContentNumber insert_content(Database& db, std::int64_t size_bytes);
void insert_piece(Database& db, const PieceRow& row);
/// A piece whose bytes a blob's row has.
struct RowPiece {
    PieceRow row{};
    /// All that the blob has.
    std::string bytes{};
};
/// The one piece of a content whose bytes lie in a row; nothing where they are files'.
std::optional<RowPiece> select_row_piece(Database& db, ContentNumber content);
/// The pieces that have bytes from `first` up to `end`, in their order.
std::vector<PieceRow> select_pieces(Database& db, ContentNumber content, std::int64_t first,
                                    std::int64_t end);
/// Whether some of the bytes from `first` up to `end` are of blobs that count as another account's.
bool has_bytes_of_others(Database& db, ContentNumber content, std::int64_t first, std::int64_t end,
                         std::string_view account);
/// Whether a blob's row has the content's bytes: its only piece is of that blob then.
bool has_row_bytes(Database& db, ContentNumber content);
/// Gives one content all pieces of another, behind `start_bytes`, as those of a part.
void move_pieces(Database& db, ContentNumber from, ContentNumber to, std::int64_t start_bytes,
                 std::int64_t part);

/// Where a part of a content begins, and how long it is; nothing when there is none of that number.
struct PartRange {
    std::int64_t number = 0;
    std::int64_t start_bytes = 0;
    std::int64_t length_bytes = 0;
};
std::optional<PartRange> select_part_range(Database& db, ContentNumber content, std::int64_t part);
/// The largest number that any blob has, or had whose file may still be there.
BlobNumber select_highest_blob(Database& db);
/// Whether a row says that the blob is a file.
bool blob_file_exists(Database& db, BlobNumber number);
/// The blobs that are files; in a database of an earlier version all are.
std::vector<BlobRow> select_blob_files(Database& db);
/// Of those the one with the next number; nothing behind the last.
std::optional<BlobRow> select_blob_file_behind(Database& db, BlobNumber number);
/// What a blob takes of the disk that it has come to.
void set_held_bytes(Database& db, BlobNumber number, std::int64_t held_bytes);
/// What the account's blobs take of the disk.
std::int64_t sum_held_bytes(Database& db, std::string_view account);
/// The accounts whose blobs take something of the disk, be they of others' objects by now.
std::vector<std::string> select_blob_accounts(Database& db);
/// What all blobs take of the disk.
std::int64_t sum_held_bytes(Database& db);

/// Blobs that do not survive power loss yet.
std::vector<BlobNumber> select_unsynced_blobs(Database& db);
void mark_blobs_synced(Database& db, std::span<const BlobNumber> blobs);
/// Whether there are blobs whose rows are gone.
bool has_removed_blobs(Database& db);
/// Some of the blobs whose rows are gone; none when there are none.
std::vector<BlobNumber> select_removed_blobs(Database& db);
void forget_removed_blobs(Database& db, std::span<const BlobNumber> blobs);

/// Deletes the objects and parts whose bytes another boot wrote and did not bring to the disk, and
/// says which: "bucket/key". Inside a transaction.
std::vector<std::string> delete_lost_contents(Database& db, std::string_view boot_id);
/// What they would be.
std::vector<std::string> select_lost_contents(Database& db, std::string_view boot_id);
/// The objects and parts that have bytes of the blob, named in the same way.
std::vector<std::string> select_contents_with(Database& db, BlobNumber number);

}  // namespace amilab
