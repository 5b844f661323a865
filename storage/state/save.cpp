#include "storage/state/save.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "storage/base/descriptors.h"
#include "storage/base/storage_error.h"
#include "storage/base/zeros.h"
#include "storage/blocks/block_store.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/layers/saved_layer_rows.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/metadata/sql/copy.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/objects/object_files.h"
#include "storage/state/generation.h"
#include "storage/state/save_format.h"
#include "storage/state/stores.h"
#include "storage/upkeep/persistence.h"

namespace amilab {

using save_format::FrameKind;
using save_format::kMostPayloadBytes;

namespace {

/// Of a blob, as ObjectFiles leaves holes.
constexpr std::size_t kBlobBlockBytes = std::size_t{64} << 10U;
/// Frames without a payload are sent many at a time.
constexpr std::size_t kLeastPieceBytes = std::size_t{64} << 10U;

/// Files that a save still has to read stay while this lives.
class Keeping {
public:
    explicit Keeping(Generation& generation)
        : stores_(generation.stores()), files_(stores_.take_kept_files())
    {
        if (files_ == nullptr) {
            throw StorageError(EBUSY, "save", generation.path(),
                               "another save of this server goes on");
        }
        files_->begin(LayerId{std::numeric_limits<std::uint64_t>::max()},
                      BlobNumber{std::numeric_limits<std::int64_t>::max()});
    }
    ~Keeping() { stores_.give_kept_files_back(); }
    Keeping(const Keeping&) = delete;
    Keeping& operator=(const Keeping&) = delete;

    KeptFiles& files() { return *files_; }

private:
    Stores& stores_;
    KeptFiles* const files_;
};

/// The gates of all disks that may be written, closed at once.
class ClosedDisks {
public:
    ClosedDisks(BlockStore& blocks, std::vector<WritableDiskRow> disks)
    {
        std::sort(disks.begin(), disks.end(), [](const auto& one, const auto& other) {
            return gate_place(one.id) < gate_place(other.id);
        });
        for (auto& disk : disks) {
            try {
                gates_.push_back(
                    blocks.close_gate(disk.layer, blocks.new_layer_id(), gate_place(disk.id)));
            } catch (const StorageError& error) {
                // An upload whose bytes are fixed, and whose rows will say so soon.
                if (error.error_number != EROFS && error.error_number != ESTALE) {
                    throw;
                }
                continue;
            }
            disks_.push_back(std::move(disk));
        }
        for (const auto& gate : gates_) {
            has_blocks_.push_back(!blocks.is_empty_layer(gate.old_top()));
        }
    }

    /// Gives each disk that has blocks of its own an empty top. Inside a transaction.
    void seal_rows(Database& db, const BlockStore& blocks, TimeMs now_ms)
    {
        for (std::size_t at = 0; at < disks_.size(); ++at) {
            if (has_blocks_[at]) {
                mark_layer_sealed(db, gates_[at].old_top(), blocks.boot_id());
                insert_layer(db, gates_[at].next_top(), gates_[at].old_top(), now_ms,
                             blocks.boot_id());
                set_top_layer(db, disks_[at], gates_[at].next_top());
            }
        }
    }

    /// To be called behind the commit. Returns the layers that are sealed from now on.
    std::vector<LayerId> swap_tops()
    {
        std::vector<LayerId> sealed;
        for (std::size_t at = 0; at < disks_.size(); ++at) {
            if (has_blocks_[at]) {
                gates_[at].swap_top();
                sealed.push_back(gates_[at].old_top());
            }
        }
        return sealed;
    }

