#include "storage/state/restore.h"

#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/blocks/layer_files_writer.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/layers/layer_record_rows.h"
#include "storage/metadata/layers/saved_layer_rows.h"
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

using LayerRecords = std::vector<std::pair<LayerId, LayerRecord>>;

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
                write_fully(*rows_, frame.offset, payload);
                return;
            case FrameKind::kLayerData:
                layer(frame.id).add_data(frame.offset, payload);
                return;
            case FrameKind::kEmptyLayerData:
                layer(frame.id).add_empty_data(frame.offset, frame.length);
                return;
            case FrameKind::kLayerZeros:
                layer(frame.id).add_zeros(frame.offset, frame.length);
                return;
            case FrameKind::kBlobData:
                write_fully(blob(frame.id), frame.offset, payload);
                return;
            case FrameKind::kBlobEnd:
                blob(frame.id).truncate(frame.length);
                end_blob();
                return;
            case FrameKind::kEnd:
                end_layer();
                return;
        }
    }

    /// When all frames have come: rows are what this machine has.
    void finish(const std::string& boot_id)
    {
        sync(*rows_);
        rows_.reset();
        if (blob_) {
            throw StorageError(EBADMSG, "read the save", save_path_, "an object has no end");
        }
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

    LayerFilesWriter& layer(std::uint64_t number)
    {
        if (!layer_ || layer_id_ != LayerId{number}) {
            end_layer();
            layer_id_ = LayerId{number};
            layer_ = std::make_unique<LayerFilesWriter>(
                files_, layers_, layer_id_,
                syncs_ ? LayerFilesWriter::Syncs::kFiles : LayerFilesWriter::Syncs::kNothing);
        }
        return *layer_;
    }

    void end_layer()
    {
        if (layer_) {
            records_.emplace_back(layer_id_, layer_->finish());
            layer_.reset();
        }
    }

    File& blob(std::uint64_t number)
    {
        if (!blob_) {
            has_objects_ = files_.make_directory(objects_) || has_objects_;
            blob_number_ = number;
            blob_ = files_.open(fmt::format("{}/{:016x}", objects_, number), OpenMode::kCreateNew);
        } else if (blob_number_ != number) {
            throw StorageError(EBADMSG, "read the save", save_path_, "an object has no end");
        }
        return *blob_;
    }

    void end_blob()
    {
        sync(*blob_);
        blob_.reset();
    }

    /// Returns what the rows' mark is.
    std::int64_t adopt_rows(const std::string& boot_id)
    {
        Database db(rows_path(), Database::Mode::kReadWrite);
        require_known_version(db);
        if (!syncs_) {
            db.run("PRAGMA synchronous = OFF");
        }
        Transaction transaction(db);
        adopt_saved_rows(db, boot_id);
        auto record = records_.begin();
        for (auto next = select_layer_behind(db, LayerId{0}); next;
             next = select_layer_behind(db, *next)) {
            while (record != records_.end() && record->first < *next) {
                ++record;
            }
            const bool has_blocks = record != records_.end() && record->first == *next;
            if (is_layer_on_disk(db, *next)) {
                set_layer_record(db, *next, has_blocks ? record->second : LayerRecord{});
            }
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
    LayerId layer_id_{0};
    std::unique_ptr<LayerFilesWriter> layer_;
    LayerRecords records_;
    bool has_objects_ = false;
    std::uint64_t blob_number_ = 0;
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
