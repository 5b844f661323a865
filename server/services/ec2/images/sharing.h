#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/sharing.h"

namespace amilab::ec2 {

CancelImageLaunchPermissionResponse cancel_image_launch_permission(
    Session& session, const CancelImageLaunchPermissionRequest& request);

DescribeSnapshotAttributeResponse describe_snapshot_attribute(
    Session& session, const DescribeSnapshotAttributeRequest& request);
ModifySnapshotAttributeResponse modify_snapshot_attribute(
    Session& session, const ModifySnapshotAttributeRequest& request);
ResetSnapshotAttributeResponse reset_snapshot_attribute(
    Session& session, const ResetSnapshotAttributeRequest& request);

EnableImageBlockPublicAccessResponse enable_image_block_public_access(
    Session& session, const EnableImageBlockPublicAccessRequest& request);
DisableImageBlockPublicAccessResponse disable_image_block_public_access(
    Session& session, const DisableImageBlockPublicAccessRequest& request);
GetImageBlockPublicAccessStateResponse get_image_block_public_access_state(
    Session& session, const GetImageBlockPublicAccessStateRequest& request);
EnableSnapshotBlockPublicAccessResponse enable_snapshot_block_public_access(
    Session& session, const EnableSnapshotBlockPublicAccessRequest& request);
DisableSnapshotBlockPublicAccessResponse disable_snapshot_block_public_access(
    Session& session, const DisableSnapshotBlockPublicAccessRequest& request);
GetSnapshotBlockPublicAccessStateResponse get_snapshot_block_public_access_state(
    Session& session, const GetSnapshotBlockPublicAccessStateRequest& request);

/// Whether the caller's account refuses to make images, or snapshots, of the region public.
bool is_image_public_access_blocked(Session& session);
bool is_snapshot_public_access_blocked(Session& session);

}  // namespace amilab::ec2
