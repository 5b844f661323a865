#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/background_work.h"
#include "server/calls/object_store.h"
#include "server/services/ec2/common/disk_mover.h"
#include "server/services/ec2/import_tasks/imports_under_way.h"
#include "storage/base/clock.h"
#include "storage/blocks/upload_layer.h"
#include "storage/disk_formats/disk_reader.h"
#include "storage/disk_formats/ova_reader.h"
#include "storage/state/generation.h"
#include "storage/state/held_bytes.h"

namespace amilab::ec2 {

/// An object that holds the image of a disk.
struct DiskSource {
    std::shared_ptr<ObjectBytes> object;
    /// As it was asked for; nothing: it is found from the bytes.
    std::optional<DiskFileFormat> format = {};
    /// Where in the object the image is; nothing: the object is the image.
    std::optional<ArchivedDisk> part = {};
};

/// What a work is for.
struct ImportOrder {
    std::string task_id{};
    /// Whose task it is: what it writes counts as this account's.
    std::string account{};
    /// Whether the task is active; asked before each piece.
    std::function<bool(Session&)> is_active{};
    /// Opens what is imported, in a session of the account; nothing when the task is no longer
    /// active. Throws ApiError: see import_failed().
    std::function<std::vector<DiskSource>(Session&)> open{};
    /// The transition that takes the outcome, and when it may come at the earliest.
    Due due{};
    TimeMs due_ms = 0;
    /// Whether what is on the disks is looked at.
    bool looks_at_disks = false;
    /// How many disks an OVA may hold, which is the only source; 0: none is read.
    std::size_t most_disks = 0;
};

/// Moves the bytes of one task from objects to layers of their own, which no row names. At the end,
/// or when something fails, ImportsUnderWay has the outcome and the order's transition is due.
/// Dropped before its end it leaves nothing.
class ImportWork final : public BackgroundWork {
public:
    explicit ImportWork(ImportOrder order);
    ~ImportWork() override;
    ImportWork(const ImportWork&) = delete;
    ImportWork& operator=(const ImportWork&) = delete;

    bool is_wanted(Session& session) override { return order_.is_active(session); }
    /// One of a DiskMover, or of what comes before and behind.
    bool step(ByteSession& session) override;
    /// Layers go with the work.
    void drop(Session& session) override;
    void fail(Session& session, const std::string& why) override;

private:
    class ObjectImage;

    ImportsUnderWay& under_way() { return generation_->companions().get<ImportsUnderWay>(); }
    bool begin(ByteSession& session);
    bool move(ByteSession& session);
    bool find_disks();
    void begin_disk();
    DiskContent look();
    void end_disk();
    void require_room();
    int percent();
    void finish(ByteSession& session);
    /// Whether anybody wants the outcome.
    bool end(Session& session, ImportOutcome outcome);
    void drop_layers();

    const ImportOrder order_;
    // From the first piece on.
    std::shared_ptr<Generation> generation_;
    std::optional<HeldBytes::Upload> held_;
    std::vector<DiskSource> sources_;
    std::vector<ImportedDisk> disks_;
    std::unique_ptr<ObjectImage> image_;
    /// Whose disks are being found.
    std::unique_ptr<OvaReader> archive_;
    // The disk that is moved.
    std::optional<ImageWindow> window_;
    DiskFileFormat format_{};
    std::unique_ptr<DiskReader> reader_;
    LayerId layer_{};
    std::unique_ptr<UploadLayer> upload_;
    DiskMover mover_;
};

}  // namespace amilab::ec2
