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

/// Refusals that are about images. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

/// The image is there for others, or no more: InvalidAMIID.Unavailable.
ApiError image_unavailable(const ImageId& id);
ApiError not_found(const UsageReportId& id);

ApiError not_authorized_for_image(const ImageId& id);
/// RunInstances' refusal of an image that the caller may not launch.
ApiError not_authorized_for_images(const ImageId& id);

ApiError image_name_malformed();
/// The image is in a state in which this cannot be done to it: InvalidAMIID.Unavailable.
ApiError image_in_wrong_state(const ImageId& id, std::string_view state);
/// A public image's deprecation cannot be cancelled.
ApiError public_image_stays_deprecated(const ImageId& id);
/// The image is protected from deregistration, or was until a short time ago.
ApiError image_protected(const ImageId& id);
ApiError image_protected_until(const ImageId& id, std::string_view time);
/// The image's specification of instance types does not allow the type.
ApiError instance_type_not_for_image(std::string_view type, const ImageId& id);
ApiError not_a_windows_image(const ImageId& id);
ApiError fast_launch_not_enabled(const ImageId& id);
ApiError launch_template_id_not_found(std::string_view id);
ApiError launch_template_name_not_found(std::string_view name);
ApiError invalid_manifest(std::string_view location);
/// The account may not say which billing products an image has.
ApiError billing_products_not_authorized();
/// DescribeImages' refusal of an owner or a user that is no account and no known word.
ApiError invalid_image_user(std::string_view text);

ApiError image_storage_not_permitted();
ApiError marketplace_image_not_copyable();
ApiError billed_image_not_copyable();
/// RegisterImage and CreateImage: the snapshot decides.
ApiError encryption_of_snapshot_mapping(std::string_view device);

ApiError encrypted_image_not_public();
ApiError too_many_launch_permissions(const ImageId& id, std::size_t limit);
ApiError managed_key_image_not_shared();
/// Ours to decide who sells what: the control API says it.
ApiError product_code_invalid();
ApiError launch_permission_not_cancellable(const ImageId& id);
ApiError invalid_image_criterion(std::string_view value, std::string_view parameter,
                                 std::string_view why);
ApiError image_criterion_limit_exceeded(std::string_view what, std::size_t limit);

/// Ours: its owner may, but here the public catalogue is read-only.
ApiError catalogue_image_unchangeable(const ImageId& id);

/// `alias` is the ImageId that names a parameter. Source: code observed, text in part.
ApiError ssm_alias_invalid(std::string_view alias);
/// Source: observed.
ApiError ssm_data_type_unsupported();
ApiError image_not_runnable(const ImageId& id, std::string_view state);

}  // namespace amilab::ec2
