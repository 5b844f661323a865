#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire/api_error.h"
#include "storage/base/ids.h"

/// Every refusal of the EC2 service: here alone codes and messages are spelled. docs/fidelity.md
/// says for each whether it is documented, observed or assumed.
namespace amilab::ec2 {

// Ids

/// `text` is no id of the kind at all. `parameter` is named where AWS's message names it.
template <class IdType>
ApiError malformed_id(std::string_view text);

ApiError not_found(const std::vector<ImageId>& ids);
ApiError not_found(const ImageId& id);
/// The image is there for others, or no more: InvalidAMIID.Unavailable.
ApiError image_unavailable(const ImageId& id);
ApiError not_found(const SnapshotId& id);
ApiError not_found(const VolumeId& id);
ApiError not_found(const std::vector<InstanceId>& ids);
ApiError not_found(const InstanceId& id);
ApiError not_found(const VpcId& id);
ApiError not_found(const SubnetId& id);
ApiError not_found(const SecurityGroupId& id);
ApiError not_found(const NetworkInterfaceId& id);
ApiError not_found(const UsageReportId& id);
ApiError not_found(const ReplaceRootTaskId& id);

/// Clients send empty strings for what they leave out.
inline bool is_given(const std::optional<std::string>& text)
{
    return text && !text->empty();
}

inline void drop_empty(std::optional<std::string>& text)
{
    if (!is_given(text)) {
        text.reset();
    }
}

/// Parses, or throws malformed_id.
template <class IdType>
IdType parse_id(std::string_view text)
{
    auto id = IdType::from_text(text);
    if (!id) {
        throw malformed_id<IdType>(text);
    }
    return *id;
}

template <class IdType>
std::vector<IdType> parse_ids(const std::vector<std::string>& texts)
{
    std::vector<IdType> ids;
    ids.reserve(texts.size());
    for (const auto& text : texts) {
        ids.push_back(parse_id<IdType>(text));
    }
    return ids;
}

// Any operation

ApiError dry_run_operation();
/// The caller may see the resource but not do this to it.
ApiError auth_failure(std::string_view message);
ApiError not_authorized_for_image(const ImageId& id);
/// As RunInstances says it of an image that the caller may not launch.
ApiError not_authorized_for_images(const ImageId& id);
ApiError not_authorized_for_snapshot(const SnapshotId& id);
ApiError missing_parameter(std::string_view name);
ApiError invalid_parameter_value(std::string_view message);
/// "Value (x) for parameter y is invalid. why"
ApiError invalid_value(std::string_view value, std::string_view parameter,
                       std::string_view why = {});
ApiError invalid_parameter_combination(std::string_view message);
ApiError parameters_not_together(std::string_view one, std::string_view other);
/// `parameter` makes sense beside `required` alone.
ApiError invalid_parameter_dependency(std::string_view parameter, std::string_view required);
ApiError invalid_request(std::string_view message);
/// Exists at AWS and not here: says which parameter or value.
ApiError unsupported(std::string_view message);
ApiError filter_without_values(std::string_view name);
ApiError filter_limit_exceeded(std::size_t limit);
ApiError invalid_next_token(std::string_view token);
ApiError idempotent_parameter_mismatch();
ApiError idempotent_instance_terminated();
ApiError incorrect_state(std::string_view resource_id, std::string_view state);

// Images

ApiError image_name_malformed();
ApiError image_name_taken(std::string_view name, const ImageId& holder);
ApiError invalid_block_device_mapping(std::string_view message);
/// `kind` is the attribute's item type: userId, UserGroup, organizationArn...
ApiError invalid_image_attribute_item(std::string_view value, std::string_view kind);

/// It is in a state in which this cannot be done to it: InvalidAMIID.Unavailable.
ApiError image_in_wrong_state(const ImageId& id, std::string_view state);
/// A public image's deprecation cannot be cancelled.
ApiError public_image_stays_deprecated(const ImageId& id);
/// It is protected from deregistration, or was until a short time ago.
ApiError image_protected(const ImageId& id);
ApiError image_protected_until(const ImageId& id, std::string_view time);
ApiError too_many_image_ids(std::size_t given, std::size_t limit);
/// The image's specification of instance types does not allow the type.
ApiError instance_type_not_for_image(std::string_view type, const ImageId& id);
ApiError not_a_windows_image(const ImageId& id);
ApiError fast_launch_not_enabled(const ImageId& id);
ApiError launch_template_id_not_found(std::string_view id);
ApiError launch_template_name_not_found(std::string_view name);
ApiError invalid_manifest(std::string_view location);
/// The account may not say which billing products an image has.
ApiError billing_products_not_authorized();
/// As DescribeImages refuses an owner or a user that is no account and no known word.
ApiError invalid_image_user(std::string_view text);

// Copies, encryption and what becomes of snapshots

ApiError image_storage_not_permitted();
ApiError marketplace_image_not_copyable();
ApiError billed_image_not_copyable();
ApiError too_many_copies(std::int64_t limit);
ApiError invalid_source_region(std::string_view region);
ApiError encryption_not_removable();
ApiError too_many_pending_snapshots();
ApiError unencrypted_copy(const SnapshotId& source);
/// RegisterImage and CreateImage: the snapshot decides.
ApiError encryption_of_snapshot_mapping(std::string_view device);
ApiError invalid_kms_key(std::string_view text, std::string_view why);
ApiError snapshot_locked(const SnapshotId& id);
/// Its lock is in compliance mode for good.
ApiError lock_not_changeable(const SnapshotId& id, std::string_view why);
ApiError snapshot_not_locked(const SnapshotId& id);
ApiError snapshot_is_archived(const SnapshotId& id);
ApiError snapshot_not_archived(const SnapshotId& id);
ApiError tiering_in_progress(const SnapshotId& id, std::string_view status);
ApiError image_keeps_snapshot(const SnapshotId& id, const ImageId& image);
ApiError root_volume_not_excludable(const VolumeId& volume, const InstanceId& instance);
ApiError volume_not_of_instance(const VolumeId& volume, const InstanceId& instance);
ApiError no_volumes_to_snapshot(const InstanceId& instance);

// Sharing

/// `what` is image or snapshot.
ApiError public_access_blocked(std::string_view what);
ApiError encrypted_image_not_public();
ApiError encrypted_snapshot_not_public();
ApiError too_many_launch_permissions(const ImageId& id, std::size_t limit);
ApiError managed_key_image_not_shared();
ApiError managed_key_snapshot_not_shared();
ApiError product_not_public(std::string_view what);
ApiError too_many_modifications(std::size_t given, std::size_t limit);
ApiError launch_permission_not_cancellable(const ImageId& id);
ApiError invalid_image_criterion(std::string_view value, std::string_view parameter,
                                 std::string_view why);
ApiError image_criterion_limit_exceeded(std::string_view what, std::size_t limit);
/// The caller has no subscription to the product.
ApiError opt_in_required(std::string_view product_code);
ApiError product_not_owned(std::string_view product_code);
/// A volume with a product code goes to a stopped instance only.
ApiError product_needs_stopped_instance(const VolumeId& volume, const InstanceId& instance);

// Snapshots and volumes

ApiError snapshot_in_use(const SnapshotId& snapshot, const ImageId& image);
/// Attaching what is attached: VolumeInUse.
ApiError volume_already_attached(const VolumeId& volume);
/// Deleting what is attached: VolumeInUse.
ApiError volume_in_use(const VolumeId& volume, const InstanceId& instance);
ApiError volume_not_available(const VolumeId& volume);
ApiError volume_not_attached(const VolumeId& volume, std::string_view state);
/// It is attached elsewhere, or as another device.
ApiError attachment_not_found(const VolumeId& volume, const InstanceId& instance);
ApiError attachment_not_found(const VolumeId& volume, const InstanceId& instance,
                              std::string_view device);
ApiError attachment_limit_exceeded(std::string_view instance_type, std::int64_t limit);
ApiError instance_not_running(const InstanceId& instance);
ApiError root_volume_not_detachable(const VolumeId& volume, const InstanceId& instance);
ApiError invalid_device_name(std::string_view device);
ApiError device_in_use(std::string_view device);
ApiError zone_mismatch(const VolumeId& volume, const InstanceId& instance);
ApiError invalid_zone(std::string_view zone);
/// As CreateVolume refuses it: InvalidZone.NotFound.
ApiError zone_not_found(std::string_view zone);
ApiError volume_smaller_than_snapshot(std::int64_t size_gib, const SnapshotId& snapshot,
                                      std::int64_t snapshot_size_gib);

// Multi-Attach

ApiError multi_attach_not_supported(std::string_view volume_type);
ApiError multi_attach_not_in_zone(std::string_view zone);
ApiError multi_attach_needs_nitro(const InstanceId& instance, std::string_view instance_type);
ApiError multi_attach_is_no_root(const VolumeId& volume);
ApiError multi_attach_limit_exceeded(const VolumeId& volume, std::int64_t limit);
/// Detaching one that is attached to several instances without saying from which.
ApiError multi_attach_needs_instance(const VolumeId& volume);

// Modifications of volumes

ApiError nothing_to_modify();
ApiError volume_shrinks();
/// `state` in AWS's capitals.
ApiError volume_being_modified(const VolumeId& volume, std::string_view state);
/// `until` is ISO 8601.
ApiError volume_modified_too_often(std::string_view until);
ApiError io1_multi_attach_not_modifiable();
ApiError multi_attach_type_not_modifiable(const VolumeId& volume);
ApiError io1_multi_attach_not_switchable();
ApiError multi_attach_switched_while_attached(const VolumeId& volume);
ApiError root_volume_cannot_be(const VolumeId& volume, std::string_view volume_type);
ApiError modification_not_found(const VolumeId& volume);

// Initialization and copies of volumes

ApiError initialization_rate_out_of_range();
ApiError initialization_rate_without_snapshot();
ApiError copy_smaller_than_source(std::int64_t size_gib, const VolumeId& source,
                                  std::int64_t source_size_gib);

// Root volumes

ApiError root_volume_not_replaceable(const InstanceId& instance, std::string_view why);
ApiError root_volume_being_replaced(const InstanceId& instance, const ReplaceRootTaskId& task);
ApiError snapshot_not_of_root_volume(const InstanceId& instance);
ApiError image_does_not_fit_instance(std::string_view image, const InstanceId& instance,
                                     std::string_view why);
ApiError replacement_volume_refused(const VolumeId& volume, std::string_view why);

// Volume types

ApiError unknown_volume_type(std::string_view type);
ApiError volume_too_small(std::int64_t size_gib, std::int64_t min);
ApiError volume_too_large(std::int64_t size_gib, std::int64_t max);
/// `what` is iops or throughput.
ApiError volume_value_too_low(std::string_view what, std::int64_t value, std::int64_t min);
ApiError volume_value_too_high(std::string_view what, std::int64_t value, std::int64_t max);
ApiError volume_parameter_not_supported(std::string_view parameter, std::string_view type);
ApiError volume_parameter_required(std::string_view parameter, std::string_view type);
ApiError iops_ratio_too_high(std::int64_t iops, std::int64_t size_gib, std::int64_t max);
ApiError throughput_ratio_too_high(std::int64_t throughput, std::int64_t iops, double max);
ApiError io2_beyond_limits();
ApiError invalid_user_id(std::string_view text);

// Regions, network, instance types

ApiError invalid_region(std::string_view region);
ApiError invalid_zone_id(std::string_view zone_id);
/// A group named by its name, which is looked for in the default VPC alone.
ApiError group_name_not_found(std::string_view name, const VpcId& default_vpc);
ApiError instance_types_not_found(const std::vector<std::string>& types);

// Instances

ApiError invalid_instance_type(std::string_view type);
ApiError key_pair_not_found(std::string_view name);
ApiError incorrect_instance_state(const InstanceId& id, std::string_view why);
ApiError operation_not_permitted(std::string_view message);
/// Ours: its owner may, but here the public catalogue is read-only.
ApiError catalogue_image_unchangeable(const ImageId& id);

// Launches

/// `which` is Minimum or Maximum.
ApiError instance_count_not_positive(std::string_view which);
ApiError instance_counts_reversed(std::int64_t min_count, std::int64_t max_count);
ApiError instance_limit_exceeded(std::int64_t wanted, std::int64_t limit);
/// `alias` is the ImageId that names a parameter. Source: code observed, text in part.
ApiError ssm_alias_invalid(std::string_view alias);
/// Source: observed.
ApiError ssm_data_type_unsupported();
ApiError image_not_runnable(const ImageId& id, std::string_view state);
ApiError instance_type_not_in_zone(std::string_view type, std::string_view zone,
                                   const std::vector<std::string>& zones);
/// What AWS says when no zone of the region has the type, among other things.
ApiError unsupported_configuration();
ApiError architecture_mismatch(std::string_view of_type, std::string_view of_image);
ApiError virtualization_mismatch(std::string_view type, std::string_view wanted);
ApiError ena_required(std::string_view type);
ApiError boot_mode_not_supported(std::string_view type, std::string_view boot_mode);
ApiError tpm_not_supported(std::string_view type);
ApiError malformed_user_data();
ApiError user_data_too_large(std::size_t limit_bytes);
ApiError subnet_in_other_zone(std::string_view zone, const SubnetId& subnet,
                              std::string_view zone_of_subnet);
ApiError subnet_full(const SubnetId& subnet);
ApiError no_public_address();
ApiError group_of_other_network(const SecurityGroupId& group, const SubnetId& subnet);
/// Source: "Invalid device name /dev/sde1" (observed at RunInstances).
ApiError invalid_mapped_device_name(std::string_view name);
/// Source: "st1 and sc1 volumes cannot be boot volumes" (documented); code and text assumed.
ApiError root_type_refused(std::string_view name, std::string_view type);
ApiError device_mapped_twice(std::string_view name);
ApiError root_snapshot_changed();
ApiError root_device_removed(std::string_view name);
ApiError volume_smaller_than_snapshot(std::int64_t size_gib, std::string_view snapshot,
                                      std::int64_t snapshot_size_gib);
ApiError attachment_limit_exceeded(std::size_t volumes, std::int64_t limit, std::string_view type);

// Instances' states and attributes

ApiError cannot_be_started(const InstanceId& id);
ApiError cannot_be_stopped(const InstanceId& id);
ApiError cannot_be_rebooted(const InstanceId& id);
ApiError never_ran(const InstanceId& id);
ApiError root_is_not_ebs(const InstanceId& id, std::string_view verb);
/// Source: the text is observed, the code assumed.
ApiError root_is_not_attached(const InstanceId& id, std::string_view device);
ApiError not_set_up_to_hibernate(const std::vector<InstanceId>& ids);
ApiError not_in_state(const InstanceId& id, std::string_view state);
/// The instance is gone or going, and cannot be changed.
ApiError cannot_be_modified(const InstanceId& id, std::string_view state);
/// `verb` is terminated or stopped, `attribute` the one that forbids it.
ApiError protected_instance(const InstanceId& id, std::string_view verb,
                            std::string_view attribute);
ApiError too_many_ids(std::size_t given, std::size_t limit);
ApiError no_attribute_to_modify();
ApiError several_attributes_to_modify();
ApiError attribute_not_modifiable(std::string_view attribute);
ApiError invalid_instance_attribute_value(std::string_view message);
ApiError no_device_mapped_at(std::string_view device);
ApiError ebs_optimization_not_supported();

// Tags

ApiError tag_limit_exceeded();
ApiError tag_without_key();
ApiError tag_without_value();
ApiError no_tags_to_create();
/// The key begins with `aws:`; CreateTags and DeleteTags name it.
ApiError reserved_tag_key();
ApiError reserved_tag_key(std::string_view key);
ApiError tag_key_too_long(std::size_t limit);
ApiError tag_value_too_long(std::size_t limit);
ApiError duplicate_tag_key(std::string_view key);
ApiError tag_specification_without_type();
ApiError tag_specification_without_tags();
ApiError duplicate_tag_specification(std::string_view resource_type);
ApiError not_taggable_here(std::string_view resource_type);
/// More than one call of CreateTags or DeleteTags may name.
ApiError too_many_resources_to_tag(std::size_t limit);
ApiError too_many_tags(std::size_t limit);
/// No kind of resource has ids like this one.
ApiError invalid_resource_id(std::string_view text);

}  // namespace amilab::ec2
