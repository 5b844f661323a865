#include "server/services/ec2/volumes/volume_modifications.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/layers.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/volumes/errors.h"
#include "server/services/ec2/volumes/volume_answers.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "server/services/ec2/volumes/volumes.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/volumes/volume_modifications.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/volumes/volume_modification_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"

namespace amilab::ec2 {

namespace {

// Source: up to four times within a rolling day (documented).
constexpr std::size_t kMostModifications = 4;
constexpr TimeMs kModificationWindowMs = kDayMs;

/// What a gp2 volume does when nothing bursts, in MiB/s, within what gp3 may be asked for.
/// Source: gp3 gets the higher of its baseline and what the gp2 volume had (documented, EBS User
/// Guide, "Modify a volume").
std::int64_t throughput_of_gp2(std::int64_t iops)
{
    constexpr std::int64_t kIopsPerMib = 4;
    constexpr std::int64_t kLeast = 125;
    constexpr std::int64_t kMost = 250;
    return std::clamp((iops + kIopsPerMib - 1) / kIopsPerMib, kLeast, kMost);
}

/// IOPS where the request says nothing.
/// Source: kept with the type, else 3,000 for gp3, io1 and io2 (documented).
std::optional<std::int64_t> default_iops(const VolumeRow& volume, std::string_view type)
{
    constexpr std::int64_t kDefault = 3000;
    if (!has_provisioned_iops(type)) {
        return std::nullopt;
    }
    if (type == volume.volume_type) {
        return volume.iops;
    }
    const bool is_gp2_to_gp3 = volume.volume_type == VolumeType::kGp2 && type == VolumeType::kGp3;
    return is_gp2_to_gp3 ? std::max(kDefault, volume.iops.value_or(0)) : kDefault;
}

std::optional<std::int64_t> default_throughput(const VolumeRow& volume, std::string_view type)
{
    if (type != VolumeType::kGp3) {
        return std::nullopt;
    }
    if (volume.volume_type == VolumeType::kGp2) {
        return throughput_of_gp2(volume.iops.value_or(0));
    }
    return volume.throughput;
}

/// What the volume is to be.
struct Target {
    VolumeSpec spec;
    bool multi_attach;
};

Target target_of(const ModifyVolumeRequest& request, const VolumeRow& volume)
{
    const auto type = request.volume_type.value_or(volume.volume_type);
    auto spec = complete_volume_spec(
        {.volume_type = type,
         .size_gib = request.size.value_or(volume.size_gib),
         .iops = request.iops ? request.iops : default_iops(volume, type),
         .throughput = request.throughput ? request.throughput : default_throughput(volume, type)});
    return {.spec = std::move(spec),
            .multi_attach = request.multi_attach_enabled.value_or(volume.multi_attach)};
}

/// Source: EBS User Guide, "Multi-Attach": io1 ones cannot be modified, io2 ones keep their type;
/// io2 is switched on while available, off with one instance at most (documented); the first text
/// is observed, the others are assumed.
void check_multi_attach(Session& session, const VolumeRow& volume, const Target& target)
{
    if (volume.multi_attach && volume.volume_type == VolumeType::kIo1) {
        throw io1_multi_attach_not_modifiable();
    }
    if (volume.multi_attach && target.spec.volume_type != volume.volume_type) {
        throw multi_attach_type_not_modifiable(volume.id);
    }
    if (target.multi_attach) {
        require_multi_attach_type(target.spec.volume_type);
    }
    if (target.multi_attach == volume.multi_attach) {
        return;
    }
    if (target.spec.volume_type == VolumeType::kIo1) {
        throw io1_multi_attach_not_switchable();
    }
    const auto attachments = select_attachments_on(session.db(), volume.id).size();
    if (attachments > (target.multi_attach ? 0U : 1U)) {
        throw multi_attach_switched_while_attached(volume.id);
    }
}

/// Source: sizes only grow, a root volume does not become st1 or sc1, even when it is detached
/// (documented); the first text is observed.
void check_change(Session& session, const ModifyVolumeRequest& request, const VolumeRow& volume,
                  const Target& target)
{
    if (request.size && *request.size < volume.size_gib) {
        throw volume_shrinks();
    }
    check_multi_attach(session, volume, target);
    if (!can_boot(target.spec.volume_type) && was_root_volume(session.db(), volume.id.text())) {
        throw root_volume_cannot_be(volume.id, target.spec.volume_type);
    }
}

std::string in_capitals(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

/// Source: available or in-use, the last modification completed, four of them a day (documented);
/// the texts of the last two are observed.
void check_moment(Session& session, const VolumeRow& volume)
{
    if (!is_usable(volume.state)) {
        throw incorrect_state(fmt::format("Volume '{}'", volume.id.text()), volume.state);
    }
    const auto latest = select_volume_modification(session.db(), volume.id);
    if (latest && latest->state != VolumeModificationState::kCompleted &&
        latest->state != VolumeModificationState::kFailed) {
        throw volume_being_modified(volume.id, in_capitals(std::string(text_of(latest->state))));
    }
    const auto starts = select_modification_starts(session.db(), volume.id,
                                                   session.now_ms() - kModificationWindowMs);
    if (starts.size() >= kMostModifications) {
        const auto first = starts[starts.size() - kMostModifications];
        throw volume_modified_too_often(
            wire::format_timestamp(Timestamp{first + kModificationWindowMs}));
    }
}

VolumeModification to_answer(const VolumeModificationRow& row, TimeMs now_ms)
{
    VolumeModification answer;
    answer.volume_id = row.volume_id.text();
    answer.modification_state = text_of(row.state);
    answer.original_size = row.original_size_gib;
    answer.original_volume_type = row.original_volume_type;
    answer.original_iops = row.original_iops;
    answer.original_throughput = row.original_throughput;
    answer.original_multi_attach_enabled = row.original_multi_attach;
    answer.target_size = row.target_size_gib;
    answer.target_volume_type = row.target_volume_type;
    answer.target_iops = row.target_iops;
    answer.target_throughput = row.target_throughput;
    answer.target_multi_attach_enabled = row.target_multi_attach;
    answer.progress = modification_progress_percent(row, now_ms);
    answer.start_time = Timestamp{row.start_time_ms};
    if (row.end_time_ms) {
        answer.end_time = Timestamp{*row.end_time_ms};
    }
    return answer;
}

/// A volume that is open grows when the rows that say so are committed; others are opened with the
/// size that those say.
void grow_bytes(Session& session, const VolumeRow& row, std::int64_t target_gib)
{
    session.after_commit([layer = row.layer_id, target_gib](Generation& generation) {
        if (const auto volume = generation.stores().blocks().find_volume(layer)) {
            volume->grow(static_cast<std::uint64_t>(target_gib) * kGiB);
        }
    });
}

void require_modified(Session& session, const ListQuery& wanted)
{
    const auto others = missing_ids<kVolumeModificationList>(session.db(), wanted);
    if (others.empty()) {
        return;
    }
    const auto id = VolumeId::trusted(others.front());
    require_volume(session, id);
    throw modification_not_found(id);
}

std::vector<VolumeModification> to_answers(Session& session,
                                           std::vector<VolumeModificationRow>&& rows)
{
    std::vector<VolumeModification> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row, session.now_ms()));
        answers.back().operator_value = OperatorResponse{.managed = false};
    }
    return answers;
}

