#include "server/services/ec2/volumes/volumes.h"

#include <algorithm>
#include <array>

#include "server/calls/idempotency.h"
#include "server/calls/layers.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/bin.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/common/zones.h"
#include "server/services/ec2/volumes/errors.h"
#include "server/services/ec2/volumes/new_volumes.h"
#include "server/services/ec2/volumes/volume_answers.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/volumes/volumes.h"
#include "storage/metadata/instances/root_volume_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

// CreateVolume

/// Source: exactly one of the two (documented); the refusal of neither is observed, of both
/// assumed.
void check_zone_parameters(const CreateVolumeRequest& request)
{
    const bool by_name = is_given(request.availability_zone);
    const bool by_id = is_given(request.availability_zone_id);
    if (!by_name && !by_id) {
        throw missing_parameter("zone");
    }
    if (by_name && by_id) {
        throw parameters_not_together("availabilityZone", "availabilityZoneId");
    }
}

/// Source: 100 to 300 MiB/s, of a snapshot (documented); the texts are observed.
void check_initialization_rate(const CreateVolumeRequest& request)
{
    if (request.volume_initialization_rate && !is_given(request.snapshot_id)) {
        throw initialization_rate_without_snapshot();
    }
    require_initialization_rate(request.volume_initialization_rate);
}

std::string require_zone(Session& session, const CreateVolumeRequest& request)
{
    const bool by_name = is_given(request.availability_zone);
    const auto& wanted = by_name ? *request.availability_zone : *request.availability_zone_id;
    const auto zones =
        by_name ? named_zones(session, {wanted}, {}) : named_zones(session, {}, {wanted});
    if (zones.empty()) {
        throw zone_not_found(wanted);
    }
    return zones.front().name;
}

std::int64_t size_on_snapshot(const CreateVolumeRequest& request, const SnapshotRow& snapshot)
{
    const auto size_gib = request.size.value_or(snapshot.volume_size_gib);
    if (size_gib < snapshot.volume_size_gib) {
        throw volume_smaller_than_snapshot(size_gib, snapshot.id, snapshot.volume_size_gib);
    }
    return size_gib;
}

VolumeId make_volume(Session& session, const CreateVolumeRequest& request, std::vector<TagRow> tags)
{
    auto zone = require_zone(session, request);
    const bool multi_attach = request.multi_attach_enabled.value_or(false);
    if (multi_attach) {
        require_multi_attach_zone(session, *request.volume_type, zone);
    }
    std::optional<SnapshotRow> snapshot;
    std::vector<std::string> product_codes_of;
    if (is_given(request.snapshot_id)) {
        snapshot = require_usable_snapshot(session, *request.snapshot_id);
        product_codes_of.push_back(snapshot->id.text());
    }
    auto spec =
        wished_spec(request, snapshot ? size_on_snapshot(request, *snapshot) : *request.size);
    const auto rate = request.volume_initialization_rate;
    const bool fast_restored = is_restored_fast(session, snapshot, zone, rate);
    return new_volume(
        session, {.zone = std::move(zone),
                  .spec = std::move(spec),
                  .snapshot = snapshot ? &*snapshot : nullptr,
                  .encryption = parse_encryption(session, request.encrypted, request.kms_key_id),
                  .multi_attach = multi_attach,
                  .initialization_rate = rate,
                  .fast_restored = fast_restored,
                  .product_codes_of = std::move(product_codes_of),
                  .tags = std::move(tags)});
}

/// Source: CreateVolume does not tell of fast restores (documented).
Volume created_answer(Session& session, const VolumeId& id)
{
    auto answer = to_volume(session, require_volume(session, id));
    answer.fast_restored.reset();
    return answer;
}

/// Puts a volume that is being deleted, and not attached any more, into the bin; false, and nothing
/// happens, when no rule keeps it.
bool recycle_volume(Session& session, const VolumeRow& row)
{
    const auto state =
        row.state == VolumeState::kError ? VolumeState::kError : VolumeState::kAvailable;
    if (!put_into_bin(session, kVolumeBin,
                      {row.id.text(), row.owner, row.region, text_of(state)})) {
        return false;
    }
    set_volume_state(session.db(), row.id, VolumeState::kDeleted);
    end_exports(session, row.id.text());
    return true;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeVolumes,
    .ids = {.member = &DescribeVolumesRequest::volume_ids,
            .check = &check_ids<VolumeId, kVolumesParameter>,
            .not_with_page = "volumeSet",
            .require = &require_listed<kVolumeList, VolumeId, not_found>},
    .select = &select_page<kVolumeList>,
    .answers = &to_descriptions,
    .into = &DescribeVolumesResponse::volumes};

}  // namespace

