#include "server/services/ec2/common/errors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace amilab::ec2 {

namespace {

constexpr int kPreconditionFailed = 412;

template <class IdType>
std::string joined(const std::vector<IdType>& ids)
{
    std::string text;
    for (const auto& id : ids) {
        text += text.empty() ? "" : ", ";
        text += id.text();
    }
    return text;
}

ApiError malformed(std::string_view code, std::string_view text, std::string_view prefix)
{
    return {std::string(code),
            fmt::format("Invalid id: \"{}\" (expecting \"{}-...\")", text, prefix)};
}

/// Snapshots and volumes: the wrong prefix is a bad parameter, wrong digits a malformed id.
ApiError malformed_storage_id(std::string_view code, std::string_view text,
                              std::string_view parameter, std::string_view prefix)
{
    if (text.starts_with(fmt::format("{}-", prefix))) {
        return malformed(code, text, prefix);
    }
    return {"InvalidParameterValue",
            fmt::format("Value ({}) for parameter {} is invalid. Expected: '{}-...'.", text,
                        parameter, prefix)};
}

}  // namespace

template <>
ApiError malformed_id<ImageId>(std::string_view text)
{
    return malformed("InvalidAMIID.Malformed", text, "ami");
}
template <>
ApiError malformed_id<InstanceId>(std::string_view text)
{
    return malformed("InvalidInstanceID.Malformed", text, "i");
}
template <>
ApiError malformed_id<SnapshotId>(std::string_view text)
{
    return malformed_storage_id("InvalidSnapshotID.Malformed", text, "snapshotId", "snap");
}
template <>
ApiError malformed_id<VolumeId>(std::string_view text)
{
    return malformed_storage_id("InvalidVolumeID.Malformed", text, "volumeId", "vol");
}
template <>
ApiError malformed_id<VpcId>(std::string_view text)
{
    return malformed("InvalidVpcID.Malformed", text, "vpc");
}
template <>
ApiError malformed_id<SubnetId>(std::string_view text)
{
    return malformed("InvalidSubnetID.Malformed", text, "subnet");
}
template <>
ApiError malformed_id<SecurityGroupId>(std::string_view text)
{
    return malformed("InvalidGroupId.Malformed", text, "sg");
}
template <>
ApiError malformed_id<ReplaceRootTaskId>(std::string_view text)
{
    return malformed("InvalidReplaceRootVolumeTaskId.Malformed", text, "replacevol");
}

template <>
ApiError malformed_id<UsageReportId>(std::string_view text)
{
    return malformed("InvalidImageUsageReportId.Malformed", text, "amiur");
}

ApiError not_found(const UsageReportId& id)
{
    return {"InvalidImageUsageReportId.NotFound",
            fmt::format("The image usage report '{}' does not exist", id.text())};
}
ApiError not_found(const std::vector<ImageId>& ids)
{
    if (ids.size() == 1) {
        return not_found(ids.front());
    }
    return {"InvalidAMIID.NotFound", fmt::format("The image ids '[{}]' do not exist", joined(ids))};
}
ApiError not_found(const ImageId& id)
{
    return {"InvalidAMIID.NotFound", fmt::format("The image id '[{}]' does not exist", id.text())};
}
ApiError image_unavailable(const ImageId& id)
{
    return {"InvalidAMIID.Unavailable",
            fmt::format("The image ID '{}' is no longer available", id.text())};
}
ApiError not_found(const SnapshotId& id)
{
    return {"InvalidSnapshot.NotFound",
            fmt::format("The snapshot '{}' does not exist.", id.text())};
}
ApiError not_found(const VolumeId& id)
{
    return {"InvalidVolume.NotFound", fmt::format("The volume '{}' does not exist.", id.text())};
}
ApiError not_found(const std::vector<InstanceId>& ids)
{
    if (ids.size() == 1) {
        return not_found(ids.front());
    }
    return {"InvalidInstanceID.NotFound",
            fmt::format("The instance IDs '{}' do not exist", joined(ids))};
}
ApiError not_found(const InstanceId& id)
{
    return {"InvalidInstanceID.NotFound",
            fmt::format("The instance ID '{}' does not exist", id.text())};
}
ApiError not_found(const VpcId& id)
{
    return {"InvalidVpcID.NotFound", fmt::format("The vpc ID '{}' does not exist", id.text())};
}
ApiError not_found(const SubnetId& id)
{
    return {"InvalidSubnetID.NotFound",
            fmt::format("The subnet ID '{}' does not exist", id.text())};
}
ApiError not_found(const SecurityGroupId& id)
{
    return {"InvalidGroup.NotFound",
            fmt::format("The security group '{}' does not exist", id.text())};
}
ApiError not_found(const NetworkInterfaceId& id)
{
    return {"InvalidNetworkInterfaceID.NotFound",
            fmt::format("The networkInterface ID '{}' does not exist", id.text())};
}
ApiError not_found(const ReplaceRootTaskId& id)
{
    return {"InvalidReplaceRootVolumeTaskId.NotFound",
            fmt::format("The replace root volume task ID '{}' does not exist", id.text())};
}

