#include "tests/server/services/ec2/network/managed_prefix_lists_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

void add_changes(TrialTable& table)
{
    table["ModifyManagedPrefixList"] = {
        {{"PrefixListId", "{prefix_list}"}, {"CurrentVersion", "2"}},
        changes("PrefixListId", "{prefix_list_2}", {{"PrefixListName", "other"}}) +
            refused("CurrentVersion", "1", {{"PrefixListName", "other"}}) +
            changes("PrefixListName", "other") + changes("AddEntry.1.Cidr", "12.0.0.0/8") +
            changes("AddEntry.1.Description", "more", {{"AddEntry.1.Cidr", "12.0.0.0/8"}}) +
            changes("RemoveEntry.1.Cidr", "10.0.0.0/8") + changes("MaxEntries", "9")};
    table["RestoreManagedPrefixListVersion"] = {
        {{"PrefixListId", "{prefix_list}"}, {"PreviousVersion", "1"}, {"CurrentVersion", "2"}},
        changes("PrefixListId", "{prefix_list_2}") + changes("PreviousVersion", "2") +
            refused("CurrentVersion", "1")};
}

TrialTable trials()
{
    TrialTable table;
    table["CreateManagedPrefixList"] = {
        {{"PrefixListName", "new"}, {"AddressFamily", "IPv4"}, {"MaxEntries", "2"}},
        token_trial() + changes("PrefixListName", "newer") + changes("AddressFamily", "IPv6") +
            changes("MaxEntries", "3") + changes("Entry.1.Cidr", "10.0.0.0/8") +
            changes("Entry.1.Description", "ten", {{"Entry.1.Cidr", "10.0.0.0/8"}}) +
            tag_trials("prefix-list")};
    table["DescribeManagedPrefixLists"] =
        describe_operation(filter_trials("prefix-list-name", "list_2") + page_trials() +
                           changes("PrefixListId.1", "{prefix_list}"));
    table["DescribePrefixLists"] = describe_operation(
        filter_trials("prefix-list-name", "*.s3") + changes("MaxResults", "1") +
        refused("NextToken", "bm90IG91cnM=") + changes("PrefixListId.1", "pl-63a5400a"));
    table["DeleteManagedPrefixList"] =
        either_of("PrefixListId", "{prefix_list}", "{prefix_list_2}");
    table["GetManagedPrefixListEntries"] = {
        {{"PrefixListId", "{prefix_list}"}},
        changes("PrefixListId", "{used_list}") + changes("TargetVersion", "1") +
            changes("MaxResults", "1") + refused("NextToken", "bm90IG91cnM=")};
    table["GetManagedPrefixListAssociations"] = {{{"PrefixListId", "{used_list}"}},
                                                 changes("PrefixListId", "{prefix_list}") +
                                                     changes("MaxResults", "5") +
                                                     refused("NextToken", "bm90IG91cnM=")};
    add_changes(table);
    return table;
}

std::vector<Telling> tellings()
{
    return {{"prefix_list", "id", "DescribeManagedPrefixLists", {{"PrefixListId.1", "{}"}}},
            {"prefix_list_entry",
             "prefix_list_id",
             "GetManagedPrefixListEntries",
             {{"PrefixListId", "{}"}}}};
}

std::string make_list(World& world, const std::string& name)
{
    return world
        .must("CreateManagedPrefixList", {{"PrefixListName", name},
                                          {"AddressFamily", "IPv4"},
                                          {"MaxEntries", "5"},
                                          {"Entry.1.Cidr", "10.0.0.0/8"}})
        .text("prefixList/prefixListId");
}

void use_list(World& world)
{
    for (int number = 2; number <= World::kOfEach; ++number) {
        for (const auto* action :
             {"AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"}) {
            world.must(action, {{"GroupId", "{" + World::numbered("group", number) + "}"},
                                {"IpPermissions.1.IpProtocol", "tcp"},
                                {"IpPermissions.1.FromPort", "22"},
                                {"IpPermissions.1.ToPort", "22"},
                                {"IpPermissions.1.PrefixListIds.1.PrefixListId", "{used_list}"},
                                {"IpPermissions.1.PrefixListIds.1.Description", "old"}});
        }
    }
    world.must("CreateRoute", {{"RouteTableId", "{route_table}"},
                               {"DestinationPrefixListId", "{used_list}"},
                               {"GatewayId", "{gateway}"}});
}

void add_lists(World& world)
{
    for (int number = 1; number <= World::kOfEach; ++number) {
        const auto id = make_list(world, World::numbered("list", number));
        world.set_id(World::numbered("prefix_list", number), id);
        world.must(
            "ModifyManagedPrefixList",
            {{"PrefixListId", id}, {"CurrentVersion", "1"}, {"AddEntry.1.Cidr", "11.0.0.0/8"}});
    }
    world.set_id("used_list", make_list(world, "used"));
    use_list(world);
}

}  // namespace

constinit const TrialSet kManagedPrefixListsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_lists};

}  // namespace amilab::test
