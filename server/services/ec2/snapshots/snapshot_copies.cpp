#include "server/services/ec2/snapshots/snapshot_copies.h"

#include <algorithm>

#include "server/calls/new_snapshot.h"
#include "server/calls/snapshot_life.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/partition_regions.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/snapshots/errors.h"
#include "server/services/ec2/snapshots/snapshot_tiers.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/snapshots/snapshot_copies.h"
#include "storage/base/units.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::ec2 {

namespace {

// Source: twenty at a time into one region (documented).
constexpr std::int64_t kMostCopies = 20;

constexpr std::int64_t kStepMinutes = 15;

/// SDKs tell the region that they call. Source: a transport parameter, deprecated (documented).
void check_destination(const Session& session, const CopySnapshotRequest& request)
{
    const auto& region = request.destination_region;
    if (is_given(region) && *region != session.region()) {
        throw invalid_value(*region, "destinationRegion",
                            "Copies are made in the region that is called.");
    }
}

}  // namespace

void check_completion_minutes(const std::optional<std::int64_t>& minutes,
                              std::string_view parameter)
{
    if (minutes && *minutes % kStepMinutes != 0) {
        throw invalid_value(std::to_string(*minutes), parameter, "Expected a multiple of 15.");
    }
}

void require_source_region(Session& session, const std::string& region)
{
    if (!is_region_of_partition(session, region)) {
        throw invalid_source_region(region);
    }
}

TimeMs copy_due_ms(const Session& session, const std::optional<std::int64_t>& completion_minutes)
{
    const auto due_ms = session.due_ms(kSnapshotPending);
    return completion_minutes ? std::min(due_ms, session.now_ms() + *completion_minutes * kMinuteMs)
                              : due_ms;
}

SnapshotRow start_snapshot_copy(Session& session, const SnapshotRow& source,
                                const SnapshotCopy& wanted)
{
    require_completed(source);
    require_not_archived(session, source.id);
    auto id = session.next_id<SnapshotId>();
    auto encryption = encrypt_copy(session, wanted.encryption, source, id.text());
    auto why_it_fails = why_key_is_unusable(session, encryption);
    auto copy =
        new_snapshot(session, {.id = std::move(id),
                               .layer_id = source.layer_id,
                               .volume_size_gib = source.volume_size_gib,
                               .description = wanted.description,
                               .encryption = std::move(encryption),
                               .due_ms = copy_due_ms(session, wanted.completion_minutes),
                               .transfer_type = wanted.completion_minutes ? TransferType::kTimeBased
                                                                          : TransferType::kStandard,
                               .completion_duration_minutes = wanted.completion_minutes,
                               .status_message = std::move(why_it_fails),
                               .full_size_bytes = source.full_size_bytes,
                               .product_codes_of = source.id.text(),
                               .tags = wanted.tags});
    if (source.region != session.region()) {
        set_snapshot_source_region(session.db(), copy.id, source.region);
    }
    return copy;
}

// Source: EC2 API Reference, CopySnapshot (documented). A source that is not there is refused;
// AWS was seen to begin such a copy, which ended in error.
CopySnapshotResponse copy_snapshot(Session& session, const CopySnapshotRequest& request)
{
    const auto source_id = parse_id<SnapshotId>(request.source_snapshot_id, "sourceSnapshotId");
    check_destination(session, request);
    check_description(request.description);
    check_completion_minutes(request.completion_duration_minutes, "CompletionDurationMinutes");
    SnapshotCopy wanted{
        .encryption = parse_encryption(session, request.encrypted, request.kms_key_id),
        .description = request.description.value_or(""),
        .completion_minutes = request.completion_duration_minutes,
        .tags = parse_tags<SnapshotId>(request.tag_specifications)};
    require_source_region(session, request.source_region);
    stop_if_dry_run(request);

    const auto source = require_accessible_snapshot(session, source_id, request.source_region);
    if (count_pending_copies(session.db(), session.account(), session.region()) >= kMostCopies) {
        throw too_many_copies(kMostCopies);
    }
    const auto copy = start_snapshot_copy(session, source, wanted);
    return {.snapshot_id = copy.id.text(), .tags = tags_of(session, copy.id.text())};
}

namespace {

constexpr Operation kOperations[] = {
    write<copy_snapshot>(kCopySnapshot),
};

}  // namespace

constinit const Family kSnapshotCopies{.operations = kOperations};

}  // namespace amilab::ec2
