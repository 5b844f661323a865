#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/errors.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/volumes/volume_ids.h"

/// Refusals that any call of EC2 may say. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab {

/// What accounts share with one another.
enum class SharedType : std::uint8_t { kImage, kSnapshot };
template <>
inline constexpr auto kWords<SharedType> = words("image", "snapshot");

}  // namespace amilab

namespace amilab::ec2 {

ApiError dry_run_operation();
/// The caller may see the resource but not do this to it.
ApiError auth_failure(std::string_view message);
ApiError missing_parameter(std::string_view name);
/// "InvalidParameter", which some calls say where others say InvalidParameterValue: those about
/// tasks and S3, flow logs and VPC endpoints (observed).
ApiError invalid_parameter(std::string_view message);
ApiError parameter_too_long(std::string_view parameter, std::size_t limit);
ApiError parameter_not_ascii(std::string_view parameter);
/// Throws either of the two for text that is not ASCII, or has more characters than `most`: 255
/// unless said otherwise, as of most names (documented).
void check_ascii(std::string_view text, std::string_view parameter, std::size_t most = 255);
/// Throws MissingParameter for a name of nothing (assumed), and what check_ascii does: for the name
/// that whoever makes a thing gives it.
void check_new_name(std::string_view name, std::string_view parameter);
ApiError parameters_not_together(std::string_view one, std::string_view other);
/// Exists at AWS and not here: says which parameter or value.
ApiError unsupported(std::string_view message);
ApiError filter_limit_exceeded(std::size_t limit);
ApiError incorrect_state(std::string_view resource_id, std::string_view state);
template <Vocabulary Word>
ApiError incorrect_state(std::string_view resource_id, Word state)
{
    return incorrect_state(resource_id, text_of(state));
}

ApiError image_name_taken(std::string_view name, const ImageId& holder);
ApiError invalid_block_device_mapping(std::string_view message);
/// `kind` is the attribute's item type: userId, UserGroup, organizationArn...
ApiError invalid_image_attribute_item(std::string_view value, std::string_view kind);

/// Source: "Snapshot is in invalid state - pending" (observed at CreateVolume; tools compare it).
ApiError snapshot_in_invalid_state(std::string_view state);
ApiError snapshot_is_archived(const SnapshotId& id);

ApiError public_access_blocked(SharedType type);
ApiError product_not_public(SharedType type);
/// The caller has no subscription to the product.
ApiError opt_in_required(std::string_view product_code);
/// A volume with a product code goes to a stopped instance only.
ApiError product_needs_stopped_instance(const VolumeId& volume, const InstanceId& instance);

ApiError invalid_zone(std::string_view zone);
ApiError malformed_user_data();

ApiError invalid_zone_id(std::string_view zone_id);

ApiError incorrect_instance_state(const InstanceId& id, std::string_view why);
ApiError operation_not_permitted(std::string_view message);

/// What AWS says when no zone of the region has the type, among other things.
ApiError unsupported_configuration();
/// Source: "Invalid device name /dev/sde1" (observed at RunInstances).
ApiError invalid_mapped_device_name(std::string_view name);
ApiError volume_smaller_than_snapshot(std::int64_t size_gib, std::string_view snapshot,
                                      std::int64_t snapshot_size_gib);

/// A call would take its account beyond what one may hold; `message` says what that is.
ApiError over_limit(std::string_view operation, const std::string& message);
/// An account may have only so many in a region, of `what` it calls.
ApiError too_many_in_region(std::string_view code, std::int64_t limit, std::string_view what);
/// More of `what` were given than one call may name, or than there may be.
ApiError too_many_given(std::size_t given, std::size_t limit, std::string_view what);
ApiError no_attribute_to_modify();
ApiError several_attributes_to_modify();

ApiError tag_without_key();
/// Source: observed.
ApiError tag_key_not_for_metadata(std::string_view key);
ApiError tag_without_value();
/// How an operation refuses a type of tag specifications, by its text. Source: InvalidParameter of
/// CreateSubnet and CreateVpcEndpoint, InvalidParameterValue of others (observed).
using RefuseTagType = ApiError (*)(std::string_view message);
ApiError tag_specification_without_type(RefuseTagType refuse = &invalid_parameter_value);
ApiError tag_specification_without_tags();
ApiError duplicate_tag_specification(std::string_view resource_type);
ApiError not_taggable_here(std::string_view resource_type,
                           RefuseTagType refuse = &invalid_parameter_value);

}  // namespace amilab::ec2
