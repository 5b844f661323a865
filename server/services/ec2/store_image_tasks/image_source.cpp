#include "server/services/ec2/store_image_tasks/image_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/resource_tags.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::ec2 {

namespace {

ImageRow require_available(Session& session, const ImageId& id)
{
    auto image = select_visible_image(session.db(), session.account(), session.region(), id);
    if (!image) {
        throw not_found(id);
    }
    if (image->state == ImageState::kDeregistered) {
        throw image_unavailable(id);
    }
    if (image->state != ImageState::kAvailable) {
        throw image_in_wrong_state(id, text_of(image->state));
    }
    return std::move(*image);
}

void require_permitted(Session& session, const ImageRow& image)
{
    if (image.owner == session.account()) {
        return;
    }
    const auto permissions = select_launch_permissions(session.db(), image.id);
    if (std::ranges::find(permissions, Grantee{GranteeKind::kUserId, session.account()}) ==
        permissions.end()) {
        throw not_authorized_for_image(image.id);
    }
    if (!select_product_codes(session.db(), image.id.text()).empty()) {
        throw marketplace_image_not_copyable();
    }
}

void require_kind(const ImageRow& image)
{
    if (image.root_device_type != RootDeviceType::kEbs) {
        throw invalid_request(fmt::format(
            "The image '{}' is not backed by Amazon EBS and cannot be stored.", image.id.text()));
    }
    if (image.virtualization_type == VirtualizationType::kParavirtual) {
        throw invalid_request(
            fmt::format("The image '{}' is paravirtual and cannot be stored.", image.id.text()));
    }
}

SnapshotRow require_readable(Session& session, const ImageRow& image, const SnapshotId& id)
{
    auto snapshot = select_visible_snapshot(session.db(), session.account(), image.region, id);
    if (!snapshot) {
        throw image_storage_not_permitted();
    }
    require_completed(*snapshot);
    require_not_archived(session, id);
    return std::move(*snapshot);
}

/// AWS's own tags stay behind.
std::vector<TagRow> tags_to_keep(Session& session, const std::string& id)
{
    auto tags = select_tags(session.db(), session.account(), id);
    std::erase_if(tags, [](const TagRow& tag) { return is_reserved_key(tag.key); });
    return tags;
}

/// The mapping as it is stored; its snapshot is one of the source's disks from here on.
StoredMapping to_stored(Session& session, ImageSource& source, const ImageMappingRow& mapping)
{
    StoredMapping stored{.row = mapping, .disk = {}};
    if (!mapping.snapshot_id) {
        return stored;
    }
    const auto id = SnapshotId::trusted(*mapping.snapshot_id);
    const auto known = std::ranges::find(source.snapshots, id, &SnapshotRow::id);
    stored.disk = static_cast<std::size_t>(known - source.snapshots.begin());
    if (known == source.snapshots.end()) {
        source.snapshots.push_back(require_readable(session, source.image.row, id));
        const auto& snapshot = source.snapshots.back();
        source.image.disks.push_back({.size_gib = snapshot.volume_size_gib,
                                      .description = snapshot.description,
                                      .tags = tags_to_keep(session, id.text())});
    }
    return stored;
}

}  // namespace

ImageSource require_storable_image(Session& session, const ImageId& id)
{
    ImageSource source;
    auto& image = source.image;
    image.row = require_available(session, id);
    require_permitted(session, image.row);
    require_kind(image.row);
    image.uefi_data = select_image_uefi_data(session.db(), id);
    image.tags = tags_to_keep(session, id.text());
    for (const auto& mapping : select_image_mappings(session.db(), id)) {
        image.mappings.push_back(to_stored(session, source, mapping));
    }
    if (size_gib_of(image) > kMostStoredImageGib) {
        throw invalid_request(
            fmt::format("The image '{}' has {} GiB; an image of {} GiB at most "
                        "can be stored.",
                        id.text(), size_gib_of(image), kMostStoredImageGib));
    }
    return source;
}

}  // namespace amilab::ec2
