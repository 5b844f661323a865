#include "server/ec2/volumes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/ec2/describe.h"
#include "server/ec2/device_names.h"
#include "server/ec2/encryption.h"
#include "server/ec2/errors.h"
#include "server/ec2/fast_restores.h"
#include "server/ec2/idempotency.h"
#include "server/ec2/image_mappings.h"
#include "server/ec2/layers.h"
#include "server/ec2/resource_tags.h"
#include "server/ec2/volume_types.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/region_rows.h"
#include "storage/metadata/volume_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::array<std::string_view, 1> kTaggedByCreate = {"volume"};

VolumeRow require_volume(Session& session, const VolumeId& id)
{
    auto volume = select_volume(session.db(), session.account(), session.region(), id);
    if (!volume) {
        throw not_found(id);
    }
    return *volume;
}

AttachmentHost require_host(Session& session, const InstanceId& id)
{
    auto host = select_attachment_host(session.db(), session.account(), session.region(), id);
    if (!host) {
        throw not_found(id);
    }
    return *host;
}

// Answers

VolumeAttachment to_answer(const AttachmentRow& row)
{
    VolumeAttachment attachment;
    attachment.attach_time = Timestamp{row.attach_time_ms};
    attachment.delete_on_termination = row.delete_on_termination;
    attachment.device = row.device;
    attachment.instance_id = row.instance_id.text();
    attachment.state = row.state;
    attachment.volume_id = row.volume_id.text();
    return attachment;
}

/// What CreateVolume and DescribeVolumes both tell. Source: fields documented; an empty snapshot id
/// where there is none (observed).
Volume to_answer(Session& session, const VolumeRow& row)
{
    Volume volume;
    volume.availability_zone = row.zone;
    if (auto zone = select_zone(session.db(), row.region, row.zone)) {
        volume.availability_zone_id = std::move(zone->zone_id);
    }
    volume.create_time = Timestamp{row.create_time_ms};
    volume.encrypted = row.encrypted;
    // Source: told only of volumes that are (observed).
    if (row.fast_restored) {
        volume.fast_restored = true;
    }
    volume.kms_key_id = row.kms_key_id;
    volume.iops = row.iops;
    volume.multi_attach_enabled = row.multi_attach;
    volume.operator_value = OperatorResponse{.managed = false};
    volume.owner_id = row.owner;
    volume.size = row.size_gib;
    volume.snapshot_id = row.snapshot_id.value_or("");
    volume.state = row.state;
    volume.tags = tags_of(session, row.id.text());
    volume.throughput = row.throughput;
    volume.volume_arn =
        fmt::format("arn:aws:ec2:{}:{}:volume/{}", row.region, row.owner, row.id.text());
    volume.volume_id = row.id.text();
    volume.volume_type = row.volume_type;
    return volume;
}

Volume to_description(Session& session, const VolumeRow& row)
{
    auto volume = to_answer(session, row);
    if (const auto attachment = select_attachment(session.db(), row.id)) {
        volume.attachments.push_back(to_answer(*attachment));
    }
    return volume;
}

// CreateVolume

bool is_given(const std::optional<std::string>& text)
{
    return text && !text->empty();
}

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

std::string require_zone(Session& session, const CreateVolumeRequest& request)
{
    const bool by_name = is_given(request.availability_zone);
    const auto& wanted = by_name ? *request.availability_zone : *request.availability_zone_id;
    ZoneQuery query{.region = session.region(),
                    .names = {},
                    .zone_ids = {},
                    .include_not_opted_in = true,
                    .filters = {}};
    (by_name ? query.names : query.zone_ids).push_back(wanted);
    const auto zones = select_zones(session.db(), query);
    if (zones.empty()) {
        throw zone_not_found(wanted);
    }
    return zones.front().name;
}

/// The size and performance, as far as the request and the snapshot say.
VolumeSpec make_spec(const CreateVolumeRequest& request, std::int64_t size_gib)
{
    return complete_volume_spec({.volume_type = request.volume_type.value_or(kDefaultVolumeType),
                                 .size_gib = size_gib,
                                 .iops = request.iops,
                                 .throughput = request.throughput});
}

std::int64_t size_on_snapshot(const CreateVolumeRequest& request, const SnapshotRow& snapshot)
{
    const auto size_gib = request.size.value_or(snapshot.volume_size_gib);
    if (size_gib < snapshot.volume_size_gib) {
        throw volume_smaller_than_snapshot(size_gib, snapshot.id, snapshot.volume_size_gib);
    }
    return size_gib;
}