    /// Tops that have nothing at the instant, whatever is written to them later.
    std::set<LayerId> empty_tops() const
    {
        std::set<LayerId> tops;
        for (std::size_t at = 0; at < disks_.size(); ++at) {
            tops.insert(has_blocks_[at] ? gates_[at].next_top() : gates_[at].old_top());
        }
        return tops;
    }

private:
    std::vector<WritableDiskRow> disks_;
    std::vector<Gate> gates_;
    std::vector<bool> has_blocks_;
};

}  // namespace

std::string saved_rows_path(const std::string& generation_path)
{
    return generation_path + "/saving.sqlite";
}

class Save::Parts {
    /// Before who calls it.
    template <class Open>
    auto with_room(const Open& open)
    {
        return with_descriptors(
            open, [this] { return generation_->stores().blocks().close_some_files(); });
    }

public:
    Parts(std::shared_ptr<Generation> generation, const std::string& program)
        : generation_(std::move(generation)),
          keeping_(*generation_),
          rows_path_(saved_rows_path(generation_->path()))
    {
        try {
            take_instant();
            rows_ = open_file(rows_path_);
            copy_ = with_room(
                [&] { return std::make_unique<Database>(rows_path_, Database::Mode::kUntouched); });
        } catch (...) {
            remove_copy();
            throw;
        }
        format_.begin({.rows_version = static_cast<std::uint32_t>(schema_version()),
                       .time_ms = generation_->timing().clock.now_ms(),
                       .program = program},
                      out_);
    }
    ~Parts() { remove_copy(); }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    std::span<const std::byte> next()
    {
        if (std::exchange(is_fresh_, false)) {
            return out_;  // the header
        }
        out_.clear();
        while (out_.size() < kLeastPieceBytes && stage_ != Stage::kDone) {
            add_next();
        }
        return out_;
    }

private:
    enum class Stage { kRows, kLayers, kBlobs, kDone };

    void take_instant()
    {
        auto reader = seal();
        // Its owner's alone, which SQLite would not make it.
        with_room([this] { return files_.open(rows_path_, OpenMode::kReplace); });
        copy_database(reader.db(), rows_path_);
    }

    /// Seals the tops of all disks. What the lease reads is of the instant at which they are.
    Reader seal()
    {
        std::vector<LayerId> sealed;
        auto lease = [&] {
            auto& blocks = generation_->stores().blocks();
            auto writer = generation_->writer();
            ClosedDisks disks(blocks, select_writable_disks(writer.db()));
            Transaction transaction(writer.db());
            disks.seal_rows(writer.db(), blocks, generation_->timing().clock.now_ms());
            transaction.commit();
            sealed = disks.swap_tops();
            empty_tops_ = disks.empty_tops();
            generation_->connections().show_committed();
            auto reader = generation_->reader();
            // A lease's instant is that of its first look.
            keeping_.files().begin(select_highest_layer(reader.db()),
                                   select_highest_blob(reader.db()));
            return reader;
        }();
        for (const auto layer : sealed) {
            generation_->stores().persistence().sync_later(layer);
        }
        return lease;
    }

    std::unique_ptr<File> open_file(const std::string& path)
    {
        return with_room([&] { return files_.open(path, OpenMode::kRead); });
    }

    void remove_copy() noexcept
    {
        copy_.reset();
        rows_.reset();
        try {
            files_.unlink(rows_path_);
        } catch (const StorageError&) {
            // The next start does.
        }
    }

    void add_next()
    {
        switch (stage_) {
            case Stage::kRows:
                add_rows();
                break;
            case Stage::kLayers:
                add_layer();
                break;
            case Stage::kBlobs:
                add_blob();
                break;
            case Stage::kDone:
                break;
        }
    }

    void add_rows()
    {
        buffer_.resize(kMostPayloadBytes);
        const auto count = read_fully(*rows_, at_, buffer_);
        if (count > 0) {
            format_.add({.kind = FrameKind::kRows, .offset = at_, .length = count},
                        std::span(buffer_).first(count), out_);
            at_ += count;
        } else {
            stage_ = Stage::kLayers;
        }
    }

    void add_layer()
    {
        if (!layer_bytes_ && !begin_layer()) {
            stage_ = Stage::kBlobs;
            return;
        }
        const auto run = layer_bytes_ ? layer_bytes_->next() : std::nullopt;
        if (!run) {
            add(FrameKind::kLayerEnd, 0, blocks_, {});
            keeping_.files().note_read(layer_);
            layer_bytes_.reset();
            return;
        }
        blocks_ += run->length / kBlockSize;
        if (run->is_data) {
            buffer_.resize(run->length);
            layer_bytes_->read(*run, buffer_);
            add_data(run->offset);
        } else {
            add(FrameKind::kLayerZeros, run->offset, run->length, {});
        }
    }

