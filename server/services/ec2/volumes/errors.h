#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/volumes/volume_ids.h"

/// Refusals that are about volumes. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

/// Attaching what is attached: VolumeInUse.
ApiError volume_already_attached(const VolumeId& volume);
/// Deleting what is attached: VolumeInUse.
ApiError volume_in_use(const VolumeId& volume, const InstanceId& instance);
ApiError volume_not_available(const VolumeId& volume);
ApiError volume_not_attached(const VolumeId& volume, std::string_view state);
/// The volume is attached elsewhere, or as another device.
ApiError attachment_not_found(const VolumeId& volume, const InstanceId& instance);
ApiError attachment_not_found(const VolumeId& volume, const InstanceId& instance,
                              std::string_view device);
ApiError instance_not_running(const InstanceId& instance);
ApiError root_volume_not_detachable(const VolumeId& volume, const InstanceId& instance);
ApiError invalid_device_name(std::string_view device);
ApiError device_in_use(std::string_view device);
ApiError zone_mismatch(const VolumeId& volume, const InstanceId& instance);
/// CreateVolume's refusal of a zone: InvalidZone.NotFound.
ApiError zone_not_found(std::string_view zone);
ApiError volume_smaller_than_snapshot(std::int64_t size_gib, const SnapshotId& snapshot,
                                      std::int64_t snapshot_size_gib);

ApiError multi_attach_not_supported(std::string_view volume_type);
ApiError multi_attach_not_in_zone(std::string_view zone);
ApiError multi_attach_needs_nitro(const InstanceId& instance, std::string_view instance_type);
ApiError multi_attach_is_no_root(const VolumeId& volume);
ApiError multi_attach_limit_exceeded(const VolumeId& volume, std::int64_t limit);
/// Detaching one that is attached to several instances without saying from which.
ApiError multi_attach_needs_instance(const VolumeId& volume);

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

ApiError initialization_rate_out_of_range();
ApiError initialization_rate_without_snapshot();
ApiError copy_smaller_than_source(std::int64_t size_gib, const VolumeId& source,
                                  std::int64_t source_size_gib);

ApiError unknown_volume_type(std::string_view type);
/// Source: observed of io1 that is too small; the other side assumed alike.
ApiError volume_too_small(std::string_view type, std::int64_t size_gib, std::int64_t min);
ApiError volume_too_large(std::string_view type, std::int64_t size_gib, std::int64_t max);
/// `what` is iops or throughput.
ApiError volume_value_too_low(std::string_view what, std::int64_t value, std::int64_t min);
ApiError volume_value_too_high(std::string_view what, std::int64_t value, std::int64_t max);
ApiError volume_parameter_not_supported(std::string_view parameter, std::string_view type);
ApiError volume_parameter_required(std::string_view parameter, std::string_view type);
ApiError iops_ratio_too_high(std::int64_t iops, std::int64_t size_gib, std::int64_t max);
ApiError throughput_ratio_too_high(std::int64_t throughput, std::int64_t iops, double max);
ApiError io2_beyond_limits();

/// Source: "st1 and sc1 volumes cannot be boot volumes" (documented); code and text assumed.
ApiError root_type_refused(std::string_view name, std::string_view type);

}  // namespace amilab::ec2
