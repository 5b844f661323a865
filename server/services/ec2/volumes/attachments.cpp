#include "server/services/ec2/volumes/attachments.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/volumes/attachments.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/attachment_limits.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/device_names.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/volumes/errors.h"
#include "server/services/ec2/volumes/volume_answers.h"
#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/instances/root_volume_rows.h"
#include "storage/metadata/network/network_interface_rows.h"

namespace amilab::ec2 {

namespace {

// Source: EBS User Guide, "Multi-Attach": up to 16 Nitro instances (documented).
constexpr std::int64_t kMostInstancesOfVolume = 16;

AttachmentHost require_host(Session& session, const InstanceId& id)
{
    auto host = select_attachment_host(session.db(), session.account(), session.region(), id);
    if (!host) {
        throw not_found(id);
    }
    return std::move(*host);
}

/// Source: Nitro instances only, no boot volume, one device of an instance, 16 instances
/// (documented); codes and texts are assumed.
void check_multi_attachable(const VolumeRow& volume, const InstanceId& instance,
                            const AttachmentHost& host, const std::string& device,
                            const std::vector<AttachmentRow>& attachments)
{
    if (host.hypervisor != TypeHypervisor::kNitro && !host.bare_metal) {
        throw multi_attach_needs_nitro(instance, host.instance_type);
    }
    if (host.root_device_name == device) {
        throw multi_attach_is_no_root(volume.id);
    }
    const bool is_there = std::any_of(
        attachments.begin(), attachments.end(),
        [&](const AttachmentRow& attachment) { return attachment.instance_id == instance; });
    if (is_there) {
        throw volume_already_attached(volume.id);
    }
    if (static_cast<std::int64_t>(attachments.size()) >= kMostInstancesOfVolume) {
        throw multi_attach_limit_exceeded(volume.id, kMostInstancesOfVolume);
    }
}

/// Source: a running or stopped instance in the volume's zone (documented); the codes and texts are
/// observed.
void check_attachable(Session& session, const VolumeRow& volume, const InstanceId& instance,
                      const AttachmentHost& host, const std::string& device)
{
    const bool is_shared = volume.multi_attach && volume.state == VolumeState::kInUse;
    if (volume.state == VolumeState::kInUse && !is_shared) {
        throw volume_already_attached(volume.id);
    }
    if ((volume.state != VolumeState::kAvailable && !is_shared) ||
        is_replacement_of_running_task(session.db(), volume.id)) {
        throw volume_not_available(volume.id);
    }
    if (host.state != InstanceStateName::kRunning && host.state != InstanceStateName::kStopped) {
        throw instance_not_running(instance);
    }
    if (volume.zone != host.zone) {
        throw zone_mismatch(volume.id, instance);
    }
    if (volume.multi_attach) {
        check_multi_attachable(volume, instance, host, device,
                               select_attachments_on(session.db(), volume.id));
    }
    if (const auto type = select_launch_type(session.db(), host.instance_type)) {
        require_attachments_fit(*type, host.attachments + 1,
                                count_interfaces_of(session.db(), instance));
    }
}

/// The volume's attachment that the request means.
AttachmentRow require_attachment(Session& session, const VolumeRow& volume,
                                 const std::optional<InstanceId>& instance,
                                 const std::optional<std::string>& device)
{
    auto attachments = select_attachments_on(session.db(), volume.id);
    const auto wanted =
        std::find_if(attachments.begin(), attachments.end(), [&](const AttachmentRow& attachment) {
            return !instance || attachment.instance_id == *instance;
        });
    if (instance && wanted == attachments.end()) {
        require_host(session, *instance);
    }
    if (attachments.empty()) {
        throw volume_not_attached(volume.id, text_of(volume.state));
    }
    if (wanted == attachments.end()) {
        throw attachment_not_found(volume.id, *instance);
    }
    if (!instance && attachments.size() > 1) {
        throw multi_attach_needs_instance(volume.id);
    }
    if (is_given(device) && *device != wanted->device) {
        throw attachment_not_found(volume.id, wanted->instance_id, *device);
    }
    return std::move(*wanted);
}

/// Source: a root volume only from a stopped instance, forced or not (documented).
void check_detachable(Session& session, const AttachmentRow& attachment, bool force)
{
    const auto host = require_host(session, attachment.instance_id);
    if (host.root_device_name == attachment.device && host.state != InstanceStateName::kStopped) {
        throw root_volume_not_detachable(attachment.volume_id, attachment.instance_id);
    }
    if (attachment.state == AttachmentState::kDetaching && !force) {
        throw volume_not_attached(attachment.volume_id, text_of(attachment.state));
    }
}

constexpr char kKeySeparator = '/';

/// The attachment of a key. Earlier versions kept the volume's id alone.
std::optional<AttachmentRow> find_attachment(Session& session, std::string_view key)
{
    const auto separator = key.find(kKeySeparator);
    const auto volume = VolumeId::trusted(std::string(key.substr(0, separator)));
    if (separator != std::string_view::npos) {
        return select_attachment(session.db(), volume,
                                 InstanceId::trusted(std::string(key.substr(separator + 1))));
    }
    auto attachments = select_attachments_on(session.db(), volume);
    return attachments.empty() ? std::nullopt : std::optional(std::move(attachments.front()));
}

}  // namespace

std::string attachment_key(const VolumeId& volume, const InstanceId& instance)
{
    return fmt::format("{}{}{}", volume.text(), kKeySeparator, instance.text());
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
    const auto host = require_host(session, instance_id);
    if (request.device != host.root_device_name &&
        !is_device_name_for(request.device, host.virtualization_type)) {
        throw invalid_device_name(request.device);
    }
    check_attachable(session, volume, instance_id, host, request.device);
    require_product_attachable(session, volume_id, instance_id, host.state);
    const AttachmentRow row{.volume_id = volume_id,
                            .instance_id = instance_id,
                            .device = request.device,
                            .state = AttachmentState::kAttaching,
                            .attach_time_ms = session.now_ms()};
    if (!insert_attachment(session.db(), row)) {
        throw device_in_use(request.device);
    }
    copy_product_codes(session.db(), volume_id.text(), instance_id.text());
    set_volume_state(session.db(), volume_id, VolumeState::kInUse);
    session.schedule(kAttachmentAttaching, kAttachmentAttached,
                     attachment_key(volume_id, instance_id));
    return to_volume_attachment(row);
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
    attachment.state = AttachmentState::kDetaching;
    set_attachment_state(session.db(), volume_id, attachment.instance_id, attachment.state);
    const auto key = attachment_key(volume_id, attachment.instance_id);
    session.cancel_transitions(key);
    session.schedule_at(force ? session.now_ms() : session.due_ms(kAttachmentDetaching),
                        kAttachmentGone, key);
    return to_volume_attachment(attachment);
}

void attachment_attached(Session& session, const std::string& key)
{
    const auto attachment = find_attachment(session, key);
    if (attachment && attachment->state == AttachmentState::kAttaching) {
        set_attachment_state(session.db(), attachment->volume_id, attachment->instance_id,
                             AttachmentState::kAttached);
    }
}

void attachment_gone(Session& session, const std::string& key)
{
    const auto attachment = find_attachment(session, key);
    if (!attachment || attachment->state != AttachmentState::kDetaching) {
        return;
    }
    drop_product_codes_of_volume(session.db(), attachment->instance_id.text(),
                                 attachment->volume_id.text());
    delete_attachment(session.db(), attachment->volume_id, attachment->instance_id);
    if (select_attachments_on(session.db(), attachment->volume_id).empty()) {
        change_volume_state(session.db(), attachment->volume_id, VolumeState::kInUse,
                            VolumeState::kAvailable);
    }
}

namespace {

constexpr Operation kOperations[] = {
    write<attach_volume>(kAttachVolume),
    write<detach_volume>(kDetachVolume, {.frees_space = true}),
};

constexpr DueRow kDue[] = {
    when<attachment_attached>(kAttachmentAttached),
    when<attachment_gone>(kAttachmentGone),
};

constexpr Delay kDelays[] = {kAttachmentAttaching, kAttachmentDetaching};

}  // namespace

constinit const Family kAttachments{.operations = kOperations, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
