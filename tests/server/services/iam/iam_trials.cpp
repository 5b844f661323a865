#include "tests/server/services/iam/iam_trials.h"

#include "tests/server/services/iam/roles_support.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

/// The world has more than one of what is listed.
std::vector<Trial> marker_trials()
{
    return changes("MaxItems", "1") + refused("Marker", "bm90IG91cnM=");
}

void add_profile_trials(TrialTable& table)
{
    constexpr std::string_view kName = "InstanceProfileName";
    const Parameters tag{{"Tags.1.Key", "team"}, {"Tags.1.Value", "infra"}};
    table["CreateInstanceProfile"] = {
        {{"InstanceProfileName", "new"}},
        changes(kName, "other") + changes("Path", "/servers/") +
            std::vector<Trial>{{"Tags.1.Key", merged(tag, {{"Tags.1.Key", "of"}}), tag},
                               {"Tags.1.Value", merged(tag, {{"Tags.1.Value", "x"}}), tag}}};
    table["GetInstanceProfile"] = either_of(kName, "web", "bare");
    table["ListInstanceProfiles"] =
        describe_operation(marker_trials() + changes("PathPrefix", "/servers/"));
    table["ListInstanceProfilesForRole"] = {{{"RoleName", "vmimport"}},
                                            marker_trials() + changes("RoleName", "plain")};
    table["DeleteInstanceProfile"] = {{{"InstanceProfileName", "bare"}}, refused(kName, "web")};
    table["AddRoleToInstanceProfile"] = {{{"InstanceProfileName", "bare"}, {"RoleName", "plain"}},
                                         refused(kName, "web") + changes("RoleName", "vmimport")};
    table["RemoveRoleFromInstanceProfile"] = {
        {{"InstanceProfileName", "web"}, {"RoleName", "vmimport"}},
        changes(kName, "worker") + refused("RoleName", "plain")};
    table["ListRoles"] = describe_operation(marker_trials() + changes("PathPrefix", "/images/"));
}

void add_tag_trials(TrialTable& table)
{
    const Parameters tag{{"Tags.1.Key", "team"}, {"Tags.1.Value", "infra"}};
    const Parameters role{{"RoleName", "vmimport"}};
    const Parameters profile{{"InstanceProfileName", "web"}};
    const auto put = changes("Tags.1.Key", "cost") + changes("Tags.1.Value", "x");
    table["TagRole"] = {merged(role, tag), put + changes("RoleName", "plain")};
    table["TagInstanceProfile"] = {merged(profile, tag),
                                   put + changes("InstanceProfileName", "worker")};
    const Parameters key{{"TagKeys.1", "of"}};
    const auto other_key = changes("TagKeys.1", "team");
    table["UntagRole"] = {merged(role, key), other_key + changes("RoleName", "plain")};
    table["UntagInstanceProfile"] = {merged(profile, key),
                                     other_key + changes("InstanceProfileName", "worker")};
    table["ListRoleTags"] = {role, marker_trials() + changes("RoleName", "plain")};
    table["ListInstanceProfileTags"] = {profile,
                                        marker_trials() + changes("InstanceProfileName", "worker")};
}

constexpr const char* kCore = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
constexpr const char* kBackup = "arn:aws:iam::aws:policy/service-role/AWSBackupFullAccess";

