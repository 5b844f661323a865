#include "server/services/ec2/volumes/volume_status.h"

#include <algorithm>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/volumes/volume_answers.h"
#include "server/services/ec2/volumes/volumes.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/volumes/volume_status.h"
#include "storage/metadata/regions/region_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::int64_t kWhole = 100;

/// Source: for gp3, io1 and io2 volumes that are attached (documented).
std::string io_performance(const VolumeRow& row, bool is_attached)
{
    const bool is_checked =
        row.volume_type == "gp3" || row.volume_type == "io1" || row.volume_type == "io2";
    return is_checked && is_attached ? "normal" : "not-applicable";
}

bool is_initialized(const VolumeRow& row, TimeMs now_ms)
{
    return row.state != "creating" && row.initialized_ms.value_or(0) <= now_ms;
}

/// Source: volume status and its details (documented); a volume that is being made has not been
/// checked (assumed). storage/metadata/volumes/volume_rows.cpp filters by the same.
VolumeStatusInfo status_of(const VolumeRow& row, bool is_attached, TimeMs now_ms)
{
    constexpr const char* kNoData = "insufficient-data";
    const bool is_checked = row.state != "creating";
    VolumeStatusInfo info;
    info.status = is_checked ? "ok" : kNoData;
    info.details.push_back({.name = "io-enabled", .status = is_checked ? "passed" : kNoData});
    info.details.push_back({.name = "io-performance",
                            .status = is_checked ? io_performance(row, is_attached) : kNoData});
    if (row.initialized_ms) {
        info.details.push_back(
            {.name = "initialization-state",
             .status = is_initialized(row, now_ms) ? "completed" : "initializing"});
    }
    return info;
}

/// Source: EC2 API Reference, InitializationStatusDetails: volumes from snapshots and copies alone,
/// the estimate only with a provisioned rate (documented).
InitializationStatusDetails initialization_of(const VolumeRow& row, TimeMs now_ms)
{
    constexpr TimeMs kSecond = 1000;
    InitializationStatusDetails details;
    details.initialization_type = row.initialization_rate ? "provisioned-rate" : "default";
    if (row.source_volume_id) {
        details.initialization_type = "volume-copy";
    }
    const auto due_ms = row.initialized_ms.value_or(row.create_time_ms);
    const auto total_ms = due_ms - row.create_time_ms;
    const bool is_over = is_initialized(row, now_ms) || total_ms <= 0;
    details.progress = is_over
                           ? kWhole
                           : std::clamp<std::int64_t>(
                                 (now_ms - row.create_time_ms) * kWhole / total_ms, 0, kWhole - 1);
    if (row.initialization_rate) {
        details.estimated_time_to_complete_in_seconds =
            is_over ? 0 : std::max<TimeMs>(0, (due_ms - now_ms + kSecond - 1) / kSecond);
    }
    return details;
}

VolumeStatusItem to_status(Session& session, const VolumeRow& row)
{
    VolumeStatusItem item;
    const auto attachments = select_attachments_on(session.db(), row.id);
    for (const auto& attachment : attachments) {
        item.attachment_statuses.push_back({.instance_id = attachment.instance_id.text(),
                                            .io_performance = io_performance(row, true)});
    }
    item.availability_zone = row.zone;
    if (auto zone = select_zone(session.db(), row.region, row.zone)) {
        item.availability_zone_id = std::move(zone->zone_id);
    }
    item.operator_value = OperatorResponse{.managed = false};
    item.volume_id = row.id.text();
    item.volume_status = status_of(row, !attachments.empty(), session.now_ms());
    if (row.initialized_ms) {
        item.initialization_status_details = initialization_of(row, session.now_ms());
    }
    return item;
}

}  // namespace

// Source: EC2 API Reference, DescribeVolumeStatus (documented). Nothing impairs a volume here: no
// events, no actions.
DescribeVolumeStatusResponse describe_volume_status(Session& session,
                                                    const DescribeVolumeStatusRequest& request)
{
    const auto filters = parse_filters(kDescribeVolumeStatus, request.filters);
    const auto ids = parse_ids<VolumeId>(request.volume_ids);
    refuse_page_with_ids(!ids.empty(), request.max_results, "volumeIdsSet");
    const auto page = parse_page(session, request.max_results, request.next_token);
    stop_if_dry_run(request);

    for (const auto& id : ids) {
        require_volume(session, id);
    }
    auto rows = select_volumes(session.db(), {.owner = session.account(),
                                              .region = session.region(),
                                              .ids = ids,
                                              .filters = filters,
                                              .after = page.after,
                                              .limit = page.sql_limit(),
                                              .filters_of = VolumeFilters::kStatuses,
                                              .now_ms = session.now_ms()});
    DescribeVolumeStatusResponse response;
    response.next_token = cut_page(page, rows, [](const VolumeRow& row) { return row.id.text(); });
    for (const auto& row : rows) {
        response.volume_statuses.push_back(to_status(session, row));
    }
    return response;
}

// Source: EC2 API Reference, EnableVolumeIO (documented). Nothing disables I/O here, so that it is
// enabled already: no failure (assumed).
EnableVolumeIOResponse enable_volume_io(Session& session, const EnableVolumeIORequest& request)
{
    const auto id = parse_id<VolumeId>(request.volume_id);
    stop_if_dry_run(request);
    require_volume(session, id);
    return {};
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_volume_status>(kDescribeVolumeStatus),
    write<enable_volume_io>(kEnableVolumeIO),
};

constexpr Delay kDelays[] = {kVolumeInitializing};

}  // namespace

constinit const Family kVolumeStatus{.operations = kOperations, .delays = kDelays};

}  // namespace amilab::ec2