    /// The next one; without bytes when it has nothing at the instant.
    bool begin_layer()
    {
        const auto layer = select_layer_behind(*copy_, layer_);
        if (!layer) {
            return false;
        }
        layer_ = *layer;
        blocks_ = 0;
        if (!empty_tops_.contains(layer_)) {
            layer_bytes_ = generation_->stores().blocks().layer_bytes(
                layer_, [this] { return select_layer_chain(*copy_, layer_); });
        }
        return true;
    }

    void add(FrameKind kind, std::uint64_t offset, std::uint64_t length,
             std::span<const std::byte> payload)
    {
        format_.add({.kind = kind, .id = to_number(layer_), .offset = offset, .length = length},
                    payload, out_);
    }

    /// What is in the buffer, without its blocks of zeros.
    void add_data(std::uint64_t offset)
    {
        const std::span<const std::byte> bytes(buffer_);
        for (std::size_t at = 0; at < bytes.size();) {
            const bool is_empty = is_zero(bytes.subspan(at, kBlockSize));
            auto end = at + kBlockSize;
            while (end < bytes.size() && is_zero(bytes.subspan(end, kBlockSize)) == is_empty) {
                end += kBlockSize;
            }
            add(is_empty ? FrameKind::kEmptyLayerData : FrameKind::kLayerData, offset + at,
                end - at, is_empty ? std::span<const std::byte>() : bytes.subspan(at, end - at));
            at = end;
        }
    }

    void add_blob()
    {
        if (!blob_file_ && !begin_blob()) {
            format_.end(out_);
            stage_ = Stage::kDone;
            return;
        }
        const auto number = static_cast<std::uint64_t>(blob_.number);
        const auto size = static_cast<std::uint64_t>(blob_.size_bytes);
        const auto data = blob_file_->seek_data(at_);
        if (!data || *data >= size) {
            format_.add({.kind = FrameKind::kBlobEnd, .id = number, .length = size}, {}, out_);
            keeping_.files().note_read(blob_.number);
            blob_file_.reset();
            return;
        }
        at_ = *data / kBlobBlockBytes * kBlobBlockBytes;
        buffer_.resize(std::min<std::uint64_t>(kMostPayloadBytes, size - at_));
        if (read_fully(*blob_file_, at_, buffer_) != buffer_.size()) {
            throw StorageError(EBADMSG, "read", blob_file_->path(), "it ends too early");
        }
        if (!is_zero(buffer_)) {
            format_.add({.kind = FrameKind::kBlobData,
                         .id = number,
                         .offset = at_,
                         .length = buffer_.size()},
                        buffer_, out_);
        }
        at_ += buffer_.size();
    }

    bool begin_blob()
    {
        const auto blob = select_blob_file_behind(*copy_, blob_.number);
        if (!blob) {
            return false;
        }
        blob_ = *blob;
        at_ = 0;
        // As it is opened for who reads the object.
        blob_file_ = BlobHold(generation_->stores().objects(), blob_.number).open();
        return true;
    }

    const std::shared_ptr<Generation> generation_;
    Keeping keeping_;
    const std::string rows_path_;
    PosixFileSystem files_;
    std::unique_ptr<File> rows_;
    std::unique_ptr<Database> copy_;
    std::set<LayerId> empty_tops_;

    save_format::SaveWriter format_;
    std::vector<std::byte> out_;
    std::vector<std::byte> buffer_;
    bool is_fresh_ = true;
    Stage stage_ = Stage::kRows;
    std::uint64_t at_ = 0;  ///< in the rows, or in the blob
    LayerId layer_{0};
    std::unique_ptr<LayerBytes> layer_bytes_;
    std::uint64_t blocks_ = 0;  ///< that have come of the layer
    BlobRow blob_;
    std::unique_ptr<File> blob_file_;
};

Save::Save(std::shared_ptr<Generation> generation, const std::string& program)
    : parts_(std::make_unique<Parts>(std::move(generation), program))
{
}

Save::~Save() = default;

std::span<const std::byte> Save::next()
{
    return parts_->next();
}

}  // namespace amilab
