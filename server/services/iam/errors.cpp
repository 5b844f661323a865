#include "server/services/iam/errors.h"

#include <fmt/format.h>

namespace amilab::iam {

namespace {

constexpr int kNotFound = 404;
constexpr int kConflict = 409;

ApiError quota_exceeded(std::string_view quota, std::int64_t limit)
{
    return {"LimitExceeded", fmt::format("Cannot exceed quota for {}: {}", quota, limit),
            kConflict};
}

}  // namespace

ApiError no_such_role(std::string_view name)
{
    return {"NoSuchEntity", fmt::format("The role with name {} cannot be found.", name), kNotFound};
}

ApiError no_such_policy(std::string_view name)
{
    return {"NoSuchEntity", fmt::format("The role policy with name {} cannot be found.", name),
            kNotFound};
}

ApiError role_exists(std::string_view name)
{
    return {"EntityAlreadyExists", fmt::format("Role with name {} already exists.", name),
            kConflict};
}

ApiError role_has_policies()
{
    return {"DeleteConflict", "Cannot delete entity, must delete policies first.", kConflict};
}

ApiError role_has_attachments()
{
    return {"DeleteConflict", "Cannot delete entity, must detach all policies first.", kConflict};
}

ApiError arn_unreadable()
{
    return {"ValidationError", "Invalid ARN:  Could not be parsed!"};
}

ApiError policy_not_attachable(std::string_view arn)
{
    return {"NoSuchEntity", fmt::format("Policy {} does not exist or is not attachable.", arn),
            kNotFound};
}

ApiError policy_not_attached(std::string_view arn)
{
    return {"NoSuchEntity", fmt::format("Policy {} was not found.", arn), kNotFound};
}

ApiError too_many_attachments(std::int64_t limit)
{
    return quota_exceeded("PoliciesPerRole", limit);
}

ApiError too_many_roles(std::int64_t limit)
{
    return quota_exceeded("RolesPerAccount", limit);
}

ApiError no_such_profile(std::string_view name)
{
    return {"NoSuchEntity", fmt::format("Instance Profile {} cannot be found.", name), kNotFound};
}

ApiError profile_exists(std::string_view name)
{
    return {"EntityAlreadyExists", fmt::format("Instance Profile {} already exists.", name),
            kConflict};
}

ApiError role_in_profile()
{
    return {"DeleteConflict",
            "Cannot delete entity, must remove roles from instance profile first.", kConflict};
}

ApiError too_many_profiles(std::int64_t limit)
{
    return quota_exceeded("InstanceProfilesPerAccount", limit);
}

ApiError too_many_roles_of_profile(std::int64_t limit)
{
    return quota_exceeded("InstanceSessionsPerInstanceProfile", limit);
}

ApiError policies_too_large(std::int64_t limit, std::string_view role)
{
    return {"LimitExceeded",
            fmt::format("Maximum policy size of {} bytes exceeded for role {}", limit, role),
            kConflict};
}

ApiError policy_is_no_json()
{
    return {"MalformedPolicyDocument", "This policy contains invalid Json"};
}

ApiError policy_malformed()
{
    return {"MalformedPolicyDocument", "Syntax errors in policy."};
}

ApiError duplicate_tags()
{
    return {"InvalidInput",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."};
}

ApiError too_many_tags(std::string_view kind, std::int64_t limit)
{
    return quota_exceeded(fmt::format("TagsPer{}", kind), limit);
}

ApiError invalid_marker(std::string_view /*marker*/)
{
    return {"ValidationError", "The specified value for marker is invalid."};
}

ApiError over_limit(std::string_view /*operation*/, const std::string& message)
{
    return {"LimitExceeded", message, kConflict};
}

}  // namespace amilab::iam
