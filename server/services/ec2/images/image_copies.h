#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/copies.h"

/// Copies of images and snapshots, across regions and accounts. A copy has the layers of its
/// source: no bytes move.
namespace amilab::ec2 {

CopyImageResponse copy_image(Session& session, const CopyImageRequest& request);
CopySnapshotResponse copy_snapshot(Session& session, const CopySnapshotRequest& request);

}  // namespace amilab::ec2
