#include "server/services/s3/object_bytes.h"

#include <algorithm>
#include <cerrno>

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
    for (auto& row : select_pieces(session.db(), content, first, end)) {
        auto hold = std::make_unique<BlobHold>(generation_->stores().objects(), row.blob);
        pieces_.push_back({row, std::move(hold)});
    }
}

ContentReader::~ContentReader() = default;

namespace {

/// Notes what is lost, for who keeps the disk. Returns the refusal.
ApiError lost_file(const Generation& generation, BlobNumber blob)
{
    log::error("object file {:016x} in {} is gone, or shorter than its row says",
               static_cast<std::uint64_t>(blob), generation.path());
    return object_lost();
}

}  // namespace

void ContentReader::require_files() const
{
    auto there = next_;
    for (const auto& [row, blob] : pieces_) {
        require_file(row);
        there = std::max(there, row.start_bytes + row.length_bytes);
    }
    if (there < end_) {
        throw object_lost();
    }
}

void ContentReader::require_file(const PieceRow& row) const
{
    require_length(row, generation_->stores().objects().status(row.blob));
}

void ContentReader::require_length(const PieceRow& row,
                                   const std::optional<FileStatus>& status) const
{
    const auto needed = static_cast<std::uint64_t>(row.offset_bytes + row.length_bytes);
    if (!status || status->size_bytes < needed) {
        throw lost_file(*generation_, row.blob);
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
        throw lost_file(*generation_, piece.row.blob);
    }
    // What was cut off would pass for a hole.
    require_length(piece.row, file->status());
    return file;
}

const PieceRow& ContentReader::open_piece(std::int64_t offset)
{
    const auto behind = std::partition_point(
        pieces_.begin(), pieces_.end(), [&](const Piece& piece) { return piece.end() <= offset; });
    if (behind == pieces_.end()) {
        throw object_lost();
    }
    const auto index = static_cast<std::size_t>(behind - pieces_.begin());
    if (!file_ || index != open_piece_) {
        file_.reset();
        file_ = open_file(*behind);
        open_piece_ = index;
    }
    return pieces_[index].row;
}

void ContentReader::read_at(std::int64_t offset, std::span<std::byte> out)
{
    while (!out.empty()) {
        const auto& row = open_piece(offset);
        const auto left = row.start_bytes + row.length_bytes - offset;
        const auto count = static_cast<std::size_t>(
            std::min<std::int64_t>(left, static_cast<std::int64_t>(out.size())));
        const auto at = static_cast<std::uint64_t>(row.offset_bytes + offset - row.start_bytes);
        if (read_fully(*file_, at, out.first(count)) != count) {
            throw lost_file(*generation_, row.blob);
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
    const auto length = static_cast<std::int64_t>(out.size());
    if (there.length < out.size() || there.file->read_cached_at(there.offset, out) != length) {
        return false;
    }
    next_ += length;
    return true;
}

std::int64_t ContentReader::next_data(std::int64_t offset)
{
    while (offset < end_) {
        const auto& row = open_piece(offset);
        const auto shift = row.offset_bytes - row.start_bytes;
        const auto end = row.start_bytes + row.length_bytes;
        const auto data = file_->seek_data(static_cast<std::uint64_t>(offset + shift));
        const auto found = data ? static_cast<std::int64_t>(*data) - shift : end;
        if (found < end) {
            return std::min(found, end_);
        }
        offset = end;
    }
    return end_;
}

FileBytes ContentReader::in_file(std::int64_t offset)
{
    const auto& row = open_piece(offset);
    const auto end = std::min(row.start_bytes + row.length_bytes, end_);
    return {.file = file_.get(),
            .offset = static_cast<std::uint64_t>(row.offset_bytes + offset - row.start_bytes),
            .length = static_cast<std::uint64_t>(end - offset)};
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
    if (size_bytes() > 0) {
        held_bytes_ = static_cast<std::int64_t>(file().finish());
    }
}

std::int64_t ContentWriter::size_bytes() const
{
    return static_cast<std::int64_t>(blob_ ? blob_->size_bytes() : in_memory_.size());
}

ContentNumber ContentWriter::store(Session& session, const std::string& account,
                                   std::optional<std::int64_t> part)
{
    auto& db = session.db();
    const auto content = insert_content(db, size_bytes());
    if (!blob_) {
        return content;
    }
    const auto& boot = generation_->stores().blocks().boot_id();
    const bool is_kept = generation_->stores().objects().survives_power_loss();
    insert_blob(db, {.number = blob_->number(),
                     .account = account,
                     .size_bytes = size_bytes(),
                     .held_bytes = held_bytes_,
                     .boot_id = is_kept ? std::optional(boot) : std::nullopt});
    insert_piece(
        db,
        {.content = content, .length_bytes = size_bytes(), .blob = blob_->number(), .part = part});
    session.after_commit([blob = blob_](Generation& generation) {
        blob->keep();
        generation.stores().object_upkeep().sync_later(blob->number());
    });
    return content;
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
