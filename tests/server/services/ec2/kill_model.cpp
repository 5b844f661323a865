#include "tests/server/services/ec2/kill_model.h"

#include <algorithm>

namespace amilab::test {

void KillModel::hear(const Report& report)
{
    last_version = std::max(last_version, report.version);
    auto& begun = begun_[static_cast<std::size_t>(report.worker)];
    if (report.is_done == 0) {
        begin(report);
        begun = report;
        return;
    }
    begun.reset();
    ++acknowledged;
    finish(report);
}

void KillModel::begin(const Report& report)
{
    if (report.kind == Report::Kind::kWrite && snapshot_under_way_) {
        snapshot_under_way_->may_have_written(report.first, report.count, report.version);
    }
    if (report.kind == Report::Kind::kCreateSnapshot) {
        // All that is acknowledged by now, and perhaps what is under way.
        snapshot_under_way_ = bytes;
        for (const auto& other : begun_) {
            if (other && other->kind == Report::Kind::kWrite) {
                snapshot_under_way_->may_have_written(other->first, other->count, other->version);
            }
        }
    }
}

void KillModel::finish(const Report& report)
{
    switch (report.kind) {
        case Report::Kind::kWrite:
            return bytes.wrote(report.first, report.count, report.version);
        case Report::Kind::kFlush:
            return;
        case Report::Kind::kCreateSnapshot:
            snapshots.insert_or_assign(report.id(), SnapshotModel{*snapshot_under_way_});
            snapshot_under_way_.reset();
            return;
        case Report::Kind::kDeleteSnapshot:
            snapshots.erase(report.id());
            return;
        case Report::Kind::kCreateVolume:
            volumes.insert_or_assign(report.id(), snapshots.at(report.from()).bytes);
            return;
        case Report::Kind::kDeleteVolume:
            volumes.erase(report.id());
            return;
        case Report::Kind::kTag:
            tag = report.version;
            return;
        case Report::Kind::kStart: {
            const auto from = report.from();
            auto start = from.empty() ? SectorModel(kUploadBlocks * kSectorsPerUploadBlock)
                                      : snapshots.at(from).bytes;
            snapshots.insert_or_assign(
                report.id(), SnapshotModel{std::move(start), true, std::set<std::uint64_t>()});
            return;
        }
        case Report::Kind::kPut: {
            auto& upload = snapshots.at(report.id());
            upload.bytes.wrote(report.first * kSectorsPerUploadBlock, kSectorsPerUploadBlock,
                               report.version);
            upload.open_blocks->insert(report.first);
            return;
        }
        case Report::Kind::kComplete:
            snapshots.at(report.id()).open_blocks.reset();
            return;
    }
}

void KillModel::end_life()
{
    for (const auto& begun : begun_) {
        if (begun && begun->kind == Report::Kind::kWrite) {
            bytes.may_have_written(begun->first, begun->count, begun->version);
        }
        if (begun && begun->kind == Report::Kind::kPut) {
            snapshots.at(begun->id())
                .bytes.may_have_written(begun->first * kSectorsPerUploadBlock,
                                        kSectorsPerUploadBlock, begun->version);
        }
    }
}

void KillModel::forget_begun()
{
    begun_ = {};
    snapshot_under_way_.reset();
}

WorkPlan KillModel::plan() const
{
    WorkPlan plan;
    plan.last_version = last_version;
    plan.volume = volume;
    for (const auto& [id, model] : volumes) {
        plan.volumes.push_back(id);
    }
    for (const auto& [id, model] : snapshots) {
        if (model.open_blocks) {
            plan.upload = id;
            plan.upload_blocks.assign(model.open_blocks->begin(), model.open_blocks->end());
        } else {
            (model.is_upload ? plan.completed_uploads : plan.snapshots).push_back(id);
        }
    }
    return plan;
}

}  // namespace amilab::test
