#include "storage/metadata/s3/object_bytes_rows.h"

#include <fmt/format.h>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

namespace {

constexpr auto kBlobColumns = columns<BlobRow>(
    "s3_blob", "b", integer<&BlobRow::number>("number"), text<&BlobRow::account>("account"),
    integer<&BlobRow::size_bytes>("size_bytes"), integer<&BlobRow::held_bytes>("held_bytes"),
    text<&BlobRow::boot_id>("boot_id"));

constexpr auto kPieceColumns = columns<PieceRow>(
    "s3_piece", "p", integer<&PieceRow::content>("content"),
    integer<&PieceRow::start_bytes>("start_bytes"),
    integer<&PieceRow::length_bytes>("length_bytes"), integer<&PieceRow::blob>("blob"),
    integer<&PieceRow::offset_bytes>("offset_bytes"), integer<&PieceRow::part>("part"));

/// Of the pieces of a content.
constexpr auto kRangeColumns =
    columns<PartRange>("s3_piece", "p", integer<&PartRange::number>("part"),
                       integer<&PartRange::start_bytes>("start_bytes").as("min(p.start_bytes)"),
                       integer<&PartRange::length_bytes>("length_bytes").as("sum(p.length_bytes)"));

constexpr std::string_view kLostContents =
    "(SELECT p.content FROM s3_piece p JOIN s3_blob b ON b.number = p.blob"
    " WHERE b.boot_id IS NOT NULL AND b.boot_id <> ?)";

/// Of a content whose bytes lie in a row: that is its first piece, and its only one.
constexpr auto kFromRowPiece =
    sql(" FROM s3_piece p JOIN s3_blob b ON b.number = p.blob"
        " WHERE p.content = ? AND p.start_bytes = 0 AND b.bytes IS NOT NULL");

/// The names of the objects and parts whose contents a SELECT with one value gives.
std::vector<std::string> select_names(Database& db, std::string_view contents, const auto& value)
{
    Statement select(db, fmt::format("SELECT o.bucket || '/' || o.key FROM s3_object o"
                                     " WHERE o.content IN {0}"
                                     " UNION ALL"
                                     " SELECT u.bucket || '/' || u.key || ', part ' || p.number"
                                     " FROM s3_part p JOIN s3_upload u ON u.upload_id = p.upload"
                                     " WHERE p.content IN {0}",
                                     contents));
    select.bind(value, value);
    return select.texts();
}

}  // namespace

void insert_blob(Database& db, const BlobRow& row)
{
    insert_row<kBlobColumns>(db, row);
}

void insert_row_blob(Database& db, const BlobRow& row, std::span<const std::byte> bytes)
{
    Statement(db,
              "INSERT INTO s3_blob (number, account, size_bytes, held_bytes, bytes)"
              " VALUES (?, ?, ?, ?, ?)")
        .execute(row.number, row.account, row.size_bytes, row.held_bytes, bytes);
}

std::optional<RowPiece> select_row_piece(Database& db, ContentNumber content)
{
    static constexpr auto kSelect =
        "SELECT p.start_bytes, p.length_bytes, p.blob, p.offset_bytes, b.bytes" + kFromRowPiece;
    Statement select(db, kSelect);
    select.bind(content);
    if (!select.step()) {
        return std::nullopt;
    }
    RowPiece piece{.row = {.content = content}};
    auto row = select.row();
    row.read(piece.row.start_bytes);
    row.read(piece.row.length_bytes);
    row.read(piece.row.blob);
    row.read(piece.row.offset_bytes);
    piece.bytes = row.blob();
    return piece;
}

ContentNumber insert_content(Database& db, std::int64_t size_bytes)
{
    Statement insert(db, "INSERT INTO s3_content (size_bytes) VALUES (?) RETURNING number");
    insert.bind(size_bytes);
    return insert.values<ContentNumber>().front();
}

void insert_piece(Database& db, const PieceRow& row)
{
    insert_row<kPieceColumns>(db, row);
}

std::vector<PieceRow> select_pieces(Database& db, ContentNumber content, std::int64_t first,
                                    std::int64_t end)
{
    // The last piece that begins at or before `first` has it, or ends before.
    return select_rows<kPieceColumns>(
        db,
        "FROM s3_piece p WHERE p.content = ?1 AND p.start_bytes < ?3 AND p.start_bytes >="
        " coalesce((SELECT max(q.start_bytes) FROM s3_piece q"
        "  WHERE q.content = ?1 AND q.start_bytes <= ?2), 0)"
        " ORDER BY p.start_bytes",
        content, first, end);
}

bool has_bytes_of_others(Database& db, ContentNumber content, std::int64_t first, std::int64_t end,
                         std::string_view account)
{
    return Statement(db,
                     "SELECT 1 FROM s3_piece p JOIN s3_blob b ON b.number = p.blob"
                     " WHERE p.content = ? AND p.start_bytes + p.length_bytes > ?"
                     " AND p.start_bytes < ? AND b.account <> ?")
        .bind(content, first, end, account)
        .step();
}

