#include "server/services/s3/object_bytes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "server/log/log.h"
#include "server/services/s3/errors.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/files/file_io.h"
#include "storage/state/stores.h"
#include "storage/upkeep/object_upkeep.h"

namespace amilab::s3 {

ContentReader::ContentReader(Session& session, ContentNumber content, std::int64_t first,
                             std::int64_t end)
    : generation_(session.generation().shared_from_this()), next_(first), end_(end)
{
    constexpr auto kMostInRow = static_cast<std::int64_t>(ContentWriter::kRowBytes);
    if (end <= kMostInRow) {
        if (auto in_row = select_row_piece(session.db(), content)) {
            pieces_.push_back(
                {.row = in_row->row, .blob = nullptr, .bytes = std::move(in_row->bytes)});
            return;
        }
    }
    for (const auto& row : select_pieces(session.db(), content, first, end)) {
        auto hold = std::make_unique<BlobHold>(generation_->stores().objects(), row.blob);
        pieces_.push_back({.row = row, .blob = std::move(hold), .bytes = {}});
    }
}

ContentReader::~ContentReader() = default;

namespace {

/// Notes what is lost, for who keeps the disk. Returns the refusal.
ApiError lost_blob(const Generation& generation, BlobNumber blob)
{
    log::error("object file or row {:016x} in {} is gone, or shorter than its row says",
               static_cast<std::uint64_t>(blob), generation.path());
    return object_lost();
}

}  // namespace

void ContentReader::require_files() const
{
    auto there = next_;
    for (const auto& piece : pieces_) {
        if (piece.row.start_bytes > there) {
            throw object_lost();
        }
        require_blob(piece);
        there = std::max(there, piece.end());
    }
    if (there < end_) {
        throw object_lost();
    }
}

void ContentReader::require_blob(const Piece& piece) const
{
    if (!piece.is_file()) {
        return require_length(piece.row, piece.bytes.size());
    }
    const auto status = generation_->stores().objects().status(piece.row.blob);
    require_length(piece.row, status ? std::optional(status->size_bytes) : std::nullopt);
}

void ContentReader::require_length(const PieceRow& row, std::optional<std::uint64_t> length) const
{
    if (!length || row.offset_bytes < 0 ||
        *length < static_cast<std::uint64_t>(row.offset_bytes + row.length_bytes)) {
        throw lost_blob(*generation_, row.blob);
    }
}

std::unique_ptr<File> ContentReader::open_file(const Piece& piece) const
{
    std::unique_ptr<File> file;
    try {
        file = piece.blob->open();
    } catch (const StorageError& error) {
        if (error.error_number != ENOENT) {
            throw;
        }
        throw lost_blob(*generation_, piece.row.blob);
    }
    // What was cut off would pass for a hole.
    require_length(piece.row, file->status().size_bytes);
    return file;
}

const ContentReader::Piece& ContentReader::open_piece(std::int64_t offset)
{
    const auto behind = std::partition_point(
        pieces_.begin(), pieces_.end(), [&](const Piece& piece) { return piece.end() <= offset; });
    if (behind == pieces_.end() || behind->row.start_bytes > offset) {
        throw object_lost();
    }
    const auto index = static_cast<std::size_t>(behind - pieces_.begin());
    if (!behind->is_file()) {
        require_blob(*behind);
    } else if (!file_ || index != open_piece_) {
        file_.reset();
        file_ = open_file(*behind);
        open_piece_ = index;
    }
    return *behind;
}

void ContentReader::read_at(std::int64_t offset, std::span<std::byte> out)
{
    while (!out.empty()) {
        const auto& piece = open_piece(offset);
        const auto count = static_cast<std::size_t>(
            std::min<std::int64_t>(piece.end() - offset, static_cast<std::int64_t>(out.size())));
        const auto at = piece.in_blob(offset);
        if (!piece.is_file()) {
            std::memcpy(out.data(), piece.bytes.data() + at, count);
        } else if (read_fully(*file_, at, out.first(count)) != count) {
            throw lost_blob(*generation_, piece.row.blob);
        }
        out = out.subspan(count);
        offset += static_cast<std::int64_t>(count);
    }
}

void ContentReader::read(std::span<std::byte> out)
{
    read_at(next_, out);
    next_ += static_cast<std::int64_t>(out.size());
}

bool ContentReader::read_if_cached(std::span<std::byte> out)
{
    const auto there = in_file(next_);
    if (!there) {
        read(out);
        return true;
    }
    const auto length = static_cast<std::int64_t>(out.size());
    if (there->length < out.size() || there->file->read_cached_at(there->offset, out) != length) {
        return false;
    }
    next_ += length;
    return true;
}

std::int64_t ContentReader::next_data(std::int64_t offset)
{
    while (offset < end_) {
        const auto& piece = open_piece(offset);
        if (!piece.is_file()) {
            return offset;
        }
        const auto shift = piece.row.offset_bytes - piece.row.start_bytes;
        const auto end = piece.end();
        const auto data = file_->seek_data(static_cast<std::uint64_t>(offset + shift));
        const auto found = data ? static_cast<std::int64_t>(*data) - shift : end;
        if (found < end) {
            return std::min(found, end_);
        }
        offset = end;
    }
    return end_;
}

std::optional<FileBytes> ContentReader::in_file(std::int64_t offset)
{
    const auto& piece = open_piece(offset);
    if (!piece.is_file()) {
        return std::nullopt;
    }
    return FileBytes{.file = file_.get(),
                     .offset = piece.in_blob(offset),
                     .length = static_cast<std::uint64_t>(std::min(piece.end(), end_) - offset)};
}

void require_first_file(Session& session, ContentNumber content, std::int64_t first,
                        std::int64_t end)
{
    if (first < end) {
        ContentReader(session, content, first, first + 1).require_files();
    }
}

NewBlob& ContentWriter::file()
{
    if (!blob_) {
        // The last who has it may be an action behind the commit.
        std::shared_ptr<NewBlob> begun = generation_->stores().objects().begin();
        begun->write(in_memory_);
        in_memory_ = {};
        blob_ = std::move(begun);
    }
    return *blob_;
}

void ContentWriter::write(std::span<const std::byte> bytes)
{
    if (!blob_ && in_memory_.size() + bytes.size() <= kMemoryBytes) {
        in_memory_.insert(in_memory_.end(), bytes.begin(), bytes.end());
        return;
    }
    file().write(bytes);
}

void ContentWriter::write_zeros(std::uint64_t count)
{
    if (count > 0) {
        file().write_zeros(count);
    }
}

void ContentWriter::finish()
{
    if (size_bytes() > 0 && !is_for_row()) {
        held_bytes_ = static_cast<std::int64_t>(file().finish());
    }
}

bool ContentWriter::is_for_row() const
{
    return !blob_ && use_ == ContentUse::kObject && in_memory_.size() <= kRowBytes;
}

std::int64_t ContentWriter::size_bytes() const
{
    return static_cast<std::int64_t>(blob_ ? blob_->size_bytes() : in_memory_.size());
}

ContentNumber ContentWriter::store(Session& session, const std::string& account,
                                   std::optional<std::int64_t> part)
{
    const auto content = insert_content(session.db(), size_bytes());
    if (size_bytes() > 0) {
        const auto blob = blob_ ? store_file(session, account) : store_in_row(session, account);
        insert_piece(
            session.db(),
            {.content = content, .length_bytes = size_bytes(), .blob = blob, .part = part});
    }
    return content;
}

BlobNumber ContentWriter::store_file(Session& session, const std::string& account)
{
    const auto& boot = generation_->stores().blocks().boot_id();
    const bool is_kept = generation_->stores().objects().survives_power_loss();
    insert_blob(session.db(), {.number = blob_->number(),
                               .account = account,
                               .size_bytes = size_bytes(),
                               .held_bytes = held_bytes_,
                               .boot_id = is_kept ? std::optional(boot) : std::nullopt});
    session.after_commit([blob = blob_](Generation& generation) {
        blob->keep();
        generation.stores().object_upkeep().sync_later(blob->number());
    });
    return blob_->number();
}

BlobNumber ContentWriter::store_in_row(Session& session, const std::string& account) const
{
    const auto number = generation_->stores().objects().take_number();
    insert_row_blob(session.db(),
                    {.number = number,
                     .account = account,
                     .size_bytes = size_bytes(),
                     .held_bytes = size_bytes(),
                     .boot_id = {}},
                    in_memory_);
    return number;
}

ContentNumber share_content(Session& session, ContentNumber from, std::int64_t first,
                            std::int64_t end)
{
    const auto content = insert_content(session.db(), end - first);
    for (const auto& piece : select_pieces(session.db(), from, first, end)) {
        const auto begin = std::max(piece.start_bytes, first);
        const auto stop = std::min(piece.start_bytes + piece.length_bytes, end);
        insert_piece(session.db(), {.content = content,
                                    .start_bytes = begin - first,
                                    .length_bytes = stop - begin,
                                    .blob = piece.blob,
                                    .offset_bytes = piece.offset_bytes + begin - piece.start_bytes,
                                    .part = {}});
    }
    return content;
}

}  // namespace amilab::s3