// Source: pages of "up to a limit of 500" (documented).
constexpr DescribeSpec kDescribe{
    .schema = kDescribeVolumesModifications,
    .ids = {.member = &DescribeVolumesModificationsRequest::volume_ids,
            .check = &check_ids<VolumeId, kVolumesParameter>,
            .not_with_page = "volumeModificationSet",
            .require = &require_modified},
    .page = {.largest = 500},
    .select = &select_page<kVolumeModificationList>,
    .key = &key_by<&VolumeModificationRow::volume_id>,
    .answers = &to_answers,
    .into = &DescribeVolumesModificationsResponse::volumes_modifications};

}  // namespace

// Source: EC2 API Reference, ModifyVolume (documented); "Must specify at least one of" is observed.
ModifyVolumeResponse modify_volume(Session& session, const ModifyVolumeRequest& request)
{
    const auto id = parse_id<VolumeId>(request.volume_id);
    if (!request.size && !request.volume_type && !request.iops && !request.throughput &&
        !request.multi_attach_enabled) {
        throw nothing_to_modify();
    }
    stop_if_dry_run(request);

    const auto volume = require_volume(session, id);
    const auto target = target_of(request, volume);
    check_change(session, request, volume, target);
    check_moment(session, volume);
    const VolumeModificationRow row{.volume_id = id,
                                    .region = volume.region,
                                    .owner = volume.owner,
                                    .state = VolumeModificationState::kModifying,
                                    .original_size_gib = volume.size_gib,
                                    .original_volume_type = volume.volume_type,
                                    .original_iops = volume.iops,
                                    .original_throughput = volume.throughput,
                                    .original_multi_attach = volume.multi_attach,
                                    .target_size_gib = target.spec.size_gib,
                                    .target_volume_type = target.spec.volume_type,
                                    .target_iops = target.spec.iops,
                                    .target_throughput = target.spec.throughput,
                                    .target_multi_attach = target.multi_attach,
                                    .start_time_ms = session.now_ms()};
    insert_volume_modification(session.db(), row, session.now_ms() - kModificationWindowMs);
    session.schedule(kVolumeModifying, kVolumeOptimizes, id.text());
    return {.volume_modification = to_answer(row, session.now_ms())};
}