ApiError dry_run_operation()
{
    return {"DryRunOperation", "Request would have succeeded, but DryRun flag is set.",
            kPreconditionFailed};
}
ApiError auth_failure(std::string_view message)
{
    return {"AuthFailure", std::string(message), 403};
}
ApiError not_authorized_for_image(const ImageId& id)
{
    return auth_failure(fmt::format("Not authorized for image:{}", id.text()));
}
ApiError not_authorized_for_images(const ImageId& id)
{
    return auth_failure(fmt::format("Not authorized for images: [{}]", id.text()));
}
ApiError not_authorized_for_snapshot(const SnapshotId& id)
{
    return auth_failure(fmt::format("Not authorized for snapshot:{}", id.text()));
}
ApiError missing_parameter(std::string_view name)
{
    return {"MissingParameter", fmt::format("The request must contain the parameter {}", name)};
}
ApiError invalid_parameter_value(std::string_view message)
{
    return {"InvalidParameterValue", std::string(message)};
}
ApiError invalid_value(std::string_view value, std::string_view parameter, std::string_view why)
{
    return invalid_parameter_value(fmt::format("Value ({}) for parameter {} is invalid.{}{}", value,
                                               parameter, why.empty() ? "" : " ", why));
}
ApiError invalid_parameter_combination(std::string_view message)
{
    return {"InvalidParameterCombination", std::string(message)};
}
ApiError parameters_not_together(std::string_view one, std::string_view other)
{
    return invalid_parameter_combination(
        fmt::format("The parameter {} cannot be used with the parameter {}", one, other));
}
ApiError invalid_parameter_dependency(std::string_view parameter, std::string_view required)
{
    return {"InvalidParameterDependency",
            fmt::format("The parameter [{}] requires the parameter {} to be set.", parameter,
                        required)};
}
ApiError invalid_request(std::string_view message)
{
    return {"InvalidRequest", std::string(message)};
}
ApiError unsupported(std::string_view message)
{
    return {"UnsupportedOperation", std::string(message)};
}
ApiError filter_without_values(std::string_view name)
{
    return invalid_parameter_value(
        fmt::format("The filter '{}' must have at least one value", name));
}
ApiError filter_limit_exceeded(std::size_t limit)
{
    return {
        "FilterLimitExceeded",
        fmt::format("The maximum number of filter values specified on a single call is {}", limit)};
}
ApiError invalid_next_token(std::string_view token)
{
    return {"InvalidNextToken", fmt::format("The token '{}' is invalid", token)};
}
ApiError idempotent_parameter_mismatch()
{
    return {"IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in "
            "previous request(s)."};
}
ApiError idempotent_instance_terminated()
{
    return {"IdempotentInstanceTerminated",
            "The client token you have provided is associated with a terminated instance. Please "
            "use a different client token."};
}
ApiError incorrect_state(std::string_view resource_id, std::string_view state)
{
    return {"IncorrectState", fmt::format("{} is in the state {}", resource_id, state)};
}

ApiError image_name_malformed()
{
    return {"InvalidAMIName.Malformed",
            "AMI names must be between 3 and 128 characters long, and may contain letters, "
            "numbers, '(', ')', '[', ']', ' ', '.', '/', '-', ''', '@' and '_'"};
}
ApiError image_name_taken(std::string_view name, const ImageId& holder)
{
    return {"InvalidAMIName.Duplicate",
            fmt::format("AMI name {} is already in use by AMI {}", name, holder.text())};
}
ApiError invalid_block_device_mapping(std::string_view message)
{
    return {"InvalidBlockDeviceMapping", std::string(message)};
}
ApiError invalid_image_attribute_item(std::string_view value, std::string_view kind)
{
    return {"InvalidAMIAttributeItemValue",
            fmt::format("Invalid attribute item value \"{}\" for {} item type.", value, kind)};
}

