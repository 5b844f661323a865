#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/object_store.h"
#include "server/services/ec2/import_tasks/import_work.h"
#include "storage/base/clock.h"
#include "storage/blocks/upload_layer.h"
#include "storage/disk_formats/disk_reader.h"
#include "storage/state/generation.h"

namespace amilab::ec2 {

/// An object that holds the image of a disk.
struct DiskSource {
    std::shared_ptr<ObjectBytes> object;
    /// As it was asked for; nothing: it is found from the bytes.
    std::optional<DiskFileFormat> format = {};
};

/// What a job works for.
struct ImportOrder {
    std::string task_id;
    /// Whose task it is: what it writes counts as this account's.
    std::string account;
    /// The transition that takes the outcome, and when it may come at the earliest.
    std::string_view due_action;
    TimeMs due_ms = 0;
    std::vector<DiskSource> sources;
    /// Whether what is on the disks is looked at.
    bool looks_at_disks = false;
};

/// Moves the bytes of one task, a piece at a time, from objects to layers of their own, outside any
/// transaction. Dropped before its end it leaves nothing. Used by one thread at a time.
class ImportJob {
public:
    ImportJob(std::shared_ptr<Generation> generation, ImportOrder order);
    ~ImportJob();
    ImportJob(const ImportJob&) = delete;
    ImportJob& operator=(const ImportJob&) = delete;

    /// Moves a MiB at most, and says whether there is more to do. At the end, or when something
    /// fails, ImportWork has the outcome and the transition is due. Throws StorageError when even
    /// that cannot be written down.
    bool step();
    const std::string& account() const { return order_.account; }

private:
    class ObjectImage;

    void begin_disk();
    /// False at the end of the disk.
    bool move_piece();
    DiskContent look();
    void end_disk();
    bool require_room();
    int percent() const;
    bool end(ImportOutcome outcome);
    bool fail(std::string message);
    void drop_layers();

    const std::shared_ptr<Generation> generation_;
    ImportOrder order_;
    ImportWork& work_;
    HeldBytes::Upload held_;
    std::vector<ImportedDisk> disks_;
    // The disk that is moved.
    std::unique_ptr<ObjectImage> image_;
    DiskFileFormat format_{};
    std::unique_ptr<DiskReader> reader_;
    LayerId layer_{};
    std::unique_ptr<UploadLayer> upload_;
};

/// Has the background do what is left of the job, in turns with others.
void work_later(std::shared_ptr<Generation> generation, std::shared_ptr<ImportJob> job);
/// Does some of it on the calling thread, as much as a call may take, and leaves the rest to the
/// background: small disks are there when the call is answered.
void work_now(const std::shared_ptr<Generation>& generation, const std::shared_ptr<ImportJob>& job);

}  // namespace amilab::ec2