VolumeRow make_row(Session& session, const CreateVolumeRequest& request)
{
    auto zone = require_zone(session, request);
    std::optional<SnapshotRow> snapshot;
    if (is_given(request.snapshot_id)) {
        snapshot = require_usable_snapshot(session, *request.snapshot_id);
    }
    auto spec = make_spec(request, snapshot ? size_on_snapshot(request, *snapshot) : *request.size);
    const auto id = session.next_id<VolumeId>();
    auto encryption =
        encrypt_volume(session, parse_encryption(session, request.encrypted, request.kms_key_id),
                       snapshot ? &*snapshot : nullptr, id.text());
    const bool fast_restored = snapshot && is_restored_fast(session, snapshot->id, zone);
    return {.id = id,
            .region = session.region(),
            .owner = session.account(),
            .zone = std::move(zone),
            .layer_id = make_volume_layer(session, snapshot ? snapshot->layer_id : std::nullopt),
            .size_gib = spec.size_gib,
            .snapshot_id = snapshot ? std::optional(snapshot->id.text()) : std::nullopt,
            .volume_type = std::move(spec.volume_type),
            .iops = spec.iops,
            .throughput = spec.throughput,
            .encrypted = encryption.encrypted,
            .multi_attach = false,
            .state = "creating",
            .create_time_ms = session.now_ms(),
            .kms_key_id = std::move(encryption.kms_key_id),
            .data_key_id = std::move(encryption.data_key_id),
            .fast_restored = fast_restored};
}

// AttachVolume and DetachVolume

/// Source: a running or stopped instance in the volume's zone (documented); the codes and texts are
/// observed.
void check_attachable(const VolumeRow& volume, const InstanceId& instance,
                      const AttachmentHost& host)
{
    if (volume.state == "in-use") {
        throw volume_already_attached(volume.id);
    }
    if (volume.state != "available") {
        throw volume_not_available(volume.id);
    }
    if (host.state != "running" && host.state != "stopped") {
        throw instance_not_running(instance);
    }
    if (volume.zone != host.zone) {
        throw zone_mismatch(volume.id, instance);
    }
    if (host.maximum_attachments && host.attachments >= *host.maximum_attachments) {
        throw attachment_limit_exceeded(host.instance_type, *host.maximum_attachments);
    }
}

/// The volume's attachment, if it is the one that the request means.
AttachmentRow require_attachment(Session& session, const VolumeRow& volume,
                                 const std::optional<InstanceId>& instance,
                                 const std::optional<std::string>& device)
{
    auto attachment = select_attachment(session.db(), volume.id);
    if (instance && (!attachment || attachment->instance_id != *instance)) {
        require_host(session, *instance);
    }
    if (!attachment) {
        throw volume_not_attached(volume.id, volume.state);
    }
    if (instance && attachment->instance_id != *instance) {
        throw attachment_not_found(volume.id, *instance);
    }
    if (is_given(device) && *device != attachment->device) {
        throw attachment_not_found(volume.id, attachment->instance_id, *device);
    }
    return *attachment;
}

/// Source: a root volume only from a stopped instance, forced or not (documented).
void check_detachable(Session& session, const AttachmentRow& attachment, bool force)
{
    const auto host = require_host(session, attachment.instance_id);
    if (host.root_device_name == attachment.device && host.state != "stopped") {
        throw root_volume_not_detachable(attachment.volume_id, attachment.instance_id);
    }
    if (attachment.state == "detaching" && !force) {
        throw volume_not_attached(attachment.volume_id, attachment.state);
    }
}

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
    if (request.size) {
        make_spec(request, *request.size);
    }
    parse_encryption(session, request.encrypted, request.kms_key_id);
    const auto tags = parse_tags(request.tag_specifications, "volume", kTaggedByCreate);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = CreateVolumeRequest::kOperation;
    if (const auto made = made_before(session, kOperation, request.client_token)) {
        return to_answer(session, require_volume(session, VolumeId::trusted(*made)));
    }
    const auto row = make_row(session, request);
    insert_volume(session.db(), row);
    store_tags(session, {row.id.text(), "volume"}, tags);
    remember_token(session, kOperation, request.client_token, row.id.text());
    session.schedule(Delay::kVolumeCreating, Action::kVolumeAvailable, row.id.text());
    return to_answer(session, row);
}

