#include "server/services/ec2/ec2.h"

#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/images/adopted_images.h"
#include "server/services/ec2/images/allowed_images.h"
#include "server/services/ec2/images/fast_launch.h"
#include "server/services/ec2/images/image_annotations.h"
#include "server/services/ec2/images/image_copies.h"
#include "server/services/ec2/images/image_life.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/images/lineage.h"
#include "server/services/ec2/images/sharing.h"
#include "server/services/ec2/images/usage_reports.h"
#include "server/services/ec2/instance_types/instance_types.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/root_volumes.h"
#include "server/services/ec2/network/network.h"
#include "server/services/ec2/recycle_bin/recycle_bin.h"
#include "server/services/ec2/regions/regions.h"
#include "server/services/ec2/settings/ebs_encryption.h"
#include "server/services/ec2/snapshots/fast_restores.h"
#include "server/services/ec2/snapshots/snapshot_locks.h"
#include "server/services/ec2/snapshots/snapshot_tiers.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/tags/tags.h"
#include "server/services/ec2/volumes/attachments.h"
#include "server/services/ec2/volumes/volumes.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

constexpr Operation kOperations[] = {
    write<attach_image_watermark>("AttachImageWatermark"),
    write<attach_volume>("AttachVolume"),
    write<cancel_image_launch_permission>("CancelImageLaunchPermission"),
    read<confirm_product_instance>("ConfirmProductInstance"),
    write<copy_image>("CopyImage"),
    write<copy_snapshot>("CopySnapshot"),
    write<copy_volumes>("CopyVolumes"),
    write<create_image>("CreateImage"),
    write<create_image_usage_report>("CreateImageUsageReport"),
    write<create_replace_root_volume_task>("CreateReplaceRootVolumeTask"),
    write<create_snapshot>("CreateSnapshot"),
    write<create_snapshots>("CreateSnapshots"),
    write<create_tags>("CreateTags"),
    write<create_volume>("CreateVolume"),
    write_to_free<delete_image_usage_report>("DeleteImageUsageReport"),
    write_to_free<delete_snapshot>("DeleteSnapshot"),
    write_to_free<delete_tags>("DeleteTags"),
    write_to_free<delete_volume>("DeleteVolume"),
    write_to_free<deregister_image>("DeregisterImage"),
    read<describe_availability_zones>("DescribeAvailabilityZones"),
    read<describe_fast_launch_images>("DescribeFastLaunchImages"),
    read<describe_fast_snapshot_restores>("DescribeFastSnapshotRestores"),
    read<describe_image_attribute>("DescribeImageAttribute"),
    read<describe_image_references>("DescribeImageReferences"),
    read<describe_image_usage_report_entries>("DescribeImageUsageReportEntries"),
    read<describe_image_usage_reports>("DescribeImageUsageReports"),
    read_in_parts<describe_images>("DescribeImages", &kAdoptedImages),
    read<describe_instance_attribute>("DescribeInstanceAttribute"),
    read<describe_instance_image_metadata>("DescribeInstanceImageMetadata"),
    read<describe_instance_status>("DescribeInstanceStatus"),
    read<describe_instance_types>("DescribeInstanceTypes"),
    read<describe_instances>("DescribeInstances"),
    read<describe_locked_snapshots>("DescribeLockedSnapshots"),
    read<describe_regions>("DescribeRegions"),
    read<describe_replace_root_volume_tasks>("DescribeReplaceRootVolumeTasks"),
    read<describe_security_groups>("DescribeSecurityGroups", &kDefaultNetwork),
    read<describe_snapshot_attribute>("DescribeSnapshotAttribute"),
    read<describe_snapshot_tier_status>("DescribeSnapshotTierStatus"),
    read<describe_snapshots>("DescribeSnapshots"),
    read<describe_subnets>("DescribeSubnets", &kDefaultNetwork),
    read<describe_tags>("DescribeTags"),
    read<describe_volume_attribute>("DescribeVolumeAttribute"),
    read<describe_volume_status>("DescribeVolumeStatus"),
    read<describe_volumes>("DescribeVolumes"),
    read<describe_volumes_modifications>("DescribeVolumesModifications"),
    read<describe_vpcs>("DescribeVpcs", &kDefaultNetwork),
    write<detach_image_watermark>("DetachImageWatermark"),
    write_to_free<detach_volume>("DetachVolume"),
    write<disable_allowed_images_settings>("DisableAllowedImagesSettings"),
    write<disable_ebs_encryption_by_default>("DisableEbsEncryptionByDefault"),
    write<disable_fast_launch>("DisableFastLaunch"),
    write<disable_fast_snapshot_restores>("DisableFastSnapshotRestores"),
    write<disable_image>("DisableImage"),
    write<disable_image_block_public_access>("DisableImageBlockPublicAccess"),
    write<disable_image_deprecation>("DisableImageDeprecation"),
    write<disable_image_deregistration_protection>("DisableImageDeregistrationProtection"),
    write<disable_snapshot_block_public_access>("DisableSnapshotBlockPublicAccess"),
    write<enable_allowed_images_settings>("EnableAllowedImagesSettings"),
    write<enable_ebs_encryption_by_default>("EnableEbsEncryptionByDefault"),
    write<enable_fast_launch>("EnableFastLaunch"),
    write<enable_fast_snapshot_restores>("EnableFastSnapshotRestores"),
    write<enable_image>("EnableImage"),
    write<enable_image_block_public_access>("EnableImageBlockPublicAccess"),
    write<enable_image_deprecation>("EnableImageDeprecation"),
    write<enable_image_deregistration_protection>("EnableImageDeregistrationProtection"),
    write<enable_snapshot_block_public_access>("EnableSnapshotBlockPublicAccess"),
    write<enable_volume_io>("EnableVolumeIO"),
    read<get_allowed_images_settings>("GetAllowedImagesSettings"),
    read<get_ebs_default_kms_key_id>("GetEbsDefaultKmsKeyId"),
    read<get_ebs_encryption_by_default>("GetEbsEncryptionByDefault"),
    read<get_image_ancestry>("GetImageAncestry"),
    read<get_image_block_public_access_state>("GetImageBlockPublicAccessState"),
    read<get_image_findings>("GetImageFindings"),
    read<get_snapshot_block_public_access_state>("GetSnapshotBlockPublicAccessState"),
    read<list_images_in_recycle_bin>("ListImagesInRecycleBin"),
    read<list_snapshots_in_recycle_bin>("ListSnapshotsInRecycleBin"),
    read<list_volumes_in_recycle_bin>("ListVolumesInRecycleBin"),
    write<lock_snapshot>("LockSnapshot"),
    write<modify_ebs_default_kms_key_id>("ModifyEbsDefaultKmsKeyId"),
    write<modify_image_attribute>("ModifyImageAttribute"),
    write<modify_instance_attribute>("ModifyInstanceAttribute"),
    write<modify_snapshot_attribute>("ModifySnapshotAttribute"),
    write<modify_snapshot_tier>("ModifySnapshotTier"),
    write<modify_volume>("ModifyVolume"),
    write<modify_volume_attribute>("ModifyVolumeAttribute"),
    write<reboot_instances>("RebootInstances"),
    write<register_image>("RegisterImage"),
    write<replace_image_criteria_in_allowed_images_settings>(
        "ReplaceImageCriteriaInAllowedImagesSettings"),
    write<replace_image_instance_type_specification>("ReplaceImageInstanceTypeSpecification"),
    write<reset_ebs_default_kms_key_id>("ResetEbsDefaultKmsKeyId"),
    write<reset_image_attribute>("ResetImageAttribute"),
    write<reset_snapshot_attribute>("ResetSnapshotAttribute"),
    write<restore_image_from_recycle_bin>("RestoreImageFromRecycleBin"),
    write<restore_snapshot_from_recycle_bin>("RestoreSnapshotFromRecycleBin"),
    write<restore_snapshot_tier>("RestoreSnapshotTier"),
    write<restore_volume_from_recycle_bin>("RestoreVolumeFromRecycleBin"),
    write<run_instances>("RunInstances"),
    write<start_instances>("StartInstances"),
    write<stop_instances>("StopInstances"),
    write_to_free<terminate_instances>("TerminateInstances"),
    write<unlock_snapshot>("UnlockSnapshot"),
};

}  // namespace

const Service& service()
{
    static const Service service{kService, kOperations};
    return service;
}

}  // namespace amilab::ec2