ApiError image_storage_not_permitted()
{
    return invalid_request("You do not have permission to access the storage of this ami");
}
ApiError marketplace_image_not_copyable()
{
    return invalid_request("Images from AWS Marketplace cannot be copied to another AWS account");
}
ApiError billed_image_not_copyable()
{
    return invalid_request(
        "Images with EC2 BillingProduct codes cannot be copied to another AWS account");
}
ApiError too_many_copies(std::int64_t limit)
{
    return {"ResourceLimitExceeded",
            fmt::format("Too many snapshot copies in progress. The limit is {} for this "
                        "destination region.",
                        limit)};
}
ApiError invalid_source_region(std::string_view region)
{
    return invalid_value(region, "sourceRegion", "There is no such region.");
}
ApiError encryption_not_removable()
{
    return invalid_parameter_combination(
        "Encrypted snapshots must be used to create encrypted volumes and snapshots.");
}
ApiError too_many_pending_snapshots()
{
    return {"ConcurrentSnapshotLimitExceeded",
            "Maximum allowed in-progress snapshots for a single volume exceeded."};
}
ApiError unencrypted_copy(const SnapshotId& source)
{
    return invalid_request(
        fmt::format("Snapshot {} is encrypted. Creating unencrypted copy from an encrypted "
                    "snapshot is not supported.",
                    source.text()));
}
ApiError encryption_of_snapshot_mapping(std::string_view device)
{
    return invalid_block_device_mapping(fmt::format(
        "the encrypted flag cannot be specified since device {} has a snapshot specified.",
        device));
}
ApiError invalid_kms_key(std::string_view text, std::string_view why)
{
    return invalid_value(text, "KmsKeyId", why);
}
ApiError snapshot_locked(const SnapshotId& id)
{
    return operation_not_permitted(
        fmt::format("The snapshot '{}' is locked and can't be deleted.", id.text()));
}
ApiError lock_not_changeable(const SnapshotId& id, std::string_view why)
{
    return operation_not_permitted(
        fmt::format("The snapshot '{}' is locked in compliance mode and its cooling-off period has "
                    "expired: {}",
                    id.text(), why));
}
ApiError snapshot_not_locked(const SnapshotId& id)
{
    return {"IncorrectState", fmt::format("The snapshot '{}' is not locked.", id.text())};
}
ApiError snapshot_is_archived(const SnapshotId& id)
{
    return {"IncorrectState",
            fmt::format("The snapshot '{}' is in the archive tier; restore it first.", id.text())};
}
ApiError snapshot_not_archived(const SnapshotId& id)
{
    return {"IncorrectState",
            fmt::format("The snapshot '{}' is not in the archive tier.", id.text())};
}
ApiError tiering_in_progress(const SnapshotId& id, std::string_view status)
{
    return {"IncorrectState",
            fmt::format("The tiering operation of the snapshot '{}' is {}.", id.text(), status)};
}
ApiError image_keeps_snapshot(const SnapshotId& id, const ImageId& image)
{
    return {"InvalidSnapshot.InUse",
            fmt::format("The snapshot {} is associated with {}, which must be disabled before the "
                        "snapshot is archived",
                        id.text(), image.text())};
}
ApiError root_volume_not_excludable(const VolumeId& volume, const InstanceId& instance)
{
    return invalid_parameter_value(fmt::format(
        "The volume '{}' is the root volume of the instance '{}'; use ExcludeBootVolume.",
        volume.text(), instance.text()));
}
ApiError volume_not_of_instance(const VolumeId& volume, const InstanceId& instance)
{
    return invalid_parameter_value(fmt::format("The volume '{}' is not attached to instance '{}'.",
                                               volume.text(), instance.text()));
}
ApiError no_volumes_to_snapshot(const InstanceId& instance)
{
    return invalid_parameter_combination(
        fmt::format("The instance '{}' has no volumes that are not excluded.", instance.text()));
}
ApiError image_in_wrong_state(const ImageId& id, std::string_view state)
{
    return {"InvalidAMIID.Unavailable",
            fmt::format("The AMI ID '{}' is currently {} and may not be used for this operation",
                        id.text(), state)};
}
ApiError public_image_stays_deprecated(const ImageId& id)
{
    return operation_not_permitted(fmt::format(
        "The image '{}' is public: make it private to cancel its deprecation.", id.text()));
}
ApiError image_protected(const ImageId& id)
{
    return operation_not_permitted(
        fmt::format("The image '{}' is protected from deregistration. Disable its deregistration "
                    "protection and try again.",
                    id.text()));
}
ApiError image_protected_until(const ImageId& id, std::string_view time)
{
    return operation_not_permitted(
        fmt::format("The image '{}' is protected from deregistration until {}: the cooldown period "
                    "of its deregistration protection is not over.",
                    id.text(), time));
}
ApiError too_many_image_ids(std::size_t given, std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("{} image IDs are more than the {} that one call may name", given, limit));
}