// Source: EC2 API Reference, CreateVolume (documented); missing parameters and zones are refused as
// observed.
CreateVolumeResponse create_volume(Session& session, const CreateVolumeRequest& request)
{
    check_zone_parameters(request);
    if (!request.size && !is_given(request.snapshot_id)) {
        throw missing_parameter("size/snapshot");
    }
    if (is_given(request.snapshot_id)) {
        parse_id<SnapshotId>(*request.snapshot_id);
    }
    check_initialization_rate(request);
    if (request.size) {
        wished_spec(request, *request.size);
    }
    parse_encryption(session, request.encrypted, request.kms_key_id);
    if (request.multi_attach_enabled.value_or(false)) {
        require_multi_attach_type(request.volume_type.value_or(std::string(kDefaultVolumeType)));
    }
    auto tags = parse_tags<VolumeId>(request.tag_specifications);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = CreateVolumeRequest::kOperation;
    if (const auto made = made_before(session, kOperation, request.client_token)) {
        return created_answer(session, VolumeId::trusted(*made));
    }
    const auto id = make_volume(session, request, std::move(tags));
    remember_token(session, kOperation, request.client_token, id.text());
    return created_answer(session, id);
}

// Source: EC2 API Reference, DescribeVolumes (documented); one unknown id fails the whole call
// (observed). IncludeManagedResources adds nothing: no service manages volumes here.
DescribeVolumesResponse describe_volumes(Session& session, const DescribeVolumesRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteVolume (documented): available ones only; VolumeInUse is
// observed, IncorrectState for the other states, and for one that is about to be a root volume,
// assumed.
DeleteVolumeResponse delete_volume(Session& session, const DeleteVolumeRequest& request)
{
    const auto id = parse_id<VolumeId>(request.volume_id);
    stop_if_dry_run(request);

    const auto volume = require_volume(session, id);
    const auto attachments = select_attachments_on(session.db(), id);
    if (!attachments.empty()) {
        throw volume_in_use(id, attachments.front().instance_id);
    }
    const bool is_free =
        volume.state == VolumeState::kAvailable || volume.state == VolumeState::kError;
    if (!is_free || is_replacement_of_running_task(session.db(), id)) {
        throw volume_not_available(id);
    }
    if (recycle_volume(session, volume)) {
        return {};
    }
    set_volume_state(session.db(), id, VolumeState::kDeleting);
    session.schedule(kVolumeDeleting, kVolumeGone, id.text());
    return {};
}

void volume_available(Session& session, const VolumeId& id)
{
    change_volume_state(session.db(), id, VolumeState::kCreating, VolumeState::kAvailable);
}

void volume_gone(Session& session, const VolumeId& id)
{
    remove_volume(session, id, VolumeState::kDeleting);
}

void remove_volume(Session& session, const VolumeId& id, VolumeState state)
{
    if (const auto layer = take_volume_in_state(session.db(), id, state)) {
        delete_all_tags(session.db(), id.text());
        end_exports(session, id.text());
        drop_layer(session, *layer);
    }
}

void discard_volume(Session& session, const VolumeId& id, VolumeState state)
{
    const auto row = select_any_volume(session.db(), id);
    if (row && row->state == state && !recycle_volume(session, *row)) {
        remove_volume(session, id, state);
    }
}

void require_initialization_rate(const std::optional<std::int64_t>& rate)
{
    constexpr std::int64_t kLeast = 100;
    constexpr std::int64_t kMost = 300;
    if (rate && (*rate < kLeast || *rate > kMost)) {
        throw initialization_rate_out_of_range();
    }
}

void require_multi_attach_type(std::string_view volume_type)
{
    if (volume_type != VolumeType::kIo1 && volume_type != VolumeType::kIo2) {
        throw multi_attach_not_supported(volume_type);
    }
}

void require_multi_attach_zone(Session& session, std::string_view volume_type,
                               std::string_view zone)
{
    constexpr std::array<std::string_view, 3> kIo1Regions = {"us-east-1", "us-west-2",
                                                             "ap-northeast-2"};
    if (volume_type == VolumeType::kIo1 &&
        std::find(kIo1Regions.begin(), kIo1Regions.end(), session.region()) == kIo1Regions.end()) {
        throw multi_attach_not_in_zone(zone);
    }
}

namespace {

constexpr Operation kOperations[] = {
    write<create_volume>(kCreateVolume),
    read<describe_volumes>(kDescribeVolumes),
    write<delete_volume>(kDeleteVolume, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<VolumeId, not_found>(kTaggableByOwner<kVolumeColumns>),
};

constexpr DueRow kDue[] = {
    when<volume_available>(kVolumeAvailable),
    when<volume_gone>(kVolumeGone),
};

constexpr Delay kDelays[] = {kVolumeCreating, kVolumeDeleting};

}  // namespace

constinit const Family kVolumes{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