// Source: EC2 API Reference, DescribeVolumesModifications: the most recent of each volume
// (documented); a volume that was never modified fails a call that names it (observed).
DescribeVolumesModificationsResponse describe_volumes_modifications(
    Session& session, const DescribeVolumesModificationsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: a new size takes effect when the volume is optimizing (documented); type and performance
// take effect at the same time (assumed).
void volume_optimizing(Session& session, const VolumeId& id)
{
    auto modification = select_volume_modification(session.db(), id);
    if (!modification || modification->state != VolumeModificationState::kModifying) {
        return;
    }
    auto volume = select_volume(session.db(), modification->owner, modification->region, id);
    if (!volume) {
        return;
    }
    if (modification->target_size_gib > volume->size_gib) {
        grow_bytes(session, *volume, modification->target_size_gib);
    }
    volume->size_gib = modification->target_size_gib;
    volume->volume_type = modification->target_volume_type;
    volume->iops = modification->target_iops;
    volume->throughput = modification->target_throughput;
    volume->multi_attach = modification->target_multi_attach;
    set_volume_performance(session.db(), *volume);
    modification->state = VolumeModificationState::kOptimizing;
    modification->optimizing_time_ms = session.now_ms();
    modification->due_time_ms = session.due_ms(kVolumeOptimizing);
    update_volume_modification(session.db(), *modification);
    session.schedule_at(*modification->due_time_ms, kVolumeModified, id.text());
}

void volume_modified(Session& session, const VolumeId& id)
{
    auto modification = select_volume_modification(session.db(), id);
    if (modification && modification->state == VolumeModificationState::kOptimizing) {
        modification->state = VolumeModificationState::kCompleted;
        modification->end_time_ms = session.now_ms();
        update_volume_modification(session.db(), *modification);
    }
}

namespace {

constexpr Operation kOperations[] = {
    write<modify_volume>(kModifyVolume),
    read<describe_volumes_modifications>(kDescribeVolumesModifications),
};

constexpr DueRow kDue[] = {
    when<volume_optimizing>(kVolumeOptimizes),
    when<volume_modified>(kVolumeModified),
};

constexpr Delay kDelays[] = {kVolumeModifying, kVolumeOptimizing};

}  // namespace

constinit const Family kVolumeModifications{
    .operations = kOperations, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
