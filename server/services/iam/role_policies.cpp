#include "server/services/iam/role_policies.h"

#include "server/services/iam/errors.h"
#include "server/services/iam/policies.h"
#include "server/services/iam/requests.h"
#include "server/services/iam/roles.h"
#include "server/wire/iam/role_policies.h"
#include "server/wire/iam/schema.h"
#include "storage/metadata/iam/role_policy_rows.h"

namespace amilab::iam {

namespace {

// Source: "Role inline policies": the sum of all in a role, white space aside (documented; it is
// counted here).
constexpr std::int64_t kMostCharacters = 10'240;
constexpr std::int64_t kLongestPolicyName = 128;

template <class Request>
void check_names(Checks& checks, const Request& request)
{
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    check_name(checks, request.policy_name, "policyName", kLongestPolicyName);
}

template <class Request>
RolePolicyRow require_policy_row(Session& session, const Request& request)
{
    Checks checks;
    check_names(checks, request);
    checks.finish();
    const auto role = require_role(session, *request.role_name);
    auto row = select_role_policy(session.db(), role.owner, role.name, *request.policy_name);
    if (!row) {
        throw no_such_policy(*request.policy_name);
    }
    return std::move(*row);
}

// Source: IAM API Reference, PutRolePolicy (documented).
PutRolePolicyResponse put_role_policy(Session& session, const PutRolePolicyRequest& request)
{
    Checks checks;
    check_names(checks, request);
    check_document(checks, request.policy_document, "policyDocument");
    checks.finish();
    const auto role = require_role(session, *request.role_name);
    require_policy(*request.policy_document);
    const auto others =
        select_policy_characters(session.db(), role.owner, role.name, *request.policy_name);
    if (others + static_cast<std::int64_t>(request.policy_document->size()) > kMostCharacters) {
        throw policies_too_large(kMostCharacters, role.name);
    }
    amilab::put_role_policy(session.db(), {.owner = role.owner,
                                           .role_name = role.name,
                                           .name = *request.policy_name,
                                           .document = *request.policy_document});
    return {};
}

// Source: IAM API Reference, GetRolePolicy (documented).
GetRolePolicyResponse get_role_policy(Session& session, const GetRolePolicyRequest& request)
{
    const auto row = require_policy_row(session, request);
    return {.policy_document = shown_policy(row.document),
            .policy_name = row.name,
            .role_name = row.role_name};
}

void check_wishes(Session& /*session*/, const ListRolePoliciesRequest& request,
                  ListQuery& /*wanted*/)
{
    Checks checks;
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    check_page(checks, request.max_items, request.marker);
    checks.finish();
}

void want_role(Session& session, const ListRolePoliciesRequest& request, ListQuery& wanted)
{
    want_policies_of(wanted, require_role(session, *request.role_name).name);
}

std::vector<std::string> to_names(Session& /*session*/, std::vector<RolePolicyRow>&& rows)
{
    std::vector<std::string> names;
    for (auto& row : rows) {
        names.push_back(std::move(row.name));
    }
    return names;
}

constexpr DescribeSpec kPoliciesSpec{.schema = kListRolePolicies,
                                     .page = kListPages,
                                     .refine = &check_wishes,
                                     .resolve = &want_role,
                                     .select = &select_page<kRolePolicyList>,
                                     .key = &key_by<&RolePolicyRow::name>,
                                     .answers = &to_names,
                                     .into = &ListRolePoliciesResponse::policy_names};

// Source: IAM API Reference, ListRolePolicies (documented); in the order of names (assumed).
ListRolePoliciesResponse list_role_policies(Session& session,
                                            const ListRolePoliciesRequest& request)
{
    return answer_list<kPoliciesSpec>(session, request);
}

// Source: IAM API Reference, DeleteRolePolicy (documented).
DeleteRolePolicyResponse delete_role_policy(Session& session,
                                            const DeleteRolePolicyRequest& request)
{
    amilab::delete_role_policy(session.db(), require_policy_row(session, request));
    return {};
}

constexpr Operation kOperations[] = {
    write<put_role_policy>(kPutRolePolicy),
    read<get_role_policy>(kGetRolePolicy),
    read<list_role_policies>(kListRolePolicies),
    write<delete_role_policy>(kDeleteRolePolicy, {.frees_space = true}),
};

}  // namespace

constinit const Family kRolePolicies{.operations = kOperations};

}  // namespace amilab::iam
