#include "server/services/ec2/instances/image_captures.h"
#include "server/services/ec2/instances/instance_states.h"
#include "server/wire/ec2/instances/image_captures.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/layers.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/free_image_names.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/image_mappings.h"
#include "server/services/ec2/images/image_names.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/images/new_image.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "storage/metadata/images/image_annotation_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

/// An attached volume that the image will have a snapshot of.
struct Captured {
    AttachmentRow attachment;
    VolumeRow volume;
};

InstanceRow require_source(Session& session, const InstanceId& id)
{
    auto source = select_instance(session.db(), session.account(), session.region(), id);
    if (!source) {
        throw not_found(id);
    }
    if (source->state != InstanceStateName::kRunning &&
        source->state != InstanceStateName::kStopping &&
        source->state != InstanceStateName::kStopped) {
        throw cannot_be_captured(id);
    }
    if (source->root_device_type != RootDeviceType::kEbs) {
        throw unsupported(fmt::format(
            "The instance {} has an instance store root; CreateImage needs an EBS root.",
            id.text()));
    }
    return *source;
}

const ImageMappingRow* find_device(const std::vector<ImageMappingRow>& mappings,
                                   std::string_view device)
{
    const auto found =
        std::find_if(mappings.begin(), mappings.end(),
                     [&](const ImageMappingRow& row) { return row.device_name == device; });
    return found != mappings.end() ? &*found : nullptr;
}

/// Every attached volume but those that the caller leaves out with NoDevice, in the order of their
/// device names.
std::vector<Captured> captured_volumes(Session& session, const InstanceId& instance,
                                       const std::vector<ImageMappingRow>& overrides,
                                       std::string_view root_device)
{
    std::vector<Captured> captured;
    for (auto& attachment : select_attachments_of(session.db(), instance)) {
        if (attachment.state == AttachmentState::kDetaching) {
            continue;
        }
        const auto* changed = find_device(overrides, attachment.device);
        const bool is_left_out =
            changed != nullptr && (changed->no_device || changed->virtual_name);
        if (is_left_out && attachment.device == root_device) {
            throw invalid_block_device_mapping(
                fmt::format("The root device {} cannot be left out of the image.", root_device));
        }
        if (is_left_out) {
            continue;
        }
        auto volume =
            select_volume(session.db(), session.account(), session.region(), attachment.volume_id);
        captured.push_back({std::move(attachment), std::move(*volume)});
    }
    // Source: observed; the root device comes first.
    if (captured.empty() || captured.front().attachment.device != root_device) {
        throw root_is_not_attached(instance, root_device);
    }
    return captured;
}

/// Source: of an attached volume only DeleteOnTermination can be changed (documented); the code and
/// the text, and that what says the same passes, are assumed.
void require_same_storage(const ImageMappingRow& mapping, const ImageMappingRow& changed)
{
    const auto differs = [](const auto& wanted, const auto& there) {
        return wanted && wanted != there;
    };
    if (differs(changed.volume_size_gib, mapping.volume_size_gib) ||
        differs(changed.volume_type, mapping.volume_type) || differs(changed.iops, mapping.iops) ||
        differs(changed.throughput, mapping.throughput)) {
        throw captured_volume_changed(mapping.device_name);
    }
}

/// The image's mapping for a captured volume: what the volume is, changed by what the caller said.
ImageMappingRow capture_mapping(const Captured& captured, const ImageMappingRow* changed)
{
    const auto& volume = captured.volume;
    ImageMappingRow mapping;
    mapping.device_name = captured.attachment.device;
    mapping.volume_size_gib = volume.size_gib;
    mapping.volume_type = volume.volume_type;
    mapping.encrypted = volume.encrypted;
    mapping.delete_on_termination = captured.attachment.delete_on_termination;
    // gp2 and the old types have no IOPS of their own to keep.
    if (has_provisioned_iops(volume.volume_type)) {
        mapping.iops = volume.iops;
        mapping.throughput = volume.throughput;
    }
    if (changed == nullptr) {
        return mapping;
    }
    if (changed->snapshot_id) {
        throw invalid_block_device_mapping(fmt::format(
            "{} is attached: its snapshot is made by this call, SnapshotId cannot be given.",
            mapping.device_name));
    }
    require_same_storage(mapping, *changed);
    // Source: false beside an encrypted volume is ignored, true beside another one fails
    // (documented).
    if (changed->encrypted.value_or(false) && !volume.encrypted) {
        throw invalid_block_device_mapping(fmt::format(
            "The volume at {} is not encrypted; its snapshot cannot be.", mapping.device_name));
    }
    if (changed->delete_on_termination) {
        mapping.delete_on_termination = changed->delete_on_termination;
    }
    return mapping;
}

/// One snapshot of each volume, all at one instant. Returns their ids, in the order of `captured`.
std::vector<SnapshotId> snapshot_volumes(Session& session, const std::vector<Captured>& captured,
                                         const std::string& description,
                                         const std::vector<TagRow>& tags)
{
    std::vector<VolumeRow> volumes;
    volumes.reserve(captured.size());
    for (const auto& one : captured) {
        require_snapshot_room(session, one.volume);
        volumes.push_back(one.volume);
    }
    const auto layers = seal_layers(session, volumes);
    std::vector<SnapshotId> ids;
    for (std::size_t i = 0; i < volumes.size(); ++i) {
        ids.push_back(snapshot_volume(session, volumes[i], layers[i], description, tags).id);
    }
    return ids;
}

