#include "server/services/ec2/instances/launch_volumes.h"

#include <algorithm>
#include <set>

#include "server/services/ec2/common/attachment_limits.h"
#include "server/services/ec2/common/device_names.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/images/image_mappings.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/snapshots/snapshot_tiers.h"
#include "server/services/ec2/volumes/errors.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "server/services/ec2/volumes/volumes.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/volumes/volume_type.h"

namespace amilab::ec2 {

namespace {

bool is_ebs(const ImageMappingRow& mapping)
{
    return !mapping.no_device && !mapping.virtual_name;
}

/// A mapping of the launch, and whether its snapshot is the image's: whoever may launch an image
/// may make volumes of its snapshots.
struct Mapping {
    ImageMappingRow row;
    bool is_images_snapshot;
    EncryptionWish encryption = {};
};

EncryptionWish encryption_of(const Session& session, const ImageMappingRow& change)
{
    return parse_encryption(session, change.encrypted, change.kms_key_id);
}

void change_ebs(const Session& session, Mapping& mapping, const ImageMappingRow& change,
                bool is_root)
{
    auto& row = mapping.row;
    if (change.encrypted || change.kms_key_id) {
        mapping.encryption = encryption_of(session, change);
    }
    if (change.snapshot_id && change.snapshot_id != row.snapshot_id) {
        if (is_root) {
            throw root_snapshot_changed();
        }
        row.snapshot_id = change.snapshot_id;
        mapping.is_images_snapshot = false;
        row.volume_size_gib.reset();
    }
    if (change.volume_type && change.volume_type != row.volume_type) {
        // What suits one type does not suit another.
        row.iops.reset();
        row.throughput.reset();
        row.volume_type = change.volume_type;
    }
    if (change.volume_size_gib) {
        row.volume_size_gib = change.volume_size_gib;
    }
    if (change.iops) {
        row.iops = change.iops;
    }
    if (change.throughput) {
        row.throughput = change.throughput;
    }
    if (change.initialization_rate) {
        row.initialization_rate = change.initialization_rate;
    }
    if (change.delete_on_termination) {
        row.delete_on_termination = change.delete_on_termination;
    }
}

void change_mapping(const Session& session, Mapping& mapping, const ImageMappingRow& change,
                    bool is_root)
{
    if (is_root && !is_ebs(change)) {
        throw root_device_removed(change.device_name);
    }
    if (is_ebs(change) && is_ebs(mapping.row)) {
        change_ebs(session, mapping, change, is_root);
        return;
    }
    // Source: observed.
    if (change.snapshot_id && mapping.row.virtual_name) {
        throw snapshot_of_another_device_kind();
    }
    mapping = {change, false, encryption_of(session, change)};
}

/// The image's mappings and the launch's over them. The root volume is at the image's root device,
/// whatever its mapping says (assumed).
std::vector<Mapping> merge(Session& session, const ImageRow& image,
                           const std::vector<ImageMappingRow>& changes)
{
    auto rows = select_image_mappings(session.db(), image.id);
    auto root_name = image.root_device_name.value_or("");
    if (const auto* root = find_root_mapping(rows, image.root_device_name)) {
        root_name = root->device_name;
    }
    std::vector<Mapping> merged;
    for (auto& row : rows) {
        // A snapshot says itself whether it is encrypted; an empty volume's mapping has to.
        EncryptionWish encryption{.encrypted = row.snapshot_id ? std::nullopt : row.encrypted};
        merged.push_back({std::move(row), true, std::move(encryption)});
    }
    for (const auto& change : changes) {
        // The root has two names where its mapping has that of the disk alone.
        const auto& device =
            change.device_name == image.root_device_name ? root_name : change.device_name;
        const auto same = std::find_if(merged.begin(), merged.end(), [&](const Mapping& one) {
            return one.row.device_name == device;
        });
        if (same != merged.end()) {
            change_mapping(session, *same, change, device == root_name);
            continue;
        }
        if (!is_device_name_for(change.device_name, image.virtualization_type)) {
            throw invalid_mapped_device_name(change.device_name);
        }
        merged.push_back({change, false, encryption_of(session, change)});
    }
    std::erase_if(merged, [](const Mapping& one) { return !is_ebs(one.row); });
    for (auto& one : merged) {
        if (one.row.device_name == root_name) {
            one.row.device_name = *image.root_device_name;
        }
    }
    return merged;
}

/// /dev/xvdb and xvdb are one device.
void require_devices_once(const std::vector<Mapping>& mappings)
{
    std::set<std::string_view> devices;
    for (const auto& mapping : mappings) {
        const auto device = without_folder(mapping.row.device_name);
        if (!devices.insert(device).second) {
            throw device_mapped_twice(device);
        }
    }
}

std::optional<SnapshotRow> find_snapshot(Session& session, const Mapping& mapping)
{
    if (!mapping.row.snapshot_id) {
        return std::nullopt;
    }
    if (!mapping.is_images_snapshot) {
        return require_usable_snapshot(session, *mapping.row.snapshot_id);
    }
    const auto id = SnapshotId::trusted(*mapping.row.snapshot_id);
    auto snapshot = select_snapshot(session.db(), session.region(), id);
    if (!snapshot) {
        throw not_found(id);
    }
    require_completed(*snapshot);
    require_not_archived(session, id);
    return snapshot;
}

LaunchVolume plan_volume(Session& session, const Mapping& mapping)
{
    const auto& row = mapping.row;
    auto snapshot = find_snapshot(session, mapping);
    if (!snapshot && !row.volume_size_gib) {
        throw missing_parameter("size or snapshotId");
    }
    if (!snapshot && row.initialization_rate) {
        throw initialization_rate_without_snapshot();
    }
    const auto size_gib = row.volume_size_gib.value_or(snapshot ? snapshot->volume_size_gib : 0);
    if (snapshot && size_gib < snapshot->volume_size_gib) {
        throw volume_smaller_than_snapshot(size_gib, snapshot->id.text(),
                                           snapshot->volume_size_gib);
    }
    // Refused now if it cannot be; keys are made with the volume.
    encrypt_volume(session, mapping.encryption, snapshot ? &*snapshot : nullptr, "");
    auto spec = complete_volume_spec(
        {.volume_type = row.volume_type.value_or(std::string(kDefaultVolumeType)),
         .size_gib = size_gib,
         .iops = row.iops,
         .throughput = row.throughput});
    return {.device_name = row.device_name,
            .snapshot = std::move(snapshot),
            .spec = std::move(spec),
            .encryption = mapping.encryption,
            .initialization_rate = row.initialization_rate,
            // Source: volumes of a launch go with their instance unless told otherwise
            // (documented: TerminateInstances).
            .delete_on_termination = row.delete_on_termination.value_or(true)};
}

}  // namespace

std::vector<LaunchVolume> plan_volumes(Session& session, const ImageRow& image,
                                       const LaunchTypeRow& type, std::size_t interfaces,
                                       const std::vector<BlockDeviceMapping>& changes)
{
    const auto mappings = merge(session, image, parse_mappings(changes));
    for (const auto& mapping : mappings) {
        require_initialization_rate(mapping.row.initialization_rate);
    }
    require_devices_once(mappings);
    require_attachments_fit(type, static_cast<std::int64_t>(mappings.size()),
                            static_cast<std::int64_t>(interfaces));
    std::vector<LaunchVolume> volumes;
    volumes.reserve(mappings.size());
    for (const auto& mapping : mappings) {
        volumes.push_back(plan_volume(session, mapping));
        if (mapping.row.device_name == image.root_device_name) {
            require_boot_type(mapping.row.device_name, volumes.back().spec.volume_type);
        }
    }
    return volumes;
}

}  // namespace amilab::ec2