ApiError instance_type_not_for_image(std::string_view type, const ImageId& id)
{
    return invalid_parameter_combination(
        fmt::format("The instance type '{}' is not compatible with the instance type specification "
                    "of the image '{}'.",
                    type, id.text()));
}
ApiError not_a_windows_image(const ImageId& id)
{
    return invalid_parameter_value(fmt::format(
        "The image '{}' is not a Windows image: fast launch is for these alone.", id.text()));
}
ApiError fast_launch_not_enabled(const ImageId& id)
{
    return invalid_request(fmt::format("Fast launch is not enabled for image '{}'.", id.text()));
}
ApiError launch_template_id_not_found(std::string_view id)
{
    return {"InvalidLaunchTemplateId.NotFound",
            fmt::format("The specified launch template, with template ID {}, does not exist.", id)};
}
ApiError launch_template_name_not_found(std::string_view name)
{
    return {
        "InvalidLaunchTemplateName.NotFoundException",
        fmt::format("The specified launch template, with template name {}, does not exist.", name)};
}
ApiError invalid_manifest(std::string_view location)
{
    return {"InvalidManifest",
            fmt::format("'{}' is no path of a manifest: expected bucket/path", location)};
}
ApiError billing_products_not_authorized()
{
    return auth_failure("Not authorized to specify billing product codes");
}
ApiError invalid_image_user(std::string_view text)
{
    return {"InvalidUserID.Malformed", fmt::format("Invalid user id: \"{}\"", text)};
}
ApiError public_access_blocked(std::string_view what)
{
    const bool is_image = what == "image";
    return operation_not_permitted(
        fmt::format("You can\u2019t publicly share this {} because block public access for {} is "
                    "enabled for this account. To publicly share the {}, you must call the "
                    "Disable{}BlockPublicAccess API.",
                    what, is_image ? "AMIs" : "snapshots", what, is_image ? "Image" : "Snapshot"));
}
ApiError encrypted_image_not_public()
{
    return unsupported(
        "Encrypted snapshots can\u2019t be shared publicly. Specify another snapshot.");
}
ApiError encrypted_snapshot_not_public()
{
    return operation_not_permitted("Encrypted snapshots cannot be shared publicly");
}
ApiError too_many_launch_permissions(const ImageId& id, std::size_t limit)
{
    return {"ResourceLimitExceeded",
            fmt::format("The image '{}' may be shared with {} accounts, organizations and "
                        "organizational units at most.",
                        id.text(), limit)};
}
ApiError managed_key_image_not_shared()
{
    return {"InvalidParameter",
            "Snapshots encrypted with the AWS Managed CMK can\u2019t be shared. Specify another "
            "snapshot."};
}
ApiError managed_key_snapshot_not_shared()
{
    return operation_not_permitted("Encrypted snapshots with EBS default key cannot be shared");
}
ApiError product_not_public(std::string_view what)
{
    return operation_not_permitted(
        fmt::format("The {} has an AWS Marketplace product code and cannot be made public", what));
}
ApiError too_many_modifications(std::size_t given, std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("{} modifications are more than the {} that one call may make", given, limit));
}
ApiError launch_permission_not_cancellable(const ImageId& id)
{
    return operation_not_permitted(
        fmt::format("The image '{}' is not shared with your account by its account ID. A launch "
                    "permission of an organization, an organizational unit or the public, or of "
                    "your own image, cannot be canceled.",
                    id.text()));
}
ApiError invalid_image_criterion(std::string_view value, std::string_view parameter,
                                 std::string_view why)
{
    return invalid_value(value, parameter, why);
}
ApiError image_criterion_limit_exceeded(std::string_view what, std::size_t limit)
{
    return invalid_parameter_value(fmt::format("At most {} {} can be specified.", limit, what));
}
ApiError opt_in_required(std::string_view product_code)
{
    return {"OptInRequired",
            fmt::format("In order to use this AWS Marketplace product you need to accept terms and "
                        "subscribe. To do so please visit "
                        "https://aws.amazon.com/marketplace/pp?sku={}",
                        product_code),
            401};
}
ApiError product_not_owned(std::string_view product_code)
{
    return auth_failure(fmt::format("Not authorized for product code:{}", product_code));
}
ApiError product_needs_stopped_instance(const VolumeId& volume, const InstanceId& instance)
{
    return incorrect_instance_state(
        instance, fmt::format("is not in the 'stopped' state; the volume '{}' has an AWS "
                              "Marketplace product code and can be attached to a stopped instance "
                              "only.",
                              volume.text()));
}

ApiError snapshot_in_use(const SnapshotId& snapshot, const ImageId& image)
{
    return {"InvalidSnapshot.InUse", fmt::format("The snapshot {} is currently in use by {}",
                                                 snapshot.text(), image.text())};
}
ApiError volume_in_use(const VolumeId& volume, const InstanceId& instance)
{
    return {"VolumeInUse",
            fmt::format("Volume {} is currently attached to {}", volume.text(), instance.text())};
}
ApiError volume_already_attached(const VolumeId& volume)
{
    return {"VolumeInUse", fmt::format("{} is already attached to an instance", volume.text())};
}
ApiError volume_not_available(const VolumeId& volume)
{
    return {"IncorrectState", fmt::format("{} is not 'available'.", volume.text())};
}
ApiError attachment_not_found(const VolumeId& volume, const InstanceId& instance)
{
    return {"InvalidAttachment.NotFound",
            fmt::format("Volume {} can not be detached from {} because it is not attached",
                        volume.text(), instance.text())};
}
ApiError attachment_not_found(const VolumeId& volume, const InstanceId& instance,
                              std::string_view device)
{
    return {"InvalidAttachment.NotFound",
            fmt::format("The volume {} is not attached to instance {} as device {}", volume.text(),
                        instance.text(), device)};
}
ApiError attachment_limit_exceeded(std::string_view instance_type, std::int64_t limit)
{
    return {"AttachmentLimitExceeded",
            fmt::format("Volume attachments exceed the limit of {} for the instance type {}", limit,
                        instance_type)};
}
ApiError instance_not_running(const InstanceId& instance)
{
    return {"IncorrectState", fmt::format("Instance '{}' is not 'running'.", instance.text())};
}
ApiError root_volume_not_detachable(const VolumeId& volume, const InstanceId& instance)
{
    return operation_not_permitted(fmt::format(
        "Unable to detach root volume '{}' from instance '{}'", volume.text(), instance.text()));
}
ApiError invalid_device_name(std::string_view device)
{
    return invalid_value(device, "device",
                         fmt::format("{} is not a valid EBS device name.", device));
}
ApiError volume_not_attached(const VolumeId& volume, std::string_view state)
{
    return {"IncorrectState",
            fmt::format("Volume '{}' is in the '{}' state.", volume.text(), state)};
}
ApiError device_in_use(std::string_view device)
{
    return invalid_parameter_value(
        fmt::format("Invalid value '{}' for unixDevice. Attachment point {} is already in use",
                    device, device));
}
ApiError zone_mismatch(const VolumeId& volume, const InstanceId& instance)
{
    return {"InvalidVolume.ZoneMismatch",
            fmt::format("The volume '{}' is not in the same availability zone as instance '{}'",
                        volume.text(), instance.text())};
}
ApiError invalid_zone(std::string_view zone)
{
    return {"InvalidParameterValue", fmt::format("Invalid availability zone: [{}]", zone)};
}
ApiError zone_not_found(std::string_view zone)
{
    return {"InvalidZone.NotFound", fmt::format("The zone '{}' does not exist.", zone)};
}
ApiError volume_smaller_than_snapshot(std::int64_t size_gib, const SnapshotId& snapshot,
                                      std::int64_t snapshot_size_gib)
{
    return invalid_parameter_value(
        fmt::format("Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB",
                    size_gib, snapshot.text(), snapshot_size_gib));
}

