#include "tests/server/services/ec2/instances/iam_instance_profiles_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr const char* kDescribe = "DescribeIamInstanceProfileAssociations";

TrialTable trials()
{
    const std::string arn = "arn:aws:iam::123456789012:instance-profile/other";
    TrialTable table;
    table["AssociateIamInstanceProfile"] = {
        {{"InstanceId", "{monitored}"}, {"IamInstanceProfile.Name", "web"}},
        changes("InstanceId", "{monitored_2}") + changes("IamInstanceProfile.Name", "other") +
            refused("IamInstanceProfile.Arn", arn)};
    table[kDescribe] =
        describe_operation(filter_trials("instance-id", "{instance}") +
                           changes("AssociationId.1", "{association}") + page_trials());
    table["DisassociateIamInstanceProfile"] =
        either_of("AssociationId", "{association}", "{association_2}");
    table["ReplaceIamInstanceProfileAssociation"] = {
        {{"AssociationId", "{association}"}, {"IamInstanceProfile.Name", "new"}},
        changes("AssociationId", "{association_2}") + changes("IamInstanceProfile.Name", "other") +
            refused("IamInstanceProfile.Arn", arn)};
    return table;
}

std::vector<Telling> tellings()
{
    return {{"iam_instance_profile_association", "id", kDescribe, {{"AssociationId.1", "{}"}}}};
}

void add_profiles(World& world)
{
    const auto all = world.must("DescribeInstances", {});
    for (const auto& id : all.texts("reservationSet/item/instancesSet/item/instanceId")) {
        if (id == world.id("monitored") || id == world.id("monitored_2")) {
            continue;
        }
        const auto association =
            world
                .must("AssociateIamInstanceProfile",
                      {{"InstanceId", id}, {"IamInstanceProfile.Name", "world"}})
                .text("iamInstanceProfileAssociation/associationId");
        if (id == world.id("instance")) {
            world.set_id("association", association);
        } else if (id == world.id("task_instance")) {
            world.set_id("association_2", association);
        }
    }
}

}  // namespace

constinit const TrialSet kIamInstanceProfilesTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_profiles};

}  // namespace amilab::test
