#include "server/services/ec2/volumes/volume_answers.h"

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "storage/base/units.h"

namespace amilab::ec2 {

VolumeRow require_volume(Session& session, const VolumeId& id)
{
    auto volume = select_volume(session.db(), session.account(), session.region(), id);
    if (!volume) {
        throw not_found(id);
    }
    return std::move(*volume);
}

VolumeRow require_snapshotable_volume(Session& session, const VolumeId& id)
{
    auto volume = require_volume(session, id);
    if (!is_usable(volume.state)) {
        throw incorrect_state(fmt::format("Volume '{}'", id.text()), volume.state);
    }
    return volume;
}

VolumeAttachment to_volume_attachment(const AttachmentRow& row)
{
    VolumeAttachment attachment;
    // Source: whole seconds (observed). Rows have milliseconds for the sequence of attachments.
    attachment.attach_time = Timestamp{whole_seconds(row.attach_time_ms)};
    attachment.delete_on_termination = row.delete_on_termination;
    attachment.device = row.device;
    attachment.instance_id = row.instance_id.text();
    attachment.state = text_of(row.state);
    attachment.volume_id = row.volume_id.text();
    return attachment;
}

namespace {

// Source: fields documented; an empty snapshot id where there is none (observed).
Volume volume_with_tags(const VolumeRow& row, std::optional<std::vector<Tag>> tags)
{
    Volume volume;
    volume.availability_zone = row.zone;
    volume.availability_zone_id = row.zone_id;
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
    volume.source_volume_id = row.source_volume_id;
    volume.state = text_of(row.state);
    volume.tags = std::move(tags);
    volume.throughput = row.throughput;
    volume.volume_arn = arn_of("ec2", row.region, row.owner, "volume/" + row.id.text());
    volume.volume_id = row.id.text();
    volume.volume_initialization_rate = row.initialization_rate;
    volume.volume_type = row.volume_type;
    return volume;
}

}  // namespace

Volume to_volume(Session& session, const VolumeRow& row)
{
    return volume_with_tags(row, tags_of(session, row.id.text()));
}

std::vector<Volume> to_descriptions(Session& session, std::vector<VolumeRow>&& rows)
{
    const auto ids = ids_of(rows);
    const PageTags tags(session, ids);
    const auto attachments = select_attachments_on_all(session.db(), ids);
    auto next = attachments.begin();
    std::vector<Volume> volumes;
    volumes.reserve(rows.size());
    for (const auto& row : rows) {
        volumes.push_back(volume_with_tags(row, unless_empty(tags.of(row.id.text()))));
        volumes.back().attachments =
            take_attachments(next, attachments.end(), row.id,
                             [](const AttachmentRow& one) { return to_volume_attachment(one); });
    }
    return volumes;
}

}  // namespace amilab::ec2
