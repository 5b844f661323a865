#include "server/services/ec2/export_tasks/export_sources.h"

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::ec2 {

namespace {

ApiError not_exportable(const std::string& message)
{
    return {"NotExportable", message};
}

ImageRow require_own_available(Session& session, const ImageId& id)
{
    auto image = select_visible_image(session.db(), session.account(), session.region(), id);
    if (!image) {
        throw not_found(id);
    }
    if (image->owner != session.account()) {
        throw not_authorized_for_image(id);
    }
    if (image->state == ImageState::kDeregistered) {
        throw image_unavailable(id);
    }
    if (image->state != ImageState::kAvailable) {
        throw image_in_wrong_state(id, text_of(image->state));
    }
    return std::move(*image);
}

/// Source: the text is observed.
void require_unlicensed(Session& session, const ImageRow& image)
{
    if (image.usage_operation != kPlainUsageOperation || image.platform ||
        !select_product_codes(session.db(), image.id.text()).empty()) {
        throw not_exportable(
            fmt::format("The image ID ({}) provided contains AWS-licensed "
                        "software and is not exportable.",
                        image.id.text()));
    }
}

/// The only snapshot of the image.
SnapshotId require_one_disk(Session& session, const ImageRow& image)
{
    std::vector<std::string> snapshots;
    for (const auto& mapping : select_image_mappings(session.db(), image.id)) {
        if (mapping.snapshot_id) {
            snapshots.push_back(*mapping.snapshot_id);
        }
    }
    if (image.root_device_type != RootDeviceType::kEbs || snapshots.size() != 1) {
        throw not_exportable(fmt::format(
            "The image ID ({}) provided does not have exactly one EBS volume.", image.id.text()));
    }
    return SnapshotId::trusted(snapshots.front());
}

InstanceRow require_imported(Session& session, const InstanceId& id)
{
    auto instance = select_instance(session.db(), session.account(), session.region(), id);
    if (!instance) {
        throw not_found(id);
    }
    if (instance->state != InstanceStateName::kRunning &&
        instance->state != InstanceStateName::kStopped) {
        throw incorrect_instance_state(id, "It is neither running nor stopped.");
    }
    // Source: code and text observed; that an instance of an image of one's own counts as imported
    // is ours.
    if (instance->image_owner != session.account() || instance->platform ||
        instance->usage_operation != kPlainUsageOperation ||
        !select_product_codes(session.db(), id.text()).empty()) {
        throw not_exportable("Only imported instances can be exported.");
    }
    return std::move(*instance);
}

}  // namespace

SnapshotRow require_exportable_image(Session& session, const ImageId& id)
{
    const auto image = require_own_available(session, id);
    require_unlicensed(session, image);
    const auto snapshot_id = require_one_disk(session, image);
    auto snapshot = select_snapshot(session.db(), image.region, snapshot_id);
    if (!snapshot) {
        throw not_found(snapshot_id);
    }
    if (snapshot->encrypted) {
        throw not_exportable(fmt::format(
            "The image ID ({}) provided has an encrypted EBS snapshot and is not exportable.",
            id.text()));
    }
    require_completed(*snapshot);
    require_not_archived(session, snapshot_id);
    return std::move(*snapshot);
}

VolumeRow require_exportable_instance(Session& session, const InstanceId& id)
{
    const auto instance = require_imported(session, id);
    const auto attachments = select_attachments_of(session.db(), id);
    if (instance.root_device_type != RootDeviceType::kEbs || attachments.size() != 1) {
        throw not_exportable(
            fmt::format("The instance {} does not have exactly one EBS volume.", id.text()));
    }
    auto volume = select_volume(session.db(), session.account(), session.region(),
                                attachments.front().volume_id);
    if (!volume || volume->encrypted) {
        throw not_exportable(fmt::format("The volume of the instance {} is encrypted.", id.text()));
    }
    return std::move(*volume);
}

}  // namespace amilab::ec2
