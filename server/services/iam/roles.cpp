#include "server/services/iam/roles.h"

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/iam_tags.h"
#include "server/services/iam/errors.h"
#include "server/services/iam/policies.h"
#include "server/wire/iam/roles.h"
#include "server/wire/iam/schema.h"
#include "storage/metadata/iam/role_policy_rows.h"

namespace amilab::iam {

namespace {

// Source: "Roles in an AWS account" and sessions of a role (documented).
constexpr std::int64_t kMostRoles = 1000;
constexpr std::int64_t kShortestSession = 3600;
constexpr std::int64_t kLongestSession = 43'200;

void check(const CreateRoleRequest& request)
{
    Checks checks;
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    check_document(checks, request.assume_role_policy_document, "assumeRolePolicyDocument");
    checks.length(request.description.value_or(""), "description", 0, 1000);
    checks.range(request.max_session_duration.value_or(kShortestSession), "maxSessionDuration",
                 kShortestSession, kLongestSession);
    checks.length(request.path.value_or("/"), "path", 1, 512);
    check_iam_tags(checks, request.tags);
    checks.finish();
}

/// Source: a path begins and ends with a slash, and is of ASCII (documented), the text is observed.
void check_path(std::string_view path)
{
    bool fits = path.starts_with('/') && path.ends_with('/');
    for (const char c : path) {
        fits = fits && c > ' ' && c < '\x7f';
    }
    if (!fits) {
        throw ApiError("ValidationError",
                       "The specified value for path is invalid. It must begin and end with / and "
                       "contain only alphanumeric characters and/or / characters.");
    }
}

std::vector<TagRow> read_tags(const CreateRoleRequest& request)
{
    iam_tag_keys(request.tags, &duplicate_tags);
    std::vector<TagRow> tags;
    for (const auto& tag : request.tags) {
        tags.push_back({*tag.key, *tag.value});
    }
    return tags;
}

enum class Shown { kAsMade, kAsFound };

/// Source: CreateRole's answer has no duration, GetRole's has and tells that nobody took the role
/// on yet (observed).
Role to_answer(Session& session, const RoleRow& row, Shown shown)
{
    Role role{
        .arn = iam_arn_of(session.region(), row.owner, fmt::format("role{}{}", row.path, row.name)),
        .assume_role_policy_document = shown_policy(row.trust_policy),
        .create_date = Timestamp{row.create_time_ms},
        .description = row.description,
        .path = row.path,
        .role_id = role_id(row.owner, row.name),
        .role_name = row.name};
    for (const auto& tag : select_role_tags(session.db(), row)) {
        role.tags.push_back({.key = tag.key, .value = tag.value});
    }
    if (shown == Shown::kAsFound) {
        role.max_session_duration = row.max_session_seconds;
        role.role_last_used.emplace();
    }
    return role;
}

// Source: IAM API Reference, CreateRole (documented).
CreateRoleResponse create_role(Session& session, const CreateRoleRequest& request)
{
    check(request);
    const RoleRow row{
        .owner = session.account(),
        .name = *request.role_name,
        .path = request.path.value_or("/"),
        .description = request.description,
        .trust_policy = *request.assume_role_policy_document,
        .max_session_seconds = request.max_session_duration.value_or(kShortestSession),
        .create_time_ms = session.now_ms()};
    check_path(row.path);
    const auto tags = read_tags(request);
    require_policy(row.trust_policy);
    if (!insert_unless_there<kRoleColumns>(session.db(), row)) {
        throw role_exists(row.name);
    }
    if (count_roles(session.db(), session.account()) > kMostRoles) {
        throw too_many_roles(kMostRoles);
    }
    insert_role_tags(session.db(), row, tags);
    return {.role = to_answer(session, row, Shown::kAsMade)};
}

RoleRow require_named(Session& session, const std::optional<std::string>& name)
{
    Checks checks;
    check_name(checks, name, "roleName", kLongestRoleName);
    checks.finish();
    return require_role(session, *name);
}

// Source: IAM API Reference, GetRole (documented).
GetRoleResponse get_role(Session& session, const GetRoleRequest& request)
{
    return {.role = to_answer(session, require_named(session, request.role_name), Shown::kAsFound)};
}

// Source: IAM API Reference, DeleteRole: not while it has policies (documented).
DeleteRoleResponse delete_role(Session& session, const DeleteRoleRequest& request)
{
    const auto role = require_named(session, request.role_name);
    if (has_role_policies(session.db(), role.owner, role.name)) {
        throw role_has_policies();
    }
    amilab::delete_role(session.db(), role);
    return {};
}

constexpr Operation kOperations[] = {
    write<create_role>(kCreateRole),
    read<get_role>(kGetRole),
    write<delete_role>(kDeleteRole, {.frees_space = true}),
};

}  // namespace

RoleRow require_role(Session& session, std::string_view name)
{
    auto role = select_role(session.db(), session.account(), name);
    if (!role) {
        throw no_such_role(name);
    }
    return std::move(*role);
}

bool trusts_service(Session& session, std::string_view role, std::string_view service)
{
    const auto row = select_role(session.db(), session.account(), role);
    return row && row->trust_policy.find(service) != std::string::npos;
}

constinit const Family kRoles{.operations = kOperations};

}  // namespace amilab::iam
