#include "server/services/iam/tags.h"

#include <fmt/format.h>

#include "server/calls/iam_tags.h"
#include "server/services/iam/errors.h"
#include "server/services/iam/instance_profiles.h"
#include "server/services/iam/requests.h"
#include "server/services/iam/roles.h"
#include "server/wire/iam/schema.h"
#include "server/wire/iam/tags.h"

namespace amilab::iam {

namespace {

constexpr auto kMostTags = static_cast<std::int64_t>(kMostIamTags);

/// Checks the name of what the request is about.
template <class Request>
void check_tagged(Checks& checks, const Request& request)
{
    if constexpr (requires { request.role_name; }) {
        check_name(checks, request.role_name, "roleName", kLongestRoleName);
    } else {
        check_profile_name(checks, request.instance_profile_name);
    }
}

/// Source: that a list which is not there is said as a missing value is observed of other members.
template <class Request>
void check_put(const Request& request)
{
    Checks checks;
    check_tagged(checks, request);
    if (request.tags.empty()) {
        checks.require(std::nullopt, "tags");
    }
    check_iam_tags(checks, request.tags);
    checks.finish();
}

template <class Request>
void check_removal(const Request& request)
{
    Checks checks;
    check_tagged(checks, request);
    if (request.tag_keys.empty()) {
        checks.require(std::nullopt, "tagKeys");
    }
    checks.count(request.tag_keys.size(), "tagKeys", kMostIamTags);
    std::size_t number = 0;
    for (const auto& key : request.tag_keys) {
        check_iam_tag_key(checks, key, fmt::format("tagKeys.{}.member", ++number));
    }
    checks.finish();
}

// Source: IAM API Reference, TagRole, and "Tags for IAM resources": a key takes the place of one
// that is capitalized otherwise (documented).
TagRoleResponse tag_role(Session& session, const TagRoleRequest& request)
{
    check_put(request);
    const auto role = require_role(session, *request.role_name);
    put_role_tags(session.db(), role, read_tags(request.tags));
    if (select_role_tags(session.db(), role).size() > kMostIamTags) {
        throw too_many_tags("Role", kMostTags);
    }
    return {};
}

// Source: IAM API Reference, TagInstanceProfile (documented).
TagInstanceProfileResponse tag_instance_profile(Session& session,
                                                const TagInstanceProfileRequest& request)
{
    check_put(request);
    const auto profile = require_profile(session, *request.instance_profile_name);
    put_instance_profile_tags(session.db(), profile, read_tags(request.tags));
    if (select_instance_profile_tags(session.db(), profile).size() > kMostIamTags) {
        throw too_many_tags("InstanceProfile", kMostTags);
    }
    return {};
}

// Source: IAM API Reference, UntagRole (documented); that a key which is not there is no error, and
// that one is found however it is capitalized, is assumed.
UntagRoleResponse untag_role(Session& session, const UntagRoleRequest& request)
{
    check_removal(request);
    delete_role_tags(session.db(), require_role(session, *request.role_name), request.tag_keys);
    return {};
}

// Source: IAM API Reference, UntagInstanceProfile (documented); the rest as of roles.
UntagInstanceProfileResponse untag_instance_profile(Session& session,
                                                    const UntagInstanceProfileRequest& request)
{
    check_removal(request);
    delete_instance_profile_tags(
        session.db(), require_profile(session, *request.instance_profile_name), request.tag_keys);
    return {};
}

template <class Request>
void check_wishes(Session& /*session*/, const Request& request, ListQuery& /*wanted*/)
{
    Checks checks;
    check_tagged(checks, request);
    check_page(checks, request.max_items, request.marker);
    checks.finish();
}

void want_role(Session& session, const ListRoleTagsRequest& request, ListQuery& wanted)
{
    want_tags_of_role(wanted, require_role(session, *request.role_name).name);
}

void want_profile(Session& session, const ListInstanceProfileTagsRequest& request,
                  ListQuery& wanted)
{
    want_tags_of_profile(wanted, require_profile(session, *request.instance_profile_name).name);
}

std::vector<Tag> to_answers(Session& /*session*/, std::vector<IamTagRow>&& rows)
{
    std::vector<Tag> answers;
    for (auto& row : rows) {
        answers.push_back({.key = std::move(row.key), .value = std::move(row.value)});
    }
    return answers;
}

constexpr DescribeSpec kRoleTagsSpec{.schema = kListRoleTags,
                                     .page = kListPages,
                                     .refine = &check_wishes<ListRoleTagsRequest>,
                                     .resolve = &want_role,
                                     .select = &select_page<kRoleTagList>,
                                     .key = &key_by<&IamTagRow::key>,
                                     .answers = &to_answers,
                                     .into = &ListRoleTagsResponse::tags};
constexpr DescribeSpec kProfileTagsSpec{.schema = kListInstanceProfileTags,
                                        .page = kListPages,
                                        .refine = &check_wishes<ListInstanceProfileTagsRequest>,
                                        .resolve = &want_profile,
                                        .select = &select_page<kInstanceProfileTagList>,
                                        .key = &key_by<&IamTagRow::key>,
                                        .answers = &to_answers,
                                        .into = &ListInstanceProfileTagsResponse::tags};

// Source: IAM API Reference, ListRoleTags: sorted by key (documented).
ListRoleTagsResponse list_role_tags(Session& session, const ListRoleTagsRequest& request)
{
    return answer_list<kRoleTagsSpec>(session, request);
}

// Source: IAM API Reference, ListInstanceProfileTags: sorted by key (documented).
ListInstanceProfileTagsResponse list_instance_profile_tags(
    Session& session, const ListInstanceProfileTagsRequest& request)
{
    return answer_list<kProfileTagsSpec>(session, request);
}

constexpr Operation kOperations[] = {
    write<tag_role>(kTagRole),
    write<untag_role>(kUntagRole, {.frees_space = true}),
    read<list_role_tags>(kListRoleTags),
    write<tag_instance_profile>(kTagInstanceProfile),
    write<untag_instance_profile>(kUntagInstanceProfile, {.frees_space = true}),
    read<list_instance_profile_tags>(kListInstanceProfileTags),
};

}  // namespace

constinit const Family kTags{.operations = kOperations};

}  // namespace amilab::iam
