#include "server/services/iam/role_attachments.h"

#include "server/calls/request_values.h"
#include "server/services/iam/errors.h"
#include "server/services/iam/requests.h"
#include "server/services/iam/roles.h"
#include "server/wire/iam/role_attachments.h"
#include "server/wire/iam/schema.h"
#include "storage/metadata/iam/role_attachment_rows.h"

namespace amilab::iam {

namespace {

// Source: "Managed policies per role", as far as AWS raises it (documented).
constexpr std::int64_t kMostAttachments = 25;
// Source: of ARNs (documented).
constexpr std::int64_t kShortestArn = 20;
constexpr std::int64_t kLongestArn = 2048;

constexpr std::string_view kNameCharacters = "_+=,.@-";

void check_arn(Checks& checks, const std::optional<std::string>& arn)
{
    checks.require(arn, "policyArn");
    if (arn) {
        checks.length(*arn, "policyArn", kShortestArn, kLongestArn);
    }
}

/// Throws unless it is the ARN of one of AWS's own policies, of which every one is taken as there:
/// an account has none of its own.
/// Source: both refusals are observed.
void require_attachable(const std::string& arn)
{
    constexpr std::size_t kParts = 6;
    constexpr std::string_view kPolicy = "policy/";
    const auto parts = split(arn, ':');
    if (parts.size() != kParts || parts[0] != "arn" || parts[2] != "iam") {
        throw arn_unreadable();
    }
    const auto& resource = parts[kParts - 1];
    const bool is_aws_policy = parts[4] == "aws" && resource.starts_with(kPolicy) &&
                               resource.back() != '/' &&
                               resource.find("//") == std::string_view::npos &&
                               has_only(resource, std::string(kNameCharacters) + '/');
    if (!is_aws_policy) {
        throw policy_not_attachable(arn);
    }
}

template <class Request>
RoleAttachmentRow require_attachment(Session& session, const Request& request)
{
    Checks checks;
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    check_arn(checks, request.policy_arn);
    checks.finish();
    const auto role = require_role(session, *request.role_name);
    return {.owner = role.owner, .role_name = role.name, .policy_arn = *request.policy_arn};
}

// Source: IAM API Reference, AttachRolePolicy (documented); that a policy which the role has is no
// error is observed, that the role is looked for first is assumed.
AttachRolePolicyResponse attach_role_policy(Session& session,
                                            const AttachRolePolicyRequest& request)
{
    const auto row = require_attachment(session, request);
    require_attachable(row.policy_arn);
    insert_role_attachment(session.db(), row);
    if (count_role_attachments(session.db(), row.owner, row.role_name) > kMostAttachments) {
        throw too_many_attachments(kMostAttachments);
    }
    return {};
}

// Source: IAM API Reference, DetachRolePolicy (documented); the refusal is observed.
DetachRolePolicyResponse detach_role_policy(Session& session,
                                            const DetachRolePolicyRequest& request)
{
    const auto row = require_attachment(session, request);
    if (!delete_role_attachment(session.db(), row)) {
        throw policy_not_attached(row.policy_arn);
    }
    return {};
}

/// Source: the pattern (documented).
void check_policy_path(Checks& checks, const std::optional<std::string>& prefix)
{
    const auto text = prefix.value_or("/");
    checks.length(text, "pathPrefix", 1, kLongestPath);
    const bool fits = text.starts_with('/') && text.ends_with('/') &&
                      text.find("//") == std::string::npos &&
                      has_only(text, std::string(kNameCharacters) + '/');
    checks.matches(fits, text, "pathPrefix", "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/");
}

void check_wishes(Session& /*session*/, const ListAttachedRolePoliciesRequest& request,
                  ListQuery& wanted)
{
    Checks checks;
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    check_page(checks, request.max_items, request.marker);
    check_policy_path(checks, request.path_prefix);
    checks.finish();
    if (request.path_prefix) {
        want_policy_path(wanted, *request.path_prefix);
    }
}

void want_role(Session& session, const ListAttachedRolePoliciesRequest& request, ListQuery& wanted)
{
    want_attachments_of(wanted, require_role(session, *request.role_name).name);
}

std::vector<AttachedPolicy> to_answers(Session& /*session*/, std::vector<RoleAttachmentRow>&& rows)
{
    std::vector<AttachedPolicy> answers;
    for (auto& row : rows) {
        answers.push_back({.policy_arn = row.policy_arn,
                           .policy_name = row.policy_arn.substr(row.policy_arn.rfind('/') + 1)});
    }
    return answers;
}

constexpr DescribeSpec kAttachmentsSpec{
    .schema = kListAttachedRolePolicies,
    .page = kListPages,
    .refine = &check_wishes,
    .resolve = &want_role,
    .select = &select_page<kRoleAttachmentList>,
    .key = &key_by<&RoleAttachmentRow::policy_arn>,
    .answers = &to_answers,
    .into = &ListAttachedRolePoliciesResponse::attached_policies};

// Source: IAM API Reference, ListAttachedRolePolicies (documented); in the order of ARNs (assumed).
ListAttachedRolePoliciesResponse list_attached_role_policies(
    Session& session, const ListAttachedRolePoliciesRequest& request)
{
    return answer_list<kAttachmentsSpec>(session, request);
}

constexpr Operation kOperations[] = {
    write<attach_role_policy>(kAttachRolePolicy),
    read<list_attached_role_policies>(kListAttachedRolePolicies),
    write<detach_role_policy>(kDetachRolePolicy, {.frees_space = true}),
};

}  // namespace

constinit const Family kRoleAttachments{.operations = kOperations};

}  // namespace amilab::iam