ApiError multi_attach_not_supported(std::string_view volume_type)
{
    return volume_parameter_not_supported("multi-attach-enabled", volume_type);
}
ApiError multi_attach_not_in_zone(std::string_view zone)
{
    return invalid_parameter_combination(
        fmt::format("The specified zone does not support multi-attach-enabled volumes: {}", zone));
}
ApiError multi_attach_needs_nitro(const InstanceId& instance, std::string_view instance_type)
{
    return invalid_parameter_combination(
        fmt::format("Multi-Attach is not supported for the instance type {} of the instance '{}'.",
                    instance_type, instance.text()));
}
ApiError multi_attach_is_no_root(const VolumeId& volume)
{
    return invalid_parameter_combination(fmt::format(
        "The Multi-Attach enabled volume '{}' cannot be a root volume.", volume.text()));
}
ApiError multi_attach_limit_exceeded(const VolumeId& volume, std::int64_t limit)
{
    return {"AttachmentLimitExceeded",
            fmt::format("The volume '{}' is attached to {} instances, as many as a Multi-Attach "
                        "enabled volume can have.",
                        volume.text(), limit)};
}
ApiError multi_attach_needs_instance(const VolumeId& volume)
{
    return invalid_parameter_combination(
        fmt::format("The volume '{}' is attached to several instances; specify the instance ID.",
                    volume.text()));
}

ApiError nothing_to_modify()
{
    return invalid_parameter_value(
        "Invalid input: Must specify at least one of size, type, iops, throughput or "
        "multi-attach.");
}
ApiError volume_shrinks()
{
    return invalid_parameter_value("New size cannot be smaller than existing size");
}
ApiError volume_being_modified(const VolumeId& volume, std::string_view state)
{
    return {
        "IncorrectModificationState",
        fmt::format("Volume {} cannot be modified in modification state {}", volume.text(), state)};
}
ApiError volume_modified_too_often(std::string_view until)
{
    return {"VolumeModificationRateExceeded",
            fmt::format("You've reached the maximum modification rate per volume limit. Wait until "
                        "{} before you can issue the next modification request for this volume.",
                        until)};
}
ApiError io1_multi_attach_not_modifiable()
{
    return invalid_parameter_value(
        "io1 volumes with Multi-Attach enabled do not support modify-volume actions. Please review "
        "the EBS technical documentation for information on the Multi-Attach limitations and "
        "considerations.");
}
ApiError multi_attach_type_not_modifiable(const VolumeId& volume)
{
    return invalid_parameter_combination(fmt::format(
        "The type of the Multi-Attach enabled volume '{}' cannot be modified.", volume.text()));
}
ApiError io1_multi_attach_not_switchable()
{
    return invalid_parameter_combination(
        "Multi-Attach cannot be enabled or disabled for io1 volumes after creation.");
}
ApiError multi_attach_switched_while_attached(const VolumeId& volume)
{
    return {"VolumeInUse",
            fmt::format("Multi-Attach cannot be enabled for the volume '{}' while it is attached, "
                        "nor disabled while it is attached to more than one instance.",
                        volume.text())};
}
ApiError root_volume_cannot_be(const VolumeId& volume, std::string_view volume_type)
{
    return invalid_parameter_value(
        fmt::format("The volume '{}' is or was a root volume and cannot be modified to {}.",
                    volume.text(), volume_type));
}
ApiError modification_not_found(const VolumeId& volume)
{
    return {"InvalidVolumeModification.NotFound",
            fmt::format("Modification for volume '{}' does not exist.", volume.text())};
}

ApiError initialization_rate_out_of_range()
{
    return invalid_parameter_value(
        "The value specified for VolumeInitializationRate is not in the allowed range.");
}
ApiError initialization_rate_without_snapshot()
{
    return invalid_parameter_combination(
        "You can't specify VolumeInitializationRate for volumes that are not created from a "
        "snapshot.");
}
ApiError copy_smaller_than_source(std::int64_t size_gib, const VolumeId& source,
                                  std::int64_t source_size_gib)
{
    return invalid_parameter_value(
        fmt::format("Volume of size {}GB is smaller than volume '{}', expect size >= {}GB",
                    size_gib, source.text(), source_size_gib));
}

ApiError root_volume_not_replaceable(const InstanceId& instance, std::string_view why)
{
    return unsupported(fmt::format("The root volume of the instance '{}' cannot be replaced: {}",
                                   instance.text(), why));
}
ApiError root_volume_being_replaced(const InstanceId& instance, const ReplaceRootTaskId& task)
{
    return {"IncorrectState",
            fmt::format("The root volume of the instance '{}' is being replaced by '{}'.",
                        instance.text(), task.text())};
}
ApiError snapshot_not_of_root_volume(const InstanceId& instance)
{
    return invalid_parameter_value(
        fmt::format("Invalid snapshot for root volume for virt {}. The snapshot should be of one "
                    "of the root volumes attached to the instance in the past",
                    instance.text()));
}
ApiError image_does_not_fit_instance(std::string_view image, const InstanceId& instance,
                                     std::string_view why)
{
    return invalid_parameter_value(
        fmt::format("The image '{}' cannot replace the root volume of the instance '{}': {}", image,
                    instance.text(), why));
}
ApiError replacement_volume_refused(const VolumeId& volume, std::string_view why)
{
    return invalid_parameter_value(
        fmt::format("The volume '{}' cannot become a root volume: {}", volume.text(), why));
}

