#include "server/services/iam/errors.h"

#include <fmt/format.h>

namespace amilab::iam {

namespace {

constexpr int kNotFound = 404;
constexpr int kConflict = 409;

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

ApiError too_many_roles(std::int64_t limit)
{
    return {"LimitExceeded", fmt::format("Cannot exceed quota for RolesPerAccount: {}", limit),
            kConflict};
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

ApiError over_limit(std::string_view /*operation*/, const std::string& message)
{
    return {"LimitExceeded", message, kConflict};
}

}  // namespace amilab::iam
