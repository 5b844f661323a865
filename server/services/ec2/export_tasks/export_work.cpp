#include "server/services/ec2/export_tasks/export_work.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "server/calls/background_work.h"
#include "server/calls/layers.h"
#include "server/calls/owner_caller.h"
#include "server/services/ec2/common/task_objects.h"
#include "server/services/ec2/export_tasks/disk_writer.h"
#include "server/services/ec2/export_tasks/export_sources.h"
#include "server/services/ec2/export_tasks/ova.h"
#include "server/services/ec2/snapshots/snapshot_bytes.h"
#include "server/wire/ec2/schema.h"
#include "storage/base/storage_error.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/connections.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/upkeep.h"

namespace amilab::ec2 {

namespace {

/// A file that is an object.
class ObjectSink final : public FileSink {
public:
    explicit ObjectSink(NewObject& object) : object_(object) {}

private:
    void put(std::span<const std::byte> bytes) override { object_.write(bytes); }
    void put_zeros(std::uint64_t count) override { object_.write_zeros(count); }

    NewObject& object_;
};

/// A file of which only the size is wanted.
class CountingSink final : public FileSink {
    void put(std::span<const std::byte> /*bytes*/) override {}
    void put_zeros(std::uint64_t /*count*/) override {}
};

/// The bytes that a task is about; a null pointer reads as zeros.
struct SourceDisk {
    std::uint64_t size_bytes = 0;
    std::shared_ptr<Snapshot> bytes;
    /// Of an instance: the layer that its volume had.
    std::optional<LayerId> sealed;
};

SourceDisk open_image(ByteSession& session, const ImageId& id)
{
    SourceDisk disk;
    session.read([&](Session& rows) {
        const auto snapshot = require_exportable_image(rows, id);
        disk.size_bytes = static_cast<std::uint64_t>(snapshot.volume_size_gib) * kGiB;
        disk.bytes = open_snapshot_bytes(rows, snapshot);
    });
    return disk;
}

/// As the volume is at this instant. The lease on rows that say so is from before anybody else has
/// the writer: until it ends nobody merges the layer that the volume had until then.
SourceDisk open_instance(ByteSession& session, const InstanceId& id)
{
    SourceDisk disk;
    std::optional<Reader> sealed_rows;
    session.write([&](Session& rows) {
        const auto volume = require_exportable_instance(rows, id);
        disk.size_bytes = static_cast<std::uint64_t>(volume.size_gib) * kGiB;
        disk.sealed = seal_layers(rows, {&volume, 1}).front();
        rows.after_commit(
            [&](Generation& generation) { sealed_rows.emplace(generation.reader()); });
    });
    if (!sealed_rows) {  // which has been logged
        throw StorageError(EIO, "read", session.generation().path(), "its rows cannot be read");
    }
    disk.bytes = session.blocks().open_snapshot(select_layer_chain(sealed_rows->db(), *disk.sealed),
                                                disk.size_bytes);
    return disk;
}

DiskPlan plan_of(const SourceDisk& disk, std::string id)
{
    DiskPlan plan{.size_bytes = disk.size_bytes, .id = std::move(id)};
    plan.has_data.resize((disk.size_bytes + DiskPlan::kBlockBytes - 1) / DiskPlan::kBlockBytes);
    DiskWalk walk(disk.bytes, disk.size_bytes);
    while (const auto place = walk.next_place()) {
        plan.has_data[place->offset / DiskPlan::kBlockBytes] = true;
    }
    return plan;
}

class ExportWork final : public BackgroundWork {
public:
    explicit ExportWork(ExportTaskRow task) : task_(std::move(task)) {}

    bool is_wanted(Session& session) override
    {
        const auto row = select_export_task(session.db(), task_.id);
        return row && row->state == ExportTaskState::kActive;
    }

    bool step(ByteSession& session) override
    {
        if (!object_) {
            begin(session);
            return true;
        }
        if (const auto piece = walk_->next()) {
            writer_->write(piece->offset, piece->bytes);
            report(session, piece->offset + piece->bytes.size());
            return true;
        }
        writer_->finish();
        if (std::exchange(is_measuring_, false)) {
            begin_archive();
            return true;
        }
        end_archive();
        finish(session);
        return false;
    }

    void fail(Session& session, const std::string& why) override
    {
        if (is_wanted(session)) {
            // Source: of imports that failed (observed); assumed of exports.
            set_export_task_state(session.db(), task_.id, ExportTaskState::kDeleted,
                                  "ClientError: " + why);
            session.cancel_transitions(task_.id);
        }
        drop(session);
    }

