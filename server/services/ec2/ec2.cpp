#include "server/services/ec2/ec2.h"

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/images/adopted_images.h"
#include "server/services/ec2/images/allowed_images.h"
#include "server/services/ec2/images/fast_launch.h"
#include "server/services/ec2/images/image_annotations.h"
#include "server/services/ec2/images/image_attributes.h"
#include "server/services/ec2/images/image_copies.h"
#include "server/services/ec2/images/image_life.h"
#include "server/services/ec2/images/image_lineage.h"
#include "server/services/ec2/images/image_usage_reports.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/instance_types/instance_type_offerings.h"
#include "server/services/ec2/instance_types/instance_types.h"
#include "server/services/ec2/instances/image_captures.h"
#include "server/services/ec2/instances/instance_attributes.h"
#include "server/services/ec2/instances/instance_images.h"
#include "server/services/ec2/instances/instance_states.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/launches.h"
#include "server/services/ec2/instances/product_instances.h"
#include "server/services/ec2/instances/root_volumes.h"
#include "server/services/ec2/key_pairs/key_pairs.h"
#include "server/services/ec2/network/security_group_rules.h"
#include "server/services/ec2/network/security_groups.h"
#include "server/services/ec2/network/subnets.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/services/ec2/placement_groups/placement_groups.h"
#include "server/services/ec2/recycle_bin/recycle_bin.h"
#include "server/services/ec2/regions/regions.h"
#include "server/services/ec2/settings/ebs_encryption.h"
#include "server/services/ec2/settings/public_access.h"
#include "server/services/ec2/snapshots/fast_restores.h"
#include "server/services/ec2/snapshots/snapshot_attributes.h"
#include "server/services/ec2/snapshots/snapshot_copies.h"
#include "server/services/ec2/snapshots/snapshot_locks.h"
#include "server/services/ec2/snapshots/snapshot_sets.h"
#include "server/services/ec2/snapshots/snapshot_tiers.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/tags/tags.h"
#include "server/services/ec2/volumes/attachments.h"
#include "server/services/ec2/volumes/volume_attributes.h"
#include "server/services/ec2/volumes/volume_copies.h"
#include "server/services/ec2/volumes/volume_modifications.h"
#include "server/services/ec2/volumes/volume_status.h"
#include "server/services/ec2/volumes/volumes.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// The table of contents: every family, by room; the control API lists delays in this order.
constexpr const Family* kFamilies[] = {
    // images
    &kImages,
    &kImageAttributes,
    &kImageCopies,
    &kImageLife,
    &kImageAnnotations,
    &kImageLineage,
    &kAllowedImages,
    // snapshots
    &kSnapshots,
    &kSnapshotSets,
    &kSnapshotCopies,
    &kSnapshotAttributes,
    &kSnapshotLocks,
    &kSnapshotTiers,
    &kFastRestores,
    // images, in use
    &kImageUsageReports,
    // volumes
    &kVolumes,
    &kVolumeCopies,
    &kVolumeModifications,
    &kVolumeStatus,
    &kVolumeAttributes,
    &kAttachments,
    // instances
    &kLaunches,
    &kInstances,
    &kInstanceStates,
    &kInstanceAttributes,
    &kInstanceImages,
    &kImageCaptures,
    &kProductInstances,
    &kRootVolumes,
    &kFastLaunch,
    // instance types, network, regions
    &kInstanceTypes,
    &kInstanceTypeOfferings,
    &kVpcs,
    &kSubnets,
    &kSecurityGroups,
    &kSecurityGroupRules,
    &kRegions,
    // key pairs
    &kKeyPairs,
    // placement groups
    &kPlacementGroups,
    // what is common to several
    &kRecycleBin,
    &kEbsEncryption,
    &kPublicAccess,
    &kTags,
};

}  // namespace

constinit const Service kEc2{.schema = kService,
                             .families = kFamilies,
                             .ports = {.is_usable_image = &is_usable_image},
                             .over_limit = &over_limit};

}  // namespace amilab::ec2