ApiError unknown_volume_type(std::string_view type)
{
    return {"UnknownVolumeType",
            fmt::format("Unsupported volume type '{}' for volume creation.", type)};
}
ApiError volume_too_small(std::int64_t size_gib, std::int64_t min)
{
    return invalid_parameter_value(
        fmt::format("Volume of {}GiB is too small; minimum is {}GiB.", size_gib, min));
}
ApiError volume_too_large(std::int64_t size_gib, std::int64_t max)
{
    return invalid_parameter_value(
        fmt::format("Volume of {}GiB is too large; maximum is {}GiB.", size_gib, max));
}
ApiError volume_value_too_low(std::string_view what, std::int64_t value, std::int64_t min)
{
    return invalid_parameter_value(
        fmt::format("Volume {} of {} is too low; minimum is {}.", what, value, min));
}
ApiError volume_value_too_high(std::string_view what, std::int64_t value, std::int64_t max)
{
    return invalid_parameter_value(
        fmt::format("Volume {} of {} is too high; maximum is {}.", what, value, max));
}
ApiError volume_parameter_not_supported(std::string_view parameter, std::string_view type)
{
    return invalid_parameter_combination(
        fmt::format("The parameter {} is not supported for {} volumes.", parameter, type));
}
ApiError volume_parameter_required(std::string_view parameter, std::string_view type)
{
    return invalid_parameter_combination(
        fmt::format("The parameter {} must be specified for {} volumes.", parameter, type));
}
ApiError iops_ratio_too_high(std::int64_t iops, std::int64_t size_gib, std::int64_t max)
{
    return invalid_parameter_value(
        fmt::format("Iops to volume size ratio of {:.6f} is too high; maximum is {}",
                    static_cast<double>(iops) / static_cast<double>(size_gib), max));
}
ApiError throughput_ratio_too_high(std::int64_t throughput, std::int64_t iops, double max)
{
    return invalid_parameter_value(fmt::format(
        "Throughput (MiBps) to iops ratio of {:.6f} is too high; maximum is {:.6f} MiBps per iops",
        static_cast<double>(throughput) / static_cast<double>(iops), max));
}
ApiError io2_beyond_limits()
{
    return invalid_parameter_combination(
        "io2 volumes configured with greater than 64 TiB or 256K IOPS or 1000:1 IOPS:GB ratio are "
        "not supported.");
}
ApiError invalid_user_id(std::string_view text)
{
    return {"InvalidUserID.Malformed", fmt::format("User ID '{}' is invalid", text)};
}

ApiError invalid_region(std::string_view region)
{
    return {"InvalidParameterValue", fmt::format("Invalid region: [{}]", region)};
}
ApiError invalid_zone_id(std::string_view zone_id)
{
    return {"InvalidParameterValue", fmt::format("Invalid availability zone-id: [{}]", zone_id)};
}
ApiError group_name_not_found(std::string_view name, const VpcId& default_vpc)
{
    return {"InvalidGroup.NotFound",
            fmt::format("The security group '{}' does not exist in default VPC '{}'", name,
                        default_vpc.text())};
}
ApiError instance_types_not_found(const std::vector<std::string>& types)
{
    return {"InvalidInstanceType",
            fmt::format("The following supplied instance types do not exist: [{}]",
                        fmt::join(types, ", "))};
}

ApiError invalid_instance_type(std::string_view type)
{
    return {"InvalidParameterValue", fmt::format("Invalid value '{}' for InstanceType.", type)};
}
ApiError key_pair_not_found(std::string_view name)
{
    return {"InvalidKeyPair.NotFound", fmt::format("The key pair '{}' does not exist", name)};
}
ApiError incorrect_instance_state(const InstanceId& id, std::string_view why)
{
    return {"IncorrectInstanceState", fmt::format("The instance '{}' {}", id.text(), why)};
}
ApiError operation_not_permitted(std::string_view message)
{
    return {"OperationNotPermitted", std::string(message)};
}

ApiError catalogue_image_unchangeable(const ImageId& id)
{
    return operation_not_permitted(fmt::format(
        "The image {} is in the public catalogue, which amilab does not change.", id.text()));
}

ApiError instance_count_not_positive(std::string_view which)
{
    return invalid_parameter_value(
        fmt::format("{} instance count must be greater than zero", which));
}
ApiError instance_counts_reversed(std::int64_t min_count, std::int64_t max_count)
{
    return invalid_parameter_value(fmt::format(
        "Maximum instance count ({}) must not be smaller than the minimum instance count ({})",
        max_count, min_count));
}
ApiError instance_limit_exceeded(std::int64_t wanted, std::int64_t limit)
{
    return {"InstanceLimitExceeded",
            fmt::format("You have requested more instances ({}) than your current instance limit "
                        "of {} allows for the specified instance type. Please visit "
                        "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to "
                        "this limit.",
                        wanted, limit)};
}
ApiError ssm_alias_invalid(std::string_view alias)
{
    return {"SsmInvalidParameter", fmt::format("The following aliases are invalid: {}", alias)};
}

