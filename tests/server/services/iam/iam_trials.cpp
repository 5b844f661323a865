#include "tests/server/services/iam/iam_trials.h"

#include "tests/server/services/iam/roles_support.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

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
    return table;
}

std::vector<Telling> tellings()
{
    return {{"iam_role", "name", "GetRole", {{"RoleName", "{}"}}},
            {"iam_role_tag", "role_name", "GetRole", {{"RoleName", "{}"}}},
            {"iam_role_policy",
             "role_name",
             "GetRolePolicy",
             {{"RoleName", "{}"}, {"PolicyName", "disks"}}}};
}

void add_roles(World& world)
{
    auto& aws = world.emulator();
    for (const auto* name : {"vmimport", "plain"}) {
        create_role(aws, name);
    }
    put_policy(aws, "vmimport", "disks");
}

}  // namespace

constinit const TrialSet kIamTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_roles};

}  // namespace amilab::test