// Source: EC2 API Reference, DescribeVolumes (documented); one unknown id fails the whole call
// (observed). IncludeManagedResources adds nothing: no service manages volumes here.
DescribeVolumesResponse describe_volumes(Session& session, const DescribeVolumesRequest& request)
{
    const auto filters = parse_filters(kDescribeVolumes, request.filters);
    const auto ids = parse_ids<VolumeId>(request.volume_ids);
    refuse_page_with_ids(!ids.empty(), request.max_results, "volumeSet");
    const auto page = parse_page(request.max_results, request.next_token);
    stop_if_dry_run(request);

    for (const auto& id : ids) {
        require_volume(session, id);
    }
    auto rows = select_volumes(session.db(), {.owner = session.account(),
                                              .region = session.region(),
                                              .ids = ids,
                                              .filters = filters,
                                              .after = page.after,
                                              .limit = page.sql_limit()});
    DescribeVolumesResponse response;
    response.next_token = cut_page(page, rows, [](const VolumeRow& row) { return row.id.text(); });
    for (const auto& row : rows) {
        response.volumes.push_back(to_description(session, row));
    }
    return response;
}

// Source: EC2 API Reference, DeleteVolume (documented): available ones only; VolumeInUse is
// observed, IncorrectState for the other states assumed.
DeleteVolumeResponse delete_volume(Session& session, const DeleteVolumeRequest& request)
{
    const auto id = parse_id<VolumeId>(request.volume_id);
    stop_if_dry_run(request);

    const auto volume = require_volume(session, id);
    if (const auto attachment = select_attachment(session.db(), id)) {
        throw volume_in_use(id, attachment->instance_id);
    }
    if (volume.state != "available" && volume.state != "error") {
        throw volume_not_available(id);
    }
    set_volume_state(session.db(), id, "deleting");
    session.schedule(Delay::kVolumeDeleting, Action::kVolumeGone, id.text());
    return {};
}

// Source: EC2 API Reference, AttachVolume (documented); refusals observed; not deleted with the
// instance (documented).
AttachVolumeResponse attach_volume(Session& session, const AttachVolumeRequest& request)
{
    const auto volume_id = parse_id<VolumeId>(request.volume_id);
    const auto instance_id = parse_id<InstanceId>(request.instance_id);
    if (!is_device_name(request.device)) {
        throw invalid_device_name(request.device);
    }
    stop_if_dry_run(request);

    const auto volume = require_volume(session, volume_id);
    check_attachable(volume, instance_id, require_host(session, instance_id));
    const AttachmentRow row{.volume_id = volume_id,
                            .instance_id = instance_id,
                            .device = request.device,
                            .state = "attaching",
                            .attach_time_ms = session.now_ms(),
                            .delete_on_termination = false};
    if (!insert_attachment(session.db(), row)) {
        throw device_in_use(request.device);
    }
    set_volume_state(session.db(), volume_id, "in-use");
    session.schedule(Delay::kAttachmentAttaching, Action::kAttachmentAttached, volume_id.text());
    return to_answer(row);
}

// Source: EC2 API Reference, DetachVolume (documented). A forced one takes no time (assumed).
DetachVolumeResponse detach_volume(Session& session, const DetachVolumeRequest& request)
{
    const auto volume_id = parse_id<VolumeId>(request.volume_id);
    std::optional<InstanceId> instance_id;
    if (is_given(request.instance_id)) {
        instance_id = parse_id<InstanceId>(*request.instance_id);
    }
    stop_if_dry_run(request);

    const bool force = request.force.value_or(false);
    const auto volume = require_volume(session, volume_id);
    auto attachment = require_attachment(session, volume, instance_id, request.device);
    check_detachable(session, attachment, force);
    attachment.state = "detaching";
    set_attachment_state(session.db(), volume_id, attachment.state);
    session.cancel_transitions(volume_id.text());
    session.schedule_at(force ? session.now_ms() : session.due_ms(Delay::kAttachmentDetaching),
                        Action::kAttachmentGone, volume_id.text());
    return to_answer(attachment);
}

void volume_available(Session& session, const VolumeId& id)
{
    change_volume_state(session.db(), id, "creating", "available");
}

void volume_gone(Session& session, const VolumeId& id)
{
    if (const auto layer = take_volume_in_state(session.db(), id, "deleting")) {
        delete_all_tags(session.db(), id.text());
        drop_layer(session, *layer);
    }
}

void attachment_attached(Session& session, const VolumeId& id)
{
    const auto attachment = select_attachment(session.db(), id);
    if (attachment && attachment->state == "attaching") {
        set_attachment_state(session.db(), id, "attached");
    }
}

void attachment_gone(Session& session, const VolumeId& id)
{
    const auto attachment = select_attachment(session.db(), id);
    if (attachment && attachment->state == "detaching") {
        delete_attachment(session.db(), id);
        change_volume_state(session.db(), id, "in-use", "available");
    }
}

}  // namespace amilab::ec2
