#include "tests/server/services/ec2/placement_groups/placement_groups_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["CreatePlacementGroup"] = {{{"GroupName", "new"}, {"Strategy", "partition"}},
                                     changes("GroupName", "other") +
                                         changes("Strategy", "cluster") +
                                         changes("PartitionCount", "7") +
                                         changes("SpreadLevel", "host", {{"Strategy", "spread"}}) +
                                         tag_trials("placement-group")};
    table["DescribePlacementGroups"] = describe_operation(
        filter_trials("group-name", "{placement_group_name}") + refused("GroupName.1", "none") +
        refused("GroupId.1", "pg-0123456789abcdef0"));
    table["DeletePlacementGroup"] =
        either_of("GroupName", "{placement_group_name}", "{placement_group_name_2}");
    return table;
}

std::vector<Telling> tellings()
{
    return {{"placement_group", "id", "DescribePlacementGroups", {{"GroupId.1", "{}"}}}};
}

void add_placement_groups(World& world)
{
    for (const auto* name : {"", "_2"}) {
        const auto group_name = std::string("group") + name;
        world.set_id(std::string("placement_group_name") + name, group_name);
        world.must("CreatePlacementGroup", {{"GroupName", group_name}, {"Strategy", "spread"}});
    }
}

}  // namespace

constinit const TrialSet kPlacementGroupsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_placement_groups};

}  // namespace amilab::test