void add_list_trials(TrialTable& table)
{
    const Parameters role{{"RoleName", "vmimport"}};
    table["UpdateAssumeRolePolicy"] = {
        merged(role, {{"PolicyDocument", kEmptyPolicy}}),
        changes("PolicyDocument", R"({"Statement": [], "Id": "x"})") +
            changes("RoleName", "plain")};
    table["UpdateRole"] = {role, changes("Description", "mine") +
                                     changes("MaxSessionDuration", "7200") +
                                     changes("RoleName", "plain", {{"Description", "mine"}})};
    table["UpdateRoleDescription"] = {
        merged(role, {{"Description", "mine"}}),
        changes("Description", "ours") + changes("RoleName", "plain")};
    table["ListRolePolicies"] = {role, marker_trials() + changes("RoleName", "plain")};
    table["ListAttachedRolePolicies"] = {
        role,
        marker_trials() + changes("PathPrefix", "/service-role/") + changes("RoleName", "plain")};
    table["AttachRolePolicy"] = {
        merged(role, {{"PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}}),
        changes("PolicyArn", "arn:aws:iam::aws:policy/PowerUserAccess") +
            changes("RoleName", "plain")};
    table["DetachRolePolicy"] = {merged(role, {{"PolicyArn", kCore}}),
                                 changes("PolicyArn", kBackup) + refused("RoleName", "plain")};
}

TrialTable trials()
{
    const Parameters tag{{"Tags.1.Key", "team"}, {"Tags.1.Value", "infra"}};
    const Parameters policy{{"RoleName", "vmimport"}, {"PolicyName", "disks"}};
    TrialTable table;
    table["CreateRole"] = {
        {{"RoleName", "new"}, {"AssumeRolePolicyDocument", kTrustPolicy}},
        changes("AssumeRolePolicyDocument", kEmptyPolicy) + changes("Description", "mine") +
            changes("MaxSessionDuration", "7200") + changes("Path", "/images/") +
            changes("RoleName", "other") +
            std::vector<Trial>{{"Tags.1.Key", merged(tag, {{"Tags.1.Key", "of"}}), tag},
                               {"Tags.1.Value", merged(tag, {{"Tags.1.Value", "x"}}), tag}}};
    table["GetRole"] = either_of("RoleName", "vmimport", "plain");
    table["DeleteRole"] = {{{"RoleName", "plain"}}, refused("RoleName", "vmimport")};
    table["PutRolePolicy"] = {merged(policy, {{"PolicyDocument", kTrustPolicy}}),
                              changes("PolicyDocument", kEmptyPolicy) +
                                  changes("PolicyName", "more") + changes("RoleName", "plain")};
    for (const auto* name : {"GetRolePolicy", "DeleteRolePolicy"}) {
        table[name] = {policy, refused("PolicyName", "none") + refused("RoleName", "plain")};
    }
    add_list_trials(table);
    add_profile_trials(table);
    add_tag_trials(table);
    return table;
}

std::vector<Telling> tellings()
{
    return {{"iam_role", "name", "GetRole", {{"RoleName", "{}"}}},
            {"iam_role_tag", "role_name", "GetRole", {{"RoleName", "{}"}}},
            {"iam_role_policy",
             "role_name",
             "GetRolePolicy",
             {{"RoleName", "{}"}, {"PolicyName", "disks"}}},
            {"iam_role_attachment", "role_name", "ListAttachedRolePolicies", {{"RoleName", "{}"}}},
            {"iam_instance_profile", "name", "GetInstanceProfile", {{"InstanceProfileName", "{}"}}},
            {"iam_instance_profile_tag",
             "profile_name",
             "GetInstanceProfile",
             {{"InstanceProfileName", "{}"}}}};
}

void add_roles(World& world)
{
    auto& aws = world.emulator();
    for (const auto* name : {"vmimport", "plain"}) {
        create_role(aws, name);
    }
    put_policy(aws, "vmimport", "disks");
    put_policy(aws, "vmimport", "buckets");
    for (const auto* arn : {kCore, kBackup}) {
        ask_iam(aws, "AttachRolePolicy", {{"RoleName", "vmimport"}, {"PolicyArn", arn}});
    }
    create_role(aws, "elsewhere", {{"Path", "/images/"}});
    create_profile(aws, "bare");
    for (const auto* name : {"web", "worker"}) {
        create_profile(aws, name, {{"Path", "/servers/"}});
        add_role(aws, name, "vmimport");
    }
    const Parameters tags{{"Tags.1.Key", "of"},
                          {"Tags.1.Value", "test"},
                          {"Tags.2.Key", "team"},
                          {"Tags.2.Value", "disks"}};
    ask_iam(aws, "TagRole", merged({{"RoleName", "vmimport"}}, tags));
    ask_iam(aws, "TagInstanceProfile", merged({{"InstanceProfileName", "web"}}, tags));
}

}  // namespace

constinit const TrialSet kIamTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_roles};

}  // namespace amilab::test
