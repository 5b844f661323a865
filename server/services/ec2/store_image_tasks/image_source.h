#pragma once

#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/store_image_tasks/stored_image.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

namespace amilab::ec2 {

/// An image that can be stored, and the snapshots that its disks are.
struct ImageSource {
    StoredImage image{};
    std::vector<SnapshotRow> snapshots{};
};

/// Throws ApiError for an image that the caller does not see or may not store, or that is not of a
/// kind which can be stored.
/// Source: EC2 User Guide, "Store and restore an AMI using S3": owned or shared with the account
/// itself, with its snapshots; of EBS alone, not paravirtual, 5,000 GB at most; tags that the
/// caller sees are kept (documented). Codes and texts are assumed.
ImageSource require_storable_image(Session& session, const ImageId& id);

}  // namespace amilab::ec2