bool has_row_bytes(Database& db, ContentNumber content)
{
    static constexpr auto kSelect = "SELECT 1" + kFromRowPiece;
    return Statement(db, kSelect).bind(content).step();
}

void move_pieces(Database& db, ContentNumber from, ContentNumber to, std::int64_t start_bytes,
                 std::int64_t part)
{
    Statement(db,
              "UPDATE s3_piece SET content = ?2, start_bytes = start_bytes + ?3, part = ?4"
              " WHERE content = ?1")
        .execute(from, to, start_bytes, part);
}

std::optional<PartRange> select_part_range(Database& db, ContentNumber content, std::int64_t part)
{
    return select_row<kRangeColumns>(
        db, "FROM s3_piece p WHERE p.content = ? AND p.part = ? GROUP BY p.part", content, part);
}

BlobNumber select_highest_blob(Database& db)
{
    Statement select(db,
                     "SELECT max(coalesce((SELECT max(number) FROM s3_blob), 0),"
                     " coalesce((SELECT max(number) FROM s3_removed_blob), 0))");
    select.bind();
    return select.values<BlobNumber>().front();
}

bool blob_file_exists(Database& db, BlobNumber number)
{
    return Statement(db, "SELECT 1 FROM s3_blob WHERE number = ? AND bytes IS NULL")
        .bind(number)
        .step();
}

std::vector<BlobRow> select_blob_files(Database& db)
{
    if (!has_column(db, "s3_blob", "bytes")) {
        return select_rows<kBlobColumns>(db, "FROM s3_blob b ORDER BY b.number");
    }
    return select_rows<kBlobColumns>(db, "FROM s3_blob b WHERE b.bytes IS NULL ORDER BY b.number");
}

std::optional<BlobRow> select_blob_file_behind(Database& db, BlobNumber number)
{
    return select_row<kBlobColumns>(
        db, "FROM s3_blob b WHERE b.bytes IS NULL AND b.number > ? ORDER BY b.number LIMIT 1",
        number);
}

void set_held_bytes(Database& db, BlobNumber number, std::int64_t held_bytes)
{
    Statement(db, "UPDATE s3_blob SET held_bytes = ? WHERE number = ?").execute(held_bytes, number);
}

std::int64_t sum_held_bytes(Database& db, std::string_view account)
{
    Statement select(db, "SELECT coalesce(sum(held_bytes), 0) FROM s3_blob WHERE account = ?");
    select.bind(account);
    return select.values<std::int64_t>().front();
}

std::vector<std::string> select_blob_accounts(Database& db)
{
    Statement select(db, "SELECT DISTINCT account FROM s3_blob WHERE held_bytes > 0");
    select.bind();
    return select.texts();
}

std::int64_t sum_held_bytes(Database& db)
{
    Statement select(db, "SELECT coalesce(sum(held_bytes), 0) FROM s3_blob");
    select.bind();
    return select.values<std::int64_t>().front();
}

std::vector<BlobNumber> select_unsynced_blobs(Database& db)
{
    // +number: SQLite would walk the table in its order, and with it the bytes that rows have.
    Statement select(db, "SELECT number FROM s3_blob WHERE boot_id IS NOT NULL ORDER BY +number");
    select.bind();
    return select.values<BlobNumber>();
}

void mark_blobs_synced(Database& db, std::span<const BlobNumber> blobs)
{
    for (const auto blob : blobs) {
        Statement(db, "UPDATE s3_blob SET boot_id = NULL WHERE number = ?").execute(blob);
    }
}

bool has_removed_blobs(Database& db)
{
    Statement select(db, "SELECT min(number) IS NOT NULL FROM s3_removed_blob");
    return select.bind().step() && select.row().boolean();
}

std::vector<BlobNumber> select_removed_blobs(Database& db)
{
    Statement select(db, "SELECT number FROM s3_removed_blob ORDER BY number LIMIT 64");
    select.bind();
    return select.values<BlobNumber>();
}

void forget_removed_blobs(Database& db, std::span<const BlobNumber> blobs)
{
    for (const auto blob : blobs) {
        Statement(db, "DELETE FROM s3_removed_blob WHERE number = ?").execute(blob);
    }
}

std::vector<std::string> select_lost_contents(Database& db, std::string_view boot_id)
{
    return select_names(db, kLostContents, boot_id);
}

std::vector<std::string> select_contents_with(Database& db, BlobNumber number)
{
    return select_names(db, "(SELECT content FROM s3_piece WHERE blob = ?)", number);
}

std::vector<std::string> delete_lost_contents(Database& db, std::string_view boot_id)
{
    auto lost = select_lost_contents(db, boot_id);
    if (!lost.empty()) {
        static const auto parts =
            "DELETE FROM s3_part WHERE content IN " + std::string(kLostContents);
        static const auto objects =
            "DELETE FROM s3_object WHERE content IN " + std::string(kLostContents);
        Statement(db, parts).execute(boot_id);
        Statement(db, objects).execute(boot_id);
    }
    return lost;
}

}  // namespace amilab