ImageRow make_row(Session& session, const CreateImageRequest& request, const ImageId& id,
                  InstanceRow source)
{
    // Source: observed.
    const bool is_free = is_free_tier_image(session.db(), ImageId::trusted(source.image_id));
    return {.id = id,
            .name = request.name,
            .description = request.description,
            .architecture = std::move(source.architecture),
            .image_type = std::string(text_of(ImageType::kMachine)),
            .root_device_name = std::move(source.root_device_name),
            .root_device_type = std::move(source.root_device_type),
            .virtualization_type = std::move(source.virtualization_type),
            .hypervisor = std::move(source.hypervisor),
            .boot_mode = request.boot_mode_override ? request.boot_mode_override : source.boot_mode,
            .imds_support = std::move(source.imds_support),
            .tpm_support = std::move(source.tpm_support),
            .ena_support = source.ena_support,
            .sriov_net_support = std::move(source.sriov_net_support),
            .platform = std::move(source.platform),
            .platform_details = std::move(source.platform_details),
            .usage_operation = std::move(source.usage_operation),
            .kernel_id = std::move(source.kernel_id),
            .ramdisk_id = std::move(source.ramdisk_id),
            .source_instance_id = request.instance_id,
            // Source: EC2 API Reference, Image: the image that the instance was launched from
            // (documented).
            .source_image_id = std::move(source.image_id),
            .source_image_region = session.region(),
            .free_tier_eligible = is_free};
}

/// Devices that the caller adds to those that are attached, completed as for RegisterImage.
void append_added(Session& session, const std::vector<ImageMappingRow>& overrides,
                  std::vector<ImageMappingRow>& mappings)
{
    for (auto added : overrides) {
        if (added.no_device || find_device(mappings, added.device_name) != nullptr) {
            continue;
        }
        complete_mapping(session, added, false);
        mappings.push_back(std::move(added));
    }
}

/// Devices of the instance store that the instance's image maps go on with the new image, unless
/// something else is there or the caller says otherwise. Source: observed.
void append_instance_store(Session& session, const std::string& source_image,
                           const std::vector<ImageMappingRow>& overrides,
                           std::vector<ImageMappingRow>& mappings)
{
    for (auto& row : select_image_mappings(session.db(), ImageId::trusted(source_image))) {
        if (row.virtual_name && find_device(overrides, row.device_name) == nullptr &&
            find_device(mappings, row.device_name) == nullptr) {
            mappings.push_back(std::move(row));
        }
    }
}

}  // namespace

// Source: EC2 API Reference, CreateImage (documented): a snapshot of every attached volume, the
// instance is rebooted unless NoReboot; the image is available when its snapshots are completed.
CreateImageResponse create_image(Session& session, const CreateImageRequest& request)
{
    const auto instance = parse_id<InstanceId>(request.instance_id);
    check_image_name(request.name);
    const auto overrides = parse_mappings(request.block_device_mappings);
    const auto image_tags = parse_tags<ImageId, SnapshotId>(request.tag_specifications);
    const auto snapshot_tags = parse_tags<SnapshotId, ImageId>(request.tag_specifications);
    stop_if_dry_run(request);

    auto source = require_source(session, instance);
    const auto root_device = source.root_device_name.value_or("");
    const auto source_image_id = source.image_id;
    require_free_image_name(session.db(), session.account(), session.region(), request.name);
    const auto captured = captured_volumes(session, instance, overrides, root_device);
    std::vector<ImageMappingRow> mappings;
    for (const auto& one : captured) {
        mappings.push_back(capture_mapping(one, find_device(overrides, one.attachment.device)));
    }
    require_boot_type(root_device, *mappings.front().volume_type);
    append_added(session, overrides, mappings);
    append_instance_store(session, source_image_id, overrides, mappings);

    if (!request.no_reboot.value_or(false) && source.state == InstanceStateName::kRunning) {
        reboot_instance(session, instance);
    }
    const auto id = session.next_id<ImageId>();
    const auto snapshots = snapshot_volumes(
        session, captured,
        fmt::format("Created by CreateImage({}) for {}", instance.text(), id.text()),
        snapshot_tags);
    for (std::size_t i = 0; i < snapshots.size(); ++i) {
        mappings[i].snapshot_id = snapshots[i].text();
    }
    new_image(session, {.row = make_row(session, request, id, std::move(source)),
                        .mappings = std::move(mappings),
                        .tags = image_tags,
                        .product_codes_of = {instance.text()},
                        // Source: watermarks go to images that are made of one (documented).
                        .watermarks_of = source_image_id,
                        .name = ImageName::kFree,
                        .available_ms = std::max(session.due_ms(kImagePending),
                                                 session.due_ms(kSnapshotPending))});
    return {.image_id = id.text()};
}

namespace {

constexpr Operation kOperations[] = {
    write<create_image>(kCreateImage),
};

}  // namespace

constinit const Family kImageCaptures{.operations = kOperations};

}  // namespace amilab::ec2