    /// What only held up merges of the volume's layers while it was read; the object goes by
    /// itself.
    void drop(Session& session) override
    {
        walk_.reset();
        disk_.bytes.reset();
        if (disk_.sealed) {
            session.after_commit([sealed = *disk_.sealed](Generation& generation) {
                generation.stores().upkeep().add(Upkeep::Kind::kMerge, sealed);
            });
        }
    }

private:
    std::string_view operation() const
    {
        return task_.kind == ExportKind::kImage ? "ExportImage" : "CreateInstanceExportTask";
    }

    void begin(ByteSession& session)
    {
        std::unique_ptr<NewObject> object;
        session.read([&](Session& rows) {
            object = begin_task_object(rows, task_.bucket, task_.object_key);
        });
        disk_ = task_.kind == ExportKind::kImage
                    ? open_image(session, ImageId::trusted(task_.source_id))
                    : open_instance(session, InstanceId::trusted(task_.source_id));
        plan_ = plan_of(disk_, task_.id);
        object_ = std::move(object);
        file_.emplace(*object_);
        is_measuring_ = task_.container.has_value();
        is_measuring_ ? begin_pass(count_) : begin_pass(*file_);
    }

    void begin_pass(FileSink& sink)
    {
        walk_.emplace(disk_.bytes, disk_.size_bytes);
        writer_ = make_disk_writer(task_.format, sink, plan_);
    }

    /// An archive says how long its files are before they come, so that the disk is written twice.
    void begin_archive()
    {
        const OvaDisk disk{task_.id + "-disk1.vmdk", count_.size_bytes(), disk_.size_bytes};
        const auto document = ovf_document(task_.source_id, disk);
        file_->write(tar_header(task_.id + ".ovf", document.size()));
        file_->write(std::as_bytes(std::span(document)));
        fill_block();
        file_->write(tar_header(disk.name, disk.file_bytes));
        begin_pass(*file_);
    }

    void end_archive()
    {
        if (task_.container) {
            fill_block();
            file_->write_zeros(2 * kTarBlockBytes);
        }
    }

    void fill_block()
    {
        file_->write_zeros((kTarBlockBytes - file_->size_bytes() % kTarBlockBytes) %
                           kTarBlockBytes);
    }

    void report(ByteSession& session, std::uint64_t done)
    {
        constexpr std::int64_t kMost = 99;
        auto percent = static_cast<std::int64_t>(done * 100 / disk_.size_bytes);
        if (task_.container) {
            percent = (percent + (is_measuring_ ? 0 : 100)) / 2;
        }
        percent = std::min(percent, kMost);
        if (percent <= percent_) {
            return;
        }
        percent_ = percent;
        session.write([&](Session& rows) {
            set_export_task_progress(rows.db(), task_.id, percent,
                                     task_.kind == ExportKind::kImage ? "updating" : "Running");
        });
    }

    void finish(ByteSession& session)
    {
        object_->finish();
        session.write([&](Session& rows) {
            if (is_wanted(rows)) {
                rows.cancel_transitions(task_.id);
                store_task_object(rows, operation(), task_.bucket, *object_, {});
                set_export_task_state(rows.db(), task_.id, ExportTaskState::kCompleted, {});
            }
            drop(rows);
        });
    }

    const ExportTaskRow task_;
    SourceDisk disk_;
    DiskPlan plan_;
    std::unique_ptr<NewObject> object_;
    std::optional<ObjectSink> file_;
    CountingSink count_;
    bool is_measuring_ = false;
    std::optional<DiskWalk> walk_;
    std::unique_ptr<DiskWriter> writer_;
    std::int64_t percent_ = 0;
};

}  // namespace

std::string extension_of(const ExportTaskRow& row)
{
    return "." + row.container.value_or(
                     boost::algorithm::to_lower_copy(std::string(text_of(row.format))));
}

void start_export_task(Session& session, ExportTaskRow& row, const Delay& delay,
                       std::int64_t most_at_once)
{
    const auto active =
        count_active_export_tasks(session.db(), session.account(), session.region(), row.kind);
    if (active >= most_at_once) {
        throw ApiError("ResourceLimitExceeded",
                       fmt::format("{} export tasks are active; there are {} at a time at most.",
                                   active, most_at_once));
    }
    row.region = session.region();
    row.owner = session.account();
    // Source: the prefix, the task's id and the format (documented).
    row.object_key = row.prefix.value_or("") + row.id + extension_of(row);
    row.start_time_ms = session.now_ms();
    row.due_ms = session.due_ms(delay);
    row.state = ExportTaskState::kActive;
    insert_export_task(session.db(), row);
    session.schedule_at(row.due_ms, kExport, row.id);
}

void export_disk(Session& session, const std::string& id)
{
    auto row = select_export_task(session.db(), id);
    if (row && row->state == ExportTaskState::kActive) {
        auto owner = owner_caller(row->owner, row->region);
        begin_background_work(session, kExport, id, std::move(owner),
                              std::make_shared<ExportWork>(std::move(*row)));
    }
}

}  // namespace amilab::ec2
