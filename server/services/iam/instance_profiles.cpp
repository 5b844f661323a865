#include "server/services/iam/instance_profiles.h"

#include <map>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/secrets.h"
#include "server/services/iam/errors.h"
#include "server/services/iam/requests.h"
#include "server/services/iam/roles.h"
#include "server/wire/iam/instance_profiles.h"
#include "server/wire/iam/schema.h"

namespace amilab::iam {

namespace {

// Source: "Instance profiles in an AWS account", and of names (documented).
constexpr std::int64_t kMostProfiles = 1000;
constexpr std::int64_t kLongestProfileName = 128;

InstanceProfileRow require_named(Session& session, const std::optional<std::string>& name)
{
    Checks checks;
    check_profile_name(checks, name);
    checks.finish();
    return require_profile(session, *name);
}

std::string next_profile_id(Session& session)
{
    return iam_id("AIPA", sha256(std::to_string(session.ids().next_number("instance-profile"))));
}

std::string profile_arn(const Session& session, const InstanceProfileRow& row)
{
    return iam_arn_of(session.region(), row.owner,
                      fmt::format("instance-profile{}{}", row.path, row.name));
}

/// `role` is the profile's; null for none.
InstanceProfile to_answer(const Session& session, const InstanceProfileRow& row,
                          const RoleRow* role)
{
    InstanceProfile profile{.arn = profile_arn(session, row),
                            .create_date = Timestamp{row.create_time_ms},
                            .instance_profile_id = row.id,
                            .instance_profile_name = row.name,
                            .path = row.path};
    if (role != nullptr) {
        profile.roles.push_back(role_answer(session, *role));
    }
    return profile;
}

/// Source: a list has no tags (documented).
std::vector<InstanceProfile> to_answers(Session& session, std::vector<InstanceProfileRow>&& rows)
{
    std::vector<std::string> names;
    for (const auto& row : rows) {
        if (row.role_name) {
            names.push_back(*row.role_name);
        }
    }
    const auto roles = select_roles(session.db(), session.account(), names);
    std::map<std::string_view, const RoleRow*> by_name;
    for (const auto& role : roles) {
        by_name.emplace(role.name, &role);
    }
    std::vector<InstanceProfile> answers;
    for (const auto& row : rows) {
        answers.push_back(
            to_answer(session, row, row.role_name ? by_name.at(*row.role_name) : nullptr));
    }
    return answers;
}

void want_profiles(Session& /*session*/, const ListInstanceProfilesRequest& request,
                   ListQuery& wanted)
{
    Checks checks;
    check_page(checks, request.max_items, request.marker);
    check_path_prefix(checks, request.path_prefix);
    checks.finish();
    if (request.path_prefix) {
        want_profile_path(wanted, *request.path_prefix);
    }
}

void check_wishes(Session& /*session*/, const ListInstanceProfilesForRoleRequest& request,
                  ListQuery& /*wanted*/)
{
    Checks checks;
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    check_page(checks, request.max_items, request.marker);
    checks.finish();
}

void want_role(Session& session, const ListInstanceProfilesForRoleRequest& request,
               ListQuery& wanted)
{
    want_profile_role(wanted, require_role(session, *request.role_name).name);
}

constexpr DescribeSpec kListSpec{.schema = kListInstanceProfiles,
                                 .page = kListPages,
                                 .refine = &want_profiles,
                                 .select = &select_page<kInstanceProfileList>,
                                 .key = &key_by<&InstanceProfileRow::name>,
                                 .answers = &to_answers,
                                 .into = &ListInstanceProfilesResponse::instance_profiles};
constexpr DescribeSpec kOfRoleSpec{.schema = kListInstanceProfilesForRole,
                                   .page = kListPages,
                                   .refine = &check_wishes,
                                   .resolve = &want_role,
                                   .select = &select_page<kInstanceProfileList>,
                                   .key = &key_by<&InstanceProfileRow::name>,
                                   .answers = &to_answers,
                                   .into = &ListInstanceProfilesForRoleResponse::instance_profiles};

/// What the requests that are about a profile and a role name.
struct ProfileAndRole {
    InstanceProfileRow profile;
    RoleRow role;
};

/// Source: that the profile is looked for first is assumed.
template <class Request>
ProfileAndRole require_both(Session& session, const Request& request)
{
    Checks checks;
    check_profile_name(checks, request.instance_profile_name);
    check_name(checks, request.role_name, "roleName", kLongestRoleName);
    checks.finish();
    auto profile = require_profile(session, *request.instance_profile_name);
    return {std::move(profile), require_role(session, *request.role_name)};
}

}  // namespace

// Source: IAM API Reference, CreateInstanceProfile (documented).
CreateInstanceProfileResponse create_instance_profile(Session& session,
                                                      const CreateInstanceProfileRequest& request)
{
    Checks checks;
    check_profile_name(checks, request.instance_profile_name);
    check_path(checks, request.path);
    check_iam_tags(checks, request.tags);
    checks.finish();
    InstanceProfileRow row{.owner = session.account(),
                           .name = *request.instance_profile_name,
                           .path = request.path.value_or("/"),
                           .create_time_ms = session.now_ms()};
    require_path(row.path);
    const auto tags = read_tags(request.tags);
    row.id = next_profile_id(session);
    if (!insert_unless_there<kInstanceProfileColumns>(session.db(), row)) {
        throw profile_exists(row.name);
    }
    if (count_instance_profiles(session.db(), session.account()) > kMostProfiles) {
        throw too_many_profiles(kMostProfiles);
    }
    insert_instance_profile_tags(session.db(), row, tags);
    auto answer = to_answer(session, row, nullptr);
    answer.tags = to_tags<Tag>(tags);
    return {.instance_profile = std::move(answer)};
}

// Source: IAM API Reference, GetInstanceProfile (documented).
GetInstanceProfileResponse get_instance_profile(Session& session,
                                                const GetInstanceProfileRequest& request)
{
    const auto row = require_named(session, request.instance_profile_name);
    const auto role = row.role_name ? select_role(session.db(), row.owner, *row.role_name)
                                    : std::optional<RoleRow>();
    auto answer = to_answer(session, row, role ? &*role : nullptr);
    answer.tags = to_tags<Tag>(select_instance_profile_tags(session.db(), row));
    return {.instance_profile = std::move(answer)};
}

// Source: IAM API Reference, ListInstanceProfiles (documented); in the order of names (assumed).
ListInstanceProfilesResponse list_instance_profiles(Session& session,
                                                    const ListInstanceProfilesRequest& request)
{
    return answer_list<kListSpec>(session, request);
}

// Source: IAM API Reference, ListInstanceProfilesForRole (documented).
ListInstanceProfilesForRoleResponse list_instance_profiles_for_role(
    Session& session, const ListInstanceProfilesForRoleRequest& request)
{
    return answer_list<kOfRoleSpec>(session, request);
}

// Source: IAM API Reference, DeleteInstanceProfile: not while it has a role (documented); instances
// keep it.
DeleteInstanceProfileResponse delete_instance_profile(Session& session,
                                                      const DeleteInstanceProfileRequest& request)
{
    const auto profile = require_named(session, request.instance_profile_name);
    if (profile.role_name) {
        throw role_in_profile();
    }
    amilab::delete_instance_profile(session.db(), profile);
    return {};
}

// Source: IAM API Reference, AddRoleToInstanceProfile: one role (documented), the same one is
// refused as another is (observed).
AddRoleToInstanceProfileResponse add_role_to_instance_profile(
    Session& session, const AddRoleToInstanceProfileRequest& request)
{
    const auto [profile, role] = require_both(session, request);
    if (profile.role_name) {
        throw too_many_roles_of_profile(1);
    }
    set_profile_role(session.db(), profile, role.name);
    return {};
}

// Source: IAM API Reference, RemoveRoleFromInstanceProfile (documented); of a role that the profile
// has not, code and text are assumed.
RemoveRoleFromInstanceProfileResponse remove_role_from_instance_profile(
    Session& session, const RemoveRoleFromInstanceProfileRequest& request)
{
    const auto [profile, role] = require_both(session, request);
    if (profile.role_name != role.name) {
        throw no_such_role(role.name);
    }
    set_profile_role(session.db(), profile, std::nullopt);
    return {};
}

namespace {

constexpr Operation kOperations[] = {
    write<create_instance_profile>(kCreateInstanceProfile),
    read<get_instance_profile>(kGetInstanceProfile),
    read<list_instance_profiles>(kListInstanceProfiles),
    read<list_instance_profiles_for_role>(kListInstanceProfilesForRole),
    write<delete_instance_profile>(kDeleteInstanceProfile, {.frees_space = true}),
    write<add_role_to_instance_profile>(kAddRoleToInstanceProfile),
    write<remove_role_from_instance_profile>(kRemoveRoleFromInstanceProfile),
};

}  // namespace

void check_profile_name(Checks& checks, const std::optional<std::string>& name)
{
    check_name(checks, name, "instanceProfileName", kLongestProfileName);
}

InstanceProfileRow require_profile(Session& session, const std::string& name)
{
    auto profile = select_instance_profile(session.db(), session.account(), name);
    if (!profile) {
        throw no_such_profile(name);
    }
    return std::move(*profile);
}

std::optional<InstanceProfileFacts> find_instance_profile(Session& session, std::string_view name)
{
    const auto row = select_instance_profile(session.db(), session.account(), name);
    if (!row) {
        return std::nullopt;
    }
    return InstanceProfileFacts{profile_arn(session, *row), row->id, row->role_name.has_value()};
}

constinit const Family kInstanceProfiles{.operations = kOperations};

}  // namespace amilab::iam
