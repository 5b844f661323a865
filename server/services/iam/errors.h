#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/wire/api_error.h"

/// Refusals of IAM. Source: codes and statuses are documented, texts observed.
namespace amilab::iam {

ApiError no_such_role(std::string_view name);
ApiError no_such_policy(std::string_view name);
ApiError role_exists(std::string_view name);
ApiError role_has_policies();
/// The role has managed policies.
ApiError role_has_attachments();
ApiError arn_unreadable();
/// There is no policy with the ARN.
ApiError policy_not_attachable(std::string_view arn);
/// The role has not the policy.
ApiError policy_not_attached(std::string_view arn);
ApiError too_many_attachments(std::int64_t limit);
ApiError too_many_roles(std::int64_t limit);
/// To who deletes either of the two.
ApiError role_in_profile();
ApiError no_such_profile(std::string_view name);
ApiError profile_exists(std::string_view name);
ApiError too_many_profiles(std::int64_t limit);
ApiError too_many_roles_of_profile(std::int64_t limit);
ApiError policies_too_large(std::int64_t limit, std::string_view role);
ApiError policy_is_no_json();
ApiError policy_malformed();
ApiError duplicate_tags();
/// `kind` is "Role" or "InstanceProfile". Source: code documented, text observed of other quotas.
ApiError too_many_tags(std::string_view kind, std::int64_t limit);
/// Of a marker that no page ended with. Source: code observed, text assumed.
ApiError invalid_marker(std::string_view marker);

/// What IAM says to a call that would take its account beyond what one may hold. Source: the code
/// is that of its quotas (assumed).
ApiError over_limit(std::string_view operation, const std::string& message);

}  // namespace amilab::iam