ApiError ssm_data_type_unsupported()
{
    return {"SsmInvalidParameter",
            "Unsupported data type. The following parameter data types are supported: "
            "aws:ec2:image"};
}

ApiError image_not_runnable(const ImageId& id, std::string_view state)
{
    return {"InvalidAMIID.Unavailable",
            fmt::format("AMI '{}' is {}, and cannot be run", id.text(), state)};
}
ApiError instance_type_not_in_zone(std::string_view type, std::string_view zone,
                                   const std::vector<std::string>& zones)
{
    return {"Unsupported",
            fmt::format("Your requested instance type ({}) is not supported in your requested "
                        "Availability Zone ({}). Please retry your request by not specifying an "
                        "Availability Zone or choosing {}.",
                        type, zone, fmt::join(zones, ", "))};
}
ApiError unsupported_configuration()
{
    return {"Unsupported",
            "The requested configuration is currently not supported. Please check the "
            "documentation for supported configurations."};
}
ApiError architecture_mismatch(std::string_view of_type, std::string_view of_image)
{
    return invalid_parameter_value(
        fmt::format("The architecture '{}' of the specified instance type does not match the "
                    "architecture '{}' of the specified AMI. Specify an instance type and an AMI "
                    "that have matching architectures, and try again. You can use "
                    "'describe-instance-types' or 'describe-images' to discover the architecture "
                    "of the instance type or AMI.",
                    of_type, of_image));
}
ApiError virtualization_mismatch(std::string_view type, std::string_view wanted)
{
    return invalid_parameter_combination(
        fmt::format("Virtualization type '{0}' is required for instances of type '{1}'. Ensure "
                    "that you are using an AMI with virtualization type '{0}'. For more "
                    "information, see "
                    "http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html",
                    wanted, type));
}
ApiError ena_required(std::string_view type)
{
    return invalid_parameter_combination(
        fmt::format("Enhanced networking with the Elastic Network Adapter (ENA) is required for "
                    "the '{}' instance type. Ensure that you are using an AMI that is enabled for "
                    "ENA.",
                    type));
}
ApiError boot_mode_not_supported(std::string_view type, std::string_view boot_mode)
{
    return invalid_parameter_combination(
        fmt::format("The instance type '{}' does not support the boot mode '{}' of the specified "
                    "AMI.",
                    type, boot_mode));
}
ApiError tpm_not_supported(std::string_view type)
{
    return invalid_parameter_combination(
        fmt::format("The instance type '{}' does not support NitroTPM, for which the specified "
                    "AMI is configured.",
                    type));
}
ApiError malformed_user_data()
{
    return {"InvalidUserData.Malformed", "Invalid BASE64 encoding of user data."};
}
ApiError user_data_too_large(std::size_t limit_bytes)
{
    return invalid_parameter_value(fmt::format("User data is limited to {} bytes.", limit_bytes));
}
ApiError subnet_in_other_zone(std::string_view zone, const SubnetId& subnet,
                              std::string_view zone_of_subnet)
{
    return invalid_value(
        zone, "availabilityZone",
        fmt::format("Subnet '{}' is in the availability zone {}", subnet.text(), zone_of_subnet));
}
ApiError subnet_full(const SubnetId& subnet)
{
    return {"InsufficientFreeAddressesInSubnet",
            fmt::format("There are not enough free addresses in subnet '{}' to satisfy the "
                        "requested number of instances.",
                        subnet.text())};
}
ApiError no_public_address()
{
    return {"InsufficientAddressCapacity",
            "There are not enough public IPv4 addresses to satisfy your request."};
}
ApiError group_of_other_network(const SecurityGroupId& group, const SubnetId& subnet)
{
    return {"InvalidParameter",
            fmt::format("Security group {} and subnet {} belong to different networks.",
                        group.text(), subnet.text())};
}
ApiError invalid_mapped_device_name(std::string_view name)
{
    return invalid_block_device_mapping(fmt::format("Invalid device name {}", name));
}
ApiError root_type_refused(std::string_view name, std::string_view type)
{
    return invalid_block_device_mapping(fmt::format(
        "Volumes of type {} cannot be root devices, as {} is; expected gp2, gp3, io1, io2 or "
        "standard",
        type, name));
}
ApiError device_mapped_twice(std::string_view name)
{
    return invalid_block_device_mapping(
        fmt::format("The device '{}' is used in more than one block-device mapping", name));
}
ApiError root_snapshot_changed()
{
    return invalid_block_device_mapping("snapshotId cannot be modified on root device");
}
ApiError root_device_removed(std::string_view name)
{
    return invalid_block_device_mapping(
        fmt::format("The root device {} cannot be left out or made an instance store", name));
}
ApiError volume_smaller_than_snapshot(std::int64_t size_gib, std::string_view snapshot,
                                      std::int64_t snapshot_size_gib)
{
    return invalid_block_device_mapping(
        fmt::format("Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB",
                    size_gib, snapshot, snapshot_size_gib));
}
ApiError attachment_limit_exceeded(std::size_t volumes, std::int64_t limit, std::string_view type)
{
    return {"AttachmentLimitExceeded",
            fmt::format("{} volumes are more than the {} that the instance type '{}' can have.",
                        volumes, limit, type)};
}

