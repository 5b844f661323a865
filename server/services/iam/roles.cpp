#include "server/services/iam/roles.h"

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/services/iam/errors.h"
#include "server/services/iam/policies.h"
#include "server/services/iam/requests.h"
#include "server/services/iam/trust_policies.h"
#include "server/wire/iam/roles.h"
#include "server/wire/iam/schema.h"
#include "storage/metadata/iam/instance_profile_rows.h"
#include "storage/metadata/iam/role_attachment_rows.h"
#include "storage/metadata/iam/role_policy_rows.h"

namespace amilab::iam {

namespace {

// Source: "Roles in an AWS account" and sessions of a role (documented).
constexpr std::int64_t kMostRoles = 1000;
constexpr std::int64_t kShortestSession = 3600;
constexpr std::int64_t kLongestSession = 43'200;

void check_description(Checks& checks, const std::optional<std::string>& description)
{
    checks.length(description.value_or(""), "description", 0, 1000);
}

void check_session(Checks& checks, std::optional<std::int64_t> seconds)
{
    checks.range(seconds.value_or(kShortestSession), "maxSessionDuration", kShortestSession,
                 kLongestSession);
}

void check(const CreateRoleRequest& request)
{
    Checks checks;
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    check_document(checks, request.assume_role_policy_document, "assumeRolePolicyDocument");
    check_description(checks, request.description);
    check_session(checks, request.max_session_duration);
    check_path(checks, request.path);
    check_iam_tags(checks, request.tags);
    checks.finish();
}

/// Source: GetRole tells the duration, and that nobody took the role on yet (observed).
Role found_answer(Session& session, const RoleRow& row)
{
    auto role = role_answer(session, row);
    role.tags = to_tags<Tag>(select_role_tags(session.db(), row));
    role.max_session_duration = row.max_session_seconds;
    role.role_last_used.emplace();
    return role;
}

/// Source: a list has no tags and not when a role was used (documented).
std::vector<Role> to_answers(Session& session, std::vector<RoleRow>&& rows)
{
    std::vector<Role> answers;
    for (const auto& row : rows) {
        answers.push_back(role_answer(session, row));
        answers.back().max_session_duration = row.max_session_seconds;
    }
    return answers;
}

void want_roles(Session& /*session*/, const ListRolesRequest& request, ListQuery& wanted)
{
    Checks checks;
    check_page(checks, request.max_items, request.marker);
    check_path_prefix(checks, request.path_prefix);
    checks.finish();
    if (request.path_prefix) {
        want_role_path(wanted, *request.path_prefix);
    }
}

constexpr DescribeSpec kRolesSpec{.schema = kListRoles,
                                  .page = kListPages,
                                  .refine = &want_roles,
                                  .select = &select_page<kRoleList>,
                                  .key = &key_by<&RoleRow::name>,
                                  .answers = &to_answers,
                                  .into = &ListRolesResponse::roles};

// Source: IAM API Reference, CreateRole (documented); its answer has no duration (observed).
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
    require_path(row.path);
    const auto tags = read_tags(request.tags);
    require_policy(row.trust_policy);
    if (!insert_unless_there<kRoleColumns>(session.db(), row)) {
        throw role_exists(row.name);
    }
    if (count_roles(session.db(), session.account()) > kMostRoles) {
        throw too_many_roles(kMostRoles);
    }
    insert_role_tags(session.db(), row, tags);
    auto answer = role_answer(session, row);
    answer.tags = to_tags<Tag>(tags);
    return {.role = std::move(answer)};
}

RoleRow require_named_role(Session& session, const std::optional<std::string>& name)
{
    Checks checks;
    check_name(checks, name, "roleName", kLongestRoleName);
    checks.finish();
    return require_role(session, *name);
}

// Source: IAM API Reference, GetRole (documented).
GetRoleResponse get_role(Session& session, const GetRoleRequest& request)
{
    return {.role = found_answer(session, require_named_role(session, request.role_name))};
}

// Source: IAM API Reference, ListRoles (documented); in the order of names (assumed).
ListRolesResponse list_roles(Session& session, const ListRolesRequest& request)
{
    return answer_list<kRolesSpec>(session, request);
}

// Source: IAM API Reference, UpdateRole (documented); that what is not named stays is assumed:
// tools send the two one by one, and the default that the reference names is CreateRole's.
UpdateRoleResponse update_role(Session& session, const UpdateRoleRequest& request)
{
    Checks checks;
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    check_description(checks, request.description);
    check_session(checks, request.max_session_duration);
    checks.finish();
    const auto role = require_role(session, *request.role_name);
    if (request.description) {
        set_role_description(session.db(), role, *request.description);
    }
    if (request.max_session_duration) {
        set_longest_session(session.db(), role, *request.max_session_duration);
    }
    return {};
}

// Source: IAM API Reference, UpdateRoleDescription (documented); that its answer has the duration,
// as GetRole's has, and no tags is assumed.
UpdateRoleDescriptionResponse update_role_description(Session& session,
                                                      const UpdateRoleDescriptionRequest& request)
{
    Checks checks;
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    checks.require(request.description, "description");
    check_description(checks, request.description);
    checks.finish();
    auto role = require_role(session, *request.role_name);
    set_role_description(session.db(), role, *request.description);
    role.description = request.description;
    auto answer = role_answer(session, role);
    answer.max_session_duration = role.max_session_seconds;
    return {.role = std::move(answer)};
}

// Source: IAM API Reference, UpdateAssumeRolePolicy (documented).
UpdateAssumeRolePolicyResponse update_assume_role_policy(
    Session& session, const UpdateAssumeRolePolicyRequest& request)
{
    Checks checks;
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    check_document(checks, request.policy_document, "policyDocument");
    checks.finish();
    const auto role = require_role(session, *request.role_name);
    require_policy(*request.policy_document);
    set_trust_policy(session.db(), role, *request.policy_document);
    return {};
}

// Source: IAM API Reference, DeleteRole: not while it has policies or a profile has it
// (documented); which of them is said first is assumed.
DeleteRoleResponse delete_role(Session& session, const DeleteRoleRequest& request)
{
    const auto role = require_named_role(session, request.role_name);
    if (has_role_policies(session.db(), role.owner, role.name)) {
        throw role_has_policies();
    }
    if (count_role_attachments(session.db(), role.owner, role.name) > 0) {
        throw role_has_attachments();
    }
    if (is_in_instance_profile(session.db(), role)) {
        throw role_in_profile();
    }
    amilab::delete_role(session.db(), role);
    return {};
}

constexpr Operation kOperations[] = {
    write<create_role>(kCreateRole),
    read<get_role>(kGetRole),
    read<list_roles>(kListRoles),
    write<update_role>(kUpdateRole),
    write<update_role_description>(kUpdateRoleDescription),
    write<update_assume_role_policy>(kUpdateAssumeRolePolicy),
    write<delete_role>(kDeleteRole, {.frees_space = true}),
};

}  // namespace

Role role_answer(const Session& session, const RoleRow& row)
{
    return {
        .arn = iam_arn_of(session.region(), row.owner, fmt::format("role{}{}", row.path, row.name)),
        .assume_role_policy_document = shown_policy(row.trust_policy),
        .create_date = Timestamp{row.create_time_ms},
        .description = row.description,
        .path = row.path,
        .role_id = role_id(row.owner, row.name),
        .role_name = row.name};
}

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
    if (!row) {
        return false;
    }
    // Source: the only service that asks, VM Import/Export, gives this external id (documented).
    RoleTaker taker;
    taker.service = service;
    taker.external_id = "vmimport";
    return trusts_taker(row->trust_policy, taker);
}

constinit const Family kRoles{.operations = kOperations};

}  // namespace amilab::iam
