#include "server/services/ec2/volumes/volume_status.h"

#include <algorithm>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/volumes/volume_answers.h"
#include "server/services/ec2/volumes/volumes.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/volumes/volume_status.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::int64_t kWhole = 100;

template <Vocabulary Status>
VolumeStatusDetails detail(VolumeStatusName name, Status status)
{
    return {.name = std::string(text_of(name)), .status = std::string(text_of(status))};
}

VolumeStatusInfo status_of(const VolumeStatusRow& row)
{
    VolumeStatusInfo info{.details = {detail(VolumeStatusName::kIoEnabled, row.io_enabled),
                                      detail(VolumeStatusName::kIoPerformance, row.io_performance)},
                          .status = std::string(text_of(row.status))};
    if (row.initialization_state) {
        info.details.push_back(
            detail(VolumeStatusName::kInitializationState, *row.initialization_state));
    }
    return info;
}

/// Source: EC2 API Reference, InitializationStatusDetails: volumes from snapshots and copies alone,
/// the estimate only with a provisioned rate (documented).
InitializationStatusDetails initialization_of(const VolumeStatusRow& row, TimeMs now_ms)
{
    constexpr TimeMs kSecond = 1000;
    InitializationStatusDetails details;
    details.initialization_type = row.initialization_rate ? "provisioned-rate" : "default";
    if (row.source_volume_id) {
        details.initialization_type = "volume-copy";
    }
    const auto due_ms = row.initialized_ms.value_or(row.create_time_ms);
    const auto total_ms = due_ms - row.create_time_ms;
    const bool is_over =
        row.initialization_state == InitializationState::kCompleted || total_ms <= 0;
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

VolumeStatusItem to_status(const VolumeStatusRow& row, TimeMs now_ms)
{
    VolumeStatusItem item;
    item.availability_zone = row.zone;
    item.availability_zone_id = row.zone_id;
    item.operator_value = OperatorResponse{.managed = false};
    item.volume_id = row.id.text();
    item.volume_status = status_of(row);
    if (row.initialized_ms) {
        item.initialization_status_details = initialization_of(row, now_ms);
    }
    return item;
}

std::vector<VolumeStatusItem> to_answers(Session& session, std::vector<VolumeStatusRow>&& rows)
{
    const auto attachments = select_attachments_on_all(session.db(), ids_of(rows));
    auto next = attachments.begin();
    std::vector<VolumeStatusItem> answers;
    for (const auto& row : rows) {
        answers.push_back(to_status(row, session.now_ms()));
        answers.back().attachment_statuses =
            take_attachments(next, attachments.end(), row.id, [&](const AttachmentRow& attachment) {
                return VolumeStatusAttachmentStatus{
                    .instance_id = attachment.instance_id.text(),
                    .io_performance = std::string(text_of(row.attached_io_performance))};
            });
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeVolumeStatus,
    .ids = {.member = &DescribeVolumeStatusRequest::volume_ids,
            .check = &check_ids<VolumeId, kVolumesParameter>,
            .not_with_page = "volumeIdsSet",
            .require = &require_listed<kVolumeStatusList, VolumeId, not_found>},
    .select = &select_page<kVolumeStatusList>,
    .answers = &to_answers,
    .into = &DescribeVolumeStatusResponse::volume_statuses};

}  // namespace

// Source: EC2 API Reference, DescribeVolumeStatus (documented). Nothing impairs a volume here: no
// events, no actions.
DescribeVolumeStatusResponse describe_volume_status(Session& session,
                                                    const DescribeVolumeStatusRequest& request)
{
    return describe<kDescribe>(session, request);
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