ApiError cannot_be_started(const InstanceId& id)
{
    return incorrect_instance_state(id, "is not in a state from which it can be started.");
}
ApiError cannot_be_stopped(const InstanceId& id)
{
    return {"IncorrectInstanceState",
            fmt::format("This instance '{}' is not in a state from which it can be stopped.",
                        id.text())};
}
ApiError cannot_be_rebooted(const InstanceId& id)
{
    return not_in_state(id, "running");
}
ApiError never_ran(const InstanceId& id)
{
    return {"IncorrectInstanceState",
            fmt::format("Instance '{}' cannot be stopped as it has never reached the 'running' "
                        "state.",
                        id.text())};
}
ApiError root_is_not_ebs(const InstanceId& id, std::string_view verb)
{
    return unsupported(
        fmt::format("The instance '{}' does not have an 'ebs' root device type and cannot be {}.",
                    id.text(), verb));
}
ApiError root_is_not_attached(const InstanceId& id, std::string_view device)
{
    return {
        "InvalidParameterValue",
        fmt::format("Invalid value '{}' for instanceId. Instance does not have a volume attached "
                    "at root ({})",
                    id.text(), device)};
}
ApiError not_set_up_to_hibernate(const std::vector<InstanceId>& ids)
{
    return {"UnsupportedHibernationConfiguration",
            fmt::format("The instance can't be hibernated because it was not configured at launch "
                        "for hibernation: {}",
                        joined(ids))};
}
ApiError not_in_state(const InstanceId& id, std::string_view state)
{
    return incorrect_instance_state(id, fmt::format("is not in the '{}' state.", state));
}
ApiError cannot_be_modified(const InstanceId& id, std::string_view state)
{
    return incorrect_instance_state(id, fmt::format("is {} and cannot be modified.", state));
}
ApiError protected_instance(const InstanceId& id, std::string_view verb, std::string_view attribute)
{
    return operation_not_permitted(
        fmt::format("The instance '{}' may not be {}. Modify its '{}' instance attribute and try "
                    "again.",
                    id.text(), verb, attribute));
}
ApiError too_many_ids(std::size_t given, std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("{} instance IDs are more than the {} that one call may name", given, limit));
}
ApiError no_attribute_to_modify()
{
    return invalid_parameter_combination("No attributes specified.");
}
ApiError several_attributes_to_modify()
{
    return invalid_parameter_combination("Fields for multiple attribute types specified");
}
ApiError attribute_not_modifiable(std::string_view attribute)
{
    return invalid_value(attribute, "attribute", "It cannot be modified.");
}
ApiError invalid_instance_attribute_value(std::string_view message)
{
    return {"InvalidInstanceAttributeValue", std::string(message)};
}
ApiError no_device_mapped_at(std::string_view device)
{
    return invalid_instance_attribute_value(
        fmt::format("No device is currently mapped at {}", device));
}
ApiError ebs_optimization_not_supported()
{
    return {"Unsupported",
            "EBS-optimized instances are not supported for your requested configuration. Please "
            "check the documentation for supported configurations."};
}

ApiError tag_limit_exceeded()
{
    return {"TagLimitExceeded", "The maximum number of Tags for a resource has been reached."};
}
ApiError tag_without_key()
{
    return invalid_parameter_value(
        "Value ( '' ) for parameter Tag key is invalid. Tag key cannot be null or empty.");
}
ApiError tag_without_value()
{
    return invalid_parameter_value("Tag value cannot be null. Use empty string instead.");
}
ApiError no_tags_to_create()
{
    return invalid_parameter_value("You must specify one or more tags to create");
}
ApiError reserved_tag_key()
{
    return invalid_parameter_value("Tag keys starting with 'aws:' are reserved for internal use");
}
ApiError reserved_tag_key(std::string_view key)
{
    return invalid_parameter_value(
        fmt::format("Value ( {} ) for parameter key is invalid. Tag keys starting with 'aws:' are "
                    "reserved for internal use",
                    key));
}
ApiError tag_key_too_long(std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("Tag key exceeds the maximum length of {} characters", limit));
}
ApiError tag_value_too_long(std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("Tag value exceeds the maximum length of {} characters", limit));
}
ApiError duplicate_tag_key(std::string_view key)
{
    return invalid_parameter_value(fmt::format("Duplicate tag key '{}' specified.", key));
}
ApiError tag_specification_without_type()
{
    return invalid_parameter_value("Tag specification resource type must have a value");
}
ApiError tag_specification_without_tags()
{
    return invalid_parameter_value("Tag specification must have at least one tag");
}
ApiError duplicate_tag_specification(std::string_view resource_type)
{
    return invalid_parameter_value(
        fmt::format("Duplicate tag specification for resource type '{}'.", resource_type));
}
ApiError not_taggable_here(std::string_view resource_type)
{
    return invalid_parameter_value(fmt::format(
        "'{}' is not a valid taggable resource type for this operation.", resource_type));
}
ApiError too_many_resources_to_tag(std::size_t limit)
{
    return {"ResourceCountExceeded",
            fmt::format("A call may tag {} resources at most; make several calls.", limit)};
}
ApiError too_many_tags(std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("A call may delete {} tags at most; make several calls.", limit));
}
ApiError invalid_resource_id(std::string_view text)
{
    return {"InvalidID", fmt::format("The ID '{}' is not valid", text)};
}

}  // namespace amilab::ec2
