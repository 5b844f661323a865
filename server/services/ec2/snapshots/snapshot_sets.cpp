#include "server/services/ec2/snapshots/snapshot_sets.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/snapshots/snapshot_sets.h"

#include <algorithm>

#include "server/calls/layers.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/snapshots/errors.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "storage/metadata/instances/instance_rows.h"

namespace amilab::ec2 {

namespace {

// Source: "up to 40 volume IDs per request" (documented).
constexpr std::size_t kMostExcluded = 40;

std::vector<VolumeId> parse_excluded(const std::vector<std::string>& texts)
{
    if (texts.size() > kMostExcluded) {
        throw too_many_given(texts.size(), kMostExcluded, "volume IDs");
    }
    return parse_ids<VolumeId>(texts);
}

InstanceRow require_source(Session& session, const InstanceId& id)
{
    auto instance = select_instance(session.db(), session.account(), session.region(), id);
    if (!instance) {
        throw not_found(id);
    }
    if (instance->state == InstanceStateName::kTerminated ||
        instance->state == InstanceStateName::kShuttingDown) {
        throw incorrect_instance_state(id, "has no volumes to be kept: it is being terminated.");
    }
    return std::move(*instance);
}

/// Source: data volumes alone are excluded by their ids (documented); the codes are assumed.
void check_excluded(const std::vector<AttachmentRow>& attachments,
                    const std::vector<VolumeId>& excluded, const InstanceId& instance,
                    std::string_view root_device)
{
    for (const auto& id : excluded) {
        const auto found =
            std::find_if(attachments.begin(), attachments.end(),
                         [&](const AttachmentRow& row) { return row.volume_id == id; });
        if (found == attachments.end()) {
            throw volume_not_of_instance(id, instance);
        }
        if (found->device == root_device) {
            throw root_volume_not_excludable(id, instance);
        }
    }
}

/// The instance's volumes but those that the caller excludes, in the order of their device names.
std::vector<VolumeRow> included_volumes(Session& session, const InstanceSpecification& wanted,
                                        const InstanceId& instance,
                                        const std::vector<VolumeId>& excluded,
                                        std::string_view root_device)
{
    const auto attachments = select_attachments_of(session.db(), instance);
    check_excluded(attachments, excluded, instance, root_device);
    std::vector<VolumeRow> volumes;
    for (const auto& attachment : attachments) {
        const bool is_root = attachment.device == root_device;
        const bool is_excluded = is_root ? wanted.exclude_boot_volume.value_or(false)
                                         : std::find(excluded.begin(), excluded.end(),
                                                     attachment.volume_id) != excluded.end();
        if (is_excluded || attachment.state == AttachmentState::kDetaching) {
            continue;
        }
        volumes.push_back(*select_volume(session.db(), session.account(), session.region(),
                                         attachment.volume_id));
    }
    if (volumes.empty()) {
        throw no_volumes_to_snapshot(instance);
    }
    return volumes;
}

/// The volume's tags, and over them what the call says.
std::vector<TagRow> with_source_tags(Session& session, const VolumeRow& volume,
                                     const std::vector<TagRow>& wanted)
{
    auto tags = select_tags(session.db(), session.account(), volume.id.text());
    std::erase_if(tags, [&](const TagRow& tag) {
        return std::any_of(wanted.begin(), wanted.end(),
                           [&](const TagRow& one) { return one.key == tag.key; });
    });
    tags.insert(tags.end(), wanted.begin(), wanted.end());
    return tags;
}

SnapshotInfo to_answer(Session& session, const SnapshotRow& row)
{
    SnapshotInfo info;
    info.description = row.description;
    info.encrypted = row.encrypted;
    info.owner_id = row.owner;
    info.progress = "";
    info.snapshot_id = row.id.text();
    info.start_time = Timestamp{row.start_time_ms};
    info.state = text_of(row.state);
    info.tags = tags_of(session, row.id.text());
    info.volume_id = row.volume_id;
    info.volume_size = row.volume_size_gib;
    return info;
}

}  // namespace

// Source: EC2 API Reference, CreateSnapshots (documented): all volumes at one instant.
CreateSnapshotsResponse create_snapshots(Session& session, const CreateSnapshotsRequest& request)
{
    const auto& wanted = request.instance_specification;
    const auto instance = parse_id<InstanceId>(wanted.instance_id);
    const auto excluded = parse_excluded(wanted.exclude_data_volume_ids);
    check_description(request.description);
    const auto tags = parse_tags<SnapshotId>(request.tag_specifications);
    stop_if_dry_run(request);

    const auto source = require_source(session, instance);
    const auto volumes =
        included_volumes(session, wanted, instance, excluded, source.root_device_name.value_or(""));
    for (const auto& volume : volumes) {
        require_snapshot_room(session, volume);
    }
    const auto layers = seal_layers(session, volumes);
    CreateSnapshotsResponse response;
    for (std::size_t i = 0; i < volumes.size(); ++i) {
        const auto row = snapshot_volume(
            session, volumes[i], layers[i], request.description.value_or(""),
            request.copy_tags_from_source ? with_source_tags(session, volumes[i], tags) : tags);
        response.snapshots.push_back(to_answer(session, row));
    }
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    write<create_snapshots>(kCreateSnapshots),
};

}  // namespace

constinit const Family kSnapshotSets{.operations = kOperations};

}  // namespace amilab::ec2
