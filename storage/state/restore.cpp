#include "storage/state/restore.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/base/storage_error.h"
#include "storage/blocks/block_range.h"
#include "storage/blocks/layer_files_writer.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/layers/impossible_rows.h"
#include "storage/metadata/layers/impossible_values.h"
#include "storage/metadata/layers/layer_record_rows.h"
#include "storage/metadata/layers/layer_report_rows.h"
#include "storage/metadata/layers/saved_layer_rows.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/metadata/settings/setting_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/rows_mark.h"
#include "storage/state/save_format.h"

namespace amilab {

using save_format::FrameKind;

namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20U;
/// More than any object has, and no more than a file may say of itself.
constexpr std::uint64_t kMostBlobBytes = std::uint64_t{64} << 40U;

using LayerRecords = std::map<LayerId, LayerRecord>;

/// In one line, whatever keys of objects and SQLite's words have.
[[noreturn]] void refuse(const std::string& save_path, std::string what)
{
    std::ranges::replace_if(
        what, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    throw StorageError(EBADMSG, "read the save", save_path, what);
}

std::string name_of(LayerId layer)
{
    return layer_name(layer);
}
std::string name_of(BlobNumber blob)
{
    return fmt::format("object file {:016x}", static_cast<std::uint64_t>(blob));
}

/// Who has it, in a few words: a line names what is missing, not all that hangs on it.
std::string named(std::vector<std::string> users)
{
    constexpr std::size_t kMost = 3;
    if (users.empty()) {
        return "";
    }
    const auto more = users.size() > kMost ? users.size() - kMost : 0;
    users.resize(users.size() - more);
    return fmt::format(" of {}{}", fmt::join(users, ", "),
                       more > 0 ? fmt::format(" and {} more", more) : "");
}

/// What the frames of a save had, to be held against what its rows name.
struct SavedParts {
    LayerRecords layers;
    std::map<BlobNumber, FileStatus> blobs;
};

/// Refuses a save in which something is missing that its rows name.
class PartsCheck {
public:
    PartsCheck(Database& db, const SavedParts& parts, const std::string& save_path)
        : db_(db), parts_(parts), save_path_(save_path)
    {
    }

    void run()
    {
        const auto problems = check_database(db_, IndexCheck::kNone);
        if (!problems.empty()) {
            refuse(save_path_, "its rows are damaged: " + problems.front());
        }
        migrate(db_);
        require_possible(find_impossible_layers(db_));
        require_possible(find_impossible_sizes(db_));
        require_possible(find_impossible_values(db_));
        check_layers();
        check_blobs();
    }

private:
    void require_possible(const std::vector<std::string>& problems)
    {
        if (!problems.empty()) {
            refuse(save_path_, "its rows cannot be: " + problems.front());
        }
    }

    void check_layers()
    {
        auto part = parts_.layers.begin();
        for (auto row = select_layer_behind(db_, LayerId{0}); row;
             row = select_layer_behind(db_, *row), ++part) {
            if (part == parts_.layers.end() || part->first > *row) {
                refuse(save_path_, fmt::format("{}{} is missing", name_of(*row),
                                               named(select_disks_above(db_, *row))));
            }
            require_row(part->first == *row, part->first);
        }
        if (part != parts_.layers.end()) {
            require_row(false, part->first);
        }
    }

    void check_blobs()
    {
        auto part = parts_.blobs.begin();
        for (auto row = select_blob_file_behind(db_, BlobNumber{0}); row;
             row = select_blob_file_behind(db_, row->number), ++part) {
            const auto number = row->number;
            if (part == parts_.blobs.end() || part->first > number) {
                refuse(save_path_, fmt::format("{}{} is missing", name_of(number),
                                               named(select_contents_with(db_, number))));
            }
            require_row(part->first == number, part->first);
            const auto size_bytes = part->second.size_bytes;
            if (size_bytes != static_cast<std::uint64_t>(row->size_bytes)) {
                refuse(save_path_, fmt::format("{}{} has {} bytes instead of {}", name_of(number),
                                               named(select_contents_with(db_, number)), size_bytes,
                                               row->size_bytes));
            }
        }
        if (part != parts_.blobs.end()) {
            require_row(false, part->first);
        }
    }

    void require_row(bool is_there, auto number)
    {
        if (!is_there) {
            refuse(save_path_, fmt::format("the row of {} is missing", name_of(number)));
        }
    }

    Database& db_;
    const SavedParts& parts_;
    const std::string& save_path_;
};

/// Takes frames and makes files of them.
class Restoring {
public:
    Restoring(std::string save_path, std::string folder, bool syncs)
        : save_path_(std::move(save_path)),
          folder_(std::move(folder)),
          layers_(folder_ + "/layers"),
          objects_(folder_ + "/objects"),
          syncs_(syncs)
    {
        files_.make_directory(layers_);
        rows_ = files_.open(rows_path(), OpenMode::kCreateNew);
    }

    void take(const save_format::Frame& frame, std::span<const std::byte> payload)
    {
        switch (frame.kind) {
            case FrameKind::kRows:
                add_rows(frame, payload);
                return;
            case FrameKind::kLayerData:
            case FrameKind::kEmptyLayerData:
            case FrameKind::kLayerZeros:
                add_blocks(frame, payload);
                return;
            case FrameKind::kLayerEnd:
                end_layer(frame);
                return;
            case FrameKind::kBlobData:
                add_bytes(frame, payload);
                return;
            case FrameKind::kBlobEnd:
                end_blob(frame);
                return;
            case FrameKind::kEnd:
                require_ends();
                return;
        }
    }

    /// When all frames have come: rows are what this machine has.
    void finish(const std::string& boot_id)
    {
        sync(*rows_);
        rows_.reset();
        const auto mark = adopt_rows(boot_id);
        if (syncs_) {
            files_.sync_directory(layers_);
            if (has_objects_) {
                files_.sync_directory(objects_);
            }
            write_rows_mark_file(folder_, mark);
        }
    }

private:
    std::string rows_path() const { return folder_ + "/metadata.sqlite"; }

    void sync(File& file) const
    {
        if (syncs_) {
            file.sync_data();
        }
    }

    void add_rows(const save_format::Frame& frame, std::span<const std::byte> payload)
    {
        if (frame.offset != rows_bytes_) {
            refuse(save_path_, fmt::format("bytes {} to {} of its rows are missing", rows_bytes_,
                                           frame.offset));
        }
        write_fully(*rows_, frame.offset, payload);
        rows_bytes_ += payload.size();
    }

    /// What has begun is whole before something else begins.
    void require_ends()
    {
        if (layer_) {
            refuse(save_path_, fmt::format("the end of {} is missing", name_of(layer_id_)));
        }
        if (blob_) {
            refuse(save_path_, fmt::format("the end of {} is missing", name_of(blob_number_)));
        }
    }

    LayerFilesWriter& layer(LayerId number)
    {
        if (!layer_ || layer_id_ != number) {
            require_ends();
            if (!parts_.layers.empty() && parts_.layers.rbegin()->first >= number) {
                refuse(save_path_, fmt::format("{} is not in its place", name_of(number)));
            }
            layer_id_ = number;
            layer_ = std::make_unique<LayerFilesWriter>(
                files_, layers_, layer_id_,
                syncs_ ? LayerFilesWriter::Syncs::kFiles : LayerFilesWriter::Syncs::kNothing);
        }
        return *layer_;
    }

    void add_blocks(const save_format::Frame& frame, std::span<const std::byte> payload)
    {
        auto& writer = layer(LayerId{frame.id});
        try {
            if (frame.kind == FrameKind::kLayerData) {
                writer.add_data(frame.offset, payload);
            } else if (frame.kind == FrameKind::kEmptyLayerData) {
                writer.add_empty_data(frame.offset, frame.length);
            } else {
                writer.add_zeros(frame.offset, frame.length);
            }
        } catch (const StorageError& error) {
            if (error.error_number != EINVAL) {
                throw;
            }
            refuse(save_path_,
                   fmt::format("the blocks of {} are not in their places", name_of(layer_id_)));
        }
    }

    void end_layer(const save_format::Frame& frame)
    {
        const auto record = layer(LayerId{frame.id}).finish();
        layer_.reset();
        if (record.blocks != frame.length) {
            refuse(save_path_, fmt::format("blocks of {} are missing: it has {} instead of {}",
                                           name_of(layer_id_), record.blocks, frame.length));
        }
        parts_.layers.emplace(layer_id_, record);
    }

    File& blob(BlobNumber number)
    {
        if (!blob_ || blob_number_ != number) {
            require_ends();
            if (!parts_.blobs.empty() && parts_.blobs.rbegin()->first >= number) {
                refuse(save_path_, fmt::format("{} is not in its place", name_of(number)));
            }
            has_objects_ = files_.make_directory(objects_) || has_objects_;
            blob_number_ = number;
            blob_bytes_ = 0;
            blob_ =
                files_.open(fmt::format("{}/{:016x}", objects_, static_cast<std::uint64_t>(number)),
                            OpenMode::kCreateNew);
        }
        return *blob_;
    }

    void add_bytes(const save_format::Frame& frame, std::span<const std::byte> payload)
    {
        auto& file = blob(BlobNumber{static_cast<std::int64_t>(frame.id)});
        if (frame.offset < blob_bytes_ || frame.offset > kMostBlobBytes) {
            refuse(save_path_,
                   fmt::format("the bytes of {} are not in their places", name_of(blob_number_)));
        }
        write_fully(file, frame.offset, payload);
        blob_bytes_ = frame.offset + payload.size();
    }

    void end_blob(const save_format::Frame& frame)
    {
        auto& file = blob(BlobNumber{static_cast<std::int64_t>(frame.id)});
        if (frame.length < blob_bytes_ || frame.length > kMostBlobBytes) {
            refuse(save_path_, fmt::format("the end of {} is wrong", name_of(blob_number_)));
        }
        file.truncate(frame.length);
        sync(file);
        parts_.blobs.emplace(blob_number_, file.status());
        blob_.reset();
    }

    /// Returns what the rows' mark is. What damaged rows are called is the save, for they are it.
    std::int64_t adopt_rows(const std::string& boot_id)
    {
        try {
            return adopt_whole_rows(boot_id);
        } catch (const StorageError& error) {
            if (!error.is_damage() || error.path == save_path_) {
                throw;
            }
            refuse(save_path_, "its rows are damaged: " + error.detail);
        }
    }

    std::int64_t adopt_whole_rows(const std::string& boot_id)
    {
        Database db(rows_path(), Database::Mode::kReadWrite);
        require_known_version(db);
        PartsCheck(db, parts_, save_path_).run();
        if (!syncs_) {
            db.run("PRAGMA synchronous = OFF");
        }
        Transaction transaction(db);
        adopt_saved_rows(db, boot_id);
        for (const auto& [layer, record] : parts_.layers) {
            if (is_layer_on_disk(db, layer)) {
                set_layer_record(db, layer, record);
            }
        }
        for (const auto& [blob, status] : parts_.blobs) {
            set_held_bytes(db, blob, static_cast<std::int64_t>(status.allocated_bytes));
        }
        const auto mark = read_rows_mark(db);
        transaction.commit();
        return mark;
    }

    PosixFileSystem files_;
    const std::string save_path_;
    const std::string folder_;
    const std::string layers_;
    const std::string objects_;
    const bool syncs_;
    std::unique_ptr<File> rows_;
    std::uint64_t rows_bytes_ = 0;
    SavedParts parts_;
    LayerId layer_id_{0};
    std::unique_ptr<LayerFilesWriter> layer_;
    bool has_objects_ = false;
    BlobNumber blob_number_{0};
    std::uint64_t blob_bytes_ = 0;  ///< that the file has by now
    std::unique_ptr<File> blob_;
};

void require_known_rows(const save_format::SaveHeader& header, const std::string& save_path)
{
    if (std::cmp_greater(header.rows_version, schema_version())) {
        throw StorageError(
            EPROTO, "read the save", save_path,
            fmt::format("a newer amilab wrote it ({}), with rows of version {}; this one knows "
                        "version {}",
                        header.program, header.rows_version, schema_version()));
    }
}

}  // namespace

void restore_save(const std::string& save_path, const std::string& folder, Durability durability,
                  const std::string& boot_id)
{
    const auto file = PosixFileSystem().open(save_path, OpenMode::kRead);
    save_format::SaveReader reader(save_path);
    std::optional<Restoring> restoring;
    std::vector<std::byte> bytes(kReadBytes);
    for (std::uint64_t at = 0;;) {
        const auto count = read_fully(*file, at, bytes);
        if (count == 0) {
            break;
        }
        at += count;
        reader.take(std::span(bytes).first(count));
        if (reader.header() && !restoring) {
            require_known_rows(*reader.header(), save_path);
            restoring.emplace(save_path, folder, durability == Durability::kKept);
        }
        while (const auto found = reader.next()) {
            restoring->take(found->frame, found->payload);
        }
    }
    reader.require_end();
    restoring->finish(boot_id);
}

std::string restoring_mark_path(const std::string& folder)
{
    return folder + "/restoring";
}

}  // namespace amilab
