#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/volumes/volume_ids.h"

/// Refusals that are about instances. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

ApiError not_found(const ReplaceRootTaskId& id);

ApiError idempotent_instance_terminated();

ApiError product_not_owned(std::string_view product_code);

ApiError root_volume_not_replaceable(const InstanceId& instance, std::string_view why);
ApiError root_volume_being_replaced(const InstanceId& instance, const ReplaceRootTaskId& task);
ApiError snapshot_not_of_root_volume(const InstanceId& instance);
ApiError image_does_not_fit_instance(std::string_view image, const InstanceId& instance,
                                     std::string_view why);
ApiError replacement_volume_refused(const VolumeId& volume, std::string_view why);

ApiError invalid_instance_type(std::string_view type);

/// `which` is Minimum or Maximum.
ApiError instance_count_not_positive(std::string_view which);
ApiError instance_counts_reversed(std::int64_t min_count, std::int64_t max_count);
ApiError instance_limit_exceeded(std::int64_t wanted, std::int64_t limit);
ApiError user_data_too_large(std::size_t limit_bytes);
ApiError device_mapped_twice(std::string_view name);
ApiError root_snapshot_changed();
/// A launch gives a snapshot for a device that the image has on the instance store.
ApiError snapshot_of_another_device_kind();
ApiError root_device_removed(std::string_view name);

ApiError cannot_be_started(const InstanceId& id);
ApiError cannot_be_stopped(const InstanceId& id);
ApiError captured_volume_changed(std::string_view device);
/// Source: observed of terminated instances, and those that shut down.
ApiError cannot_be_captured(const InstanceId& id);
ApiError cannot_be_rebooted(const InstanceId& id);
ApiError never_ran(const InstanceId& id);
ApiError root_is_not_ebs(const InstanceId& id, std::string_view verb);
/// Source: the text is observed, the code assumed.
ApiError root_is_not_attached(const InstanceId& id, std::string_view device);
ApiError not_set_up_to_hibernate(const std::vector<InstanceId>& ids);
ApiError not_in_state(const InstanceId& id, std::string_view state);
ApiError not_running_or_stopped(const InstanceId& id);
/// The instance is gone or going, and cannot be changed.
ApiError cannot_be_modified(const InstanceId& id, std::string_view state);
/// `verb` is terminated or stopped, `attribute` the one that forbids it.
ApiError protected_instance(const InstanceId& id, std::string_view verb,
                            std::string_view attribute);
ApiError attribute_not_modifiable(std::string_view attribute);
ApiError invalid_instance_attribute_value(std::string_view message);
ApiError no_device_mapped_at(std::string_view device);
ApiError ebs_optimization_not_supported();
/// The account wants session tokens of all that it launches.
ApiError tokens_enforced();
ApiError credits_not_supported(std::string_view type);
ApiError hibernation_not_possible(std::string_view why);
/// The instance type has no such option.
ApiError option_not_of_type(std::string_view option, std::string_view type);

}  // namespace amilab::ec2
