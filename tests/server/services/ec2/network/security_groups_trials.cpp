#include "tests/server/services/ec2/network/security_groups_trials.h"

#include <fmt/format.h>

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr const char* kNobody = "sg-0123456789abcdef0";

Parameters permission(const std::string& protocol, const std::string& port)
{
    return {{"IpPermissions.1.IpProtocol", protocol},
            {"IpPermissions.1.FromPort", port},
            {"IpPermissions.1.ToPort", port}};
}

/// What a call on a group begins with: a permission of one block.
Parameters of_block(const std::string& port)
{
    return merged({{"GroupId", "{group_2}"}, {"IpPermissions.1.IpRanges.1.CidrIp", "192.0.2.0/24"}},
                  permission("tcp", port));
}

const Parameters kBesideIpv6{{"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "2001:db8::/32"}};
const Parameters kBesideGroup{{"IpPermissions.1.Groups.1.GroupId", "{group}"}};

const Parameters kBesideList{{"IpPermissions.1.PrefixListIds.1.PrefixListId", "{used_list}"}};

/// Peers of the permission, whatever is asked of them.
std::vector<Trial> peer_trials()
{
    return changes("IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "2001:db8::/32") +
           changes("IpPermissions.1.PrefixListIds.1.PrefixListId", "{used_list}") +
           changes("IpPermissions.1.Groups.1.GroupId", "{group}") +
           changes("IpPermissions.1.Groups.1.GroupName", "default") +
           refused("IpPermissions.1.Groups.1.UserId", kOtherAccount, kBesideGroup) +
           refused("IpPermissions.1.Groups.1.VpcId", "vpc-0123456789abcdef0", kBesideGroup) +
           refused("IpPermissions.1.Groups.1.VpcPeeringConnectionId", "pcx-0123456789abcdef0",
                   kBesideGroup) +
           same("IpPermissions.1.Groups.1.PeeringStatus", "active", kBesideGroup);
}

/// What the permission says, and that a rule which says another thing is another rule.
std::vector<Trial> rule_trials(Outcome outcome)
{
    std::vector<Trial> trials;
    for (const auto& [parameter, value] :
         {std::pair{"IpPermissions.1.IpProtocol", "udp"},
          std::pair{"IpPermissions.1.FromPort", "1"}, std::pair{"IpPermissions.1.ToPort", "999"},
          std::pair{"IpPermissions.1.IpRanges.1.CidrIp", "198.51.100.0/24"}}) {
        trials.push_back({parameter, {{parameter, value}}, {}, outcome});
    }
    return trials;
}

std::vector<Trial> description_trials(Outcome outcome)
{
    const Trial trials[] = {
        {"IpPermissions.1.IpRanges.1.Description", {}, {}, outcome},
        {"IpPermissions.1.Ipv6Ranges.1.Description", {}, kBesideIpv6, outcome},
        {"IpPermissions.1.PrefixListIds.1.Description", {}, kBesideList, outcome},
        {"IpPermissions.1.Groups.1.Description", {}, kBesideGroup, outcome}};
    std::vector<Trial> all;
    for (auto trial : trials) {
        trial.with = {{std::string(trial.parameter), "why"}};
        all.push_back(trial);
    }
    return all;
}

/// The older form goes with no permissions.
std::vector<Trial> flat_trials()
{
    return refused("CidrIp", "192.0.2.0/24") + refused("FromPort", "1") +
           refused("IpProtocol", "tcp") + refused("SourceSecurityGroupName", "default") +
           refused("ToPort", "1");
}

std::vector<Trial> named_group_trials()
{
    return changes("GroupId", "{group_3}") +
           std::vector<Trial>{{"GroupName", {{"GroupId", ""}, {"GroupName", "web_3"}}}};
}

OperationTrials authorize(std::vector<Trial> more)
{
    return {of_block("443"), peer_trials() + rule_trials(Outcome::kChanges) +
                                 description_trials(Outcome::kChanges) +
                                 tag_trials("security-group-rule") + more};
}

OperationTrials revoke(std::vector<Trial> more)
{
    return {of_block("22"), peer_trials() + rule_trials(Outcome::kChanges) +
                                description_trials(Outcome::kSame) +
                                refused("SecurityGroupRuleId.1", "{rule_2}") + more};
}

OperationTrials describe_anew(std::string_view other_rule)
{
    return {of_block("22"), peer_trials() + rule_trials(Outcome::kRefused) +
                                description_trials(Outcome::kChanges) + named_group_trials() +
                                refused("SecurityGroupRuleDescription.1.SecurityGroupRuleId",
                                        std::string(other_rule)) +
                                refused("SecurityGroupRuleDescription.1.Description", "why")};
}

OperationTrials modify_rules()
{
    const std::string rule = "SecurityGroupRule.1.SecurityGroupRule.";
    const auto say = [&](std::string_view parameter, const std::string& name,
                         const std::string& value, const Parameters& more = {}) {
        return std::vector<Trial>{{parameter, merged({{rule + name, value}}, more)}};
    };
    const Parameters no_block{{rule + "CidrIpv4", ""}};
    return {
        {{"GroupId", "{group_2}"},
         {"SecurityGroupRule.1.SecurityGroupRuleId", "{rule_2}"},
         {rule + "IpProtocol", "tcp"},
         {rule + "FromPort", "23"},
         {rule + "ToPort", "23"},
         {rule + "CidrIpv4", "192.0.2.0/24"}},
        refused("GroupId", "{group_3}") +
            changes("SecurityGroupRule.1.SecurityGroupRuleId", "{rule_2_ipv6}") +
            say("SecurityGroupRule.1.SecurityGroupRule.IpProtocol", "IpProtocol", "udp") +
            say("SecurityGroupRule.1.SecurityGroupRule.FromPort", "FromPort", "22") +
            say("SecurityGroupRule.1.SecurityGroupRule.ToPort", "ToPort", "24") +
            say("SecurityGroupRule.1.SecurityGroupRule.CidrIpv4", "CidrIpv4", "0.0.0.0/0") +
            say("SecurityGroupRule.1.SecurityGroupRule.CidrIpv6", "CidrIpv6", "::/0", no_block) +
            say("SecurityGroupRule.1.SecurityGroupRule.PrefixListId", "PrefixListId",
                "{prefix_list}", no_block) +
            say("SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId", "ReferencedGroupId",
                "{group}", no_block) +
            say("SecurityGroupRule.1.SecurityGroupRule.Description", "Description", "why")};
}

TrialTable trials()
{
    TrialTable table;
    table["CreateSecurityGroup"] = {
        {{"GroupName", "new"}, {"GroupDescription", "made"}},
        changes("GroupName", "other") + changes("GroupDescription", "other") +
            refused("VpcId", "vpc-0123456789abcdef0") + tag_trials("security-group")};
    table["DeleteSecurityGroup"] = {
        {{"GroupId", "{unused_group}"}},
        changes("GroupId", "{unused_group_2}") +
            std::vector<Trial>{{"GroupName", {{"GroupId", ""}, {"GroupName", "unused_2"}}}}};
    table["DescribeSecurityGroups"] =
        describe_operation(filter_trials("group-name", "default") + page_trials() +
                           changes("GroupId.1", "{group_2}") + changes("GroupName.1", "web_2"));
    table["DescribeSecurityGroupReferences"] = {{{"GroupId.1", "{group}"}},
                                                refused("GroupId.1", kNobody)};
    table["DescribeStaleSecurityGroups"] = {{{"VpcId", "{vpc}"}},
                                            refused("VpcId", "vpc-0123456789abcdef0") +
                                                same("MaxResults", "5") +
                                                refused("NextToken", "bm90IG91cnM=")};
    table["AuthorizeSecurityGroupIngress"] = authorize(
        flat_trials() + named_group_trials() + refused("SourceSecurityGroupOwnerId", kAccount));
    table["AuthorizeSecurityGroupEgress"] = authorize(changes("GroupId", "{group_3}"));
    table["RevokeSecurityGroupIngress"] = revoke(flat_trials() + named_group_trials());
    table["RevokeSecurityGroupEgress"] = revoke(changes("GroupId", "{group_3}"));
    table["DescribeSecurityGroupRules"] =
        describe_operation(filter_trials("security-group-rule-id", "{rule_2}") + page_trials() +
                           changes("SecurityGroupRuleId.1", "{rule_2}"));
    table["ModifySecurityGroupRules"] = modify_rules();
    table["UpdateSecurityGroupRuleDescriptionsIngress"] = describe_anew("{rule_2}");
    table["UpdateSecurityGroupRuleDescriptionsEgress"] = describe_anew("{rule_2}");
    return table;
}

std::vector<Telling> tellings()
{
    return {{"security_group", "id", "DescribeSecurityGroups", {{"GroupId.1", "{}"}}},
            {"security_group_rule",
             "id",
             "DescribeSecurityGroupRules",
             {{"SecurityGroupRuleId.1", "{}"}}}};
}

constexpr const char* kNotByDescription = "rules are named by what they say, not by why";
constexpr const char* kToldStatus = "answers tell it, and clients send it back";
constexpr WithoutEffect kWithoutEffect[] = {
    {"AuthorizeSecurityGroupIngress IpPermissions.1.Groups.1.PeeringStatus", kToldStatus},
    {"AuthorizeSecurityGroupEgress IpPermissions.1.Groups.1.PeeringStatus", kToldStatus},
    {"RevokeSecurityGroupIngress IpPermissions.1.Groups.1.PeeringStatus", kToldStatus},
    {"RevokeSecurityGroupEgress IpPermissions.1.Groups.1.PeeringStatus", kToldStatus},
    {"UpdateSecurityGroupRuleDescriptionsIngress IpPermissions.1.Groups.1.PeeringStatus",
     kToldStatus},
    {"UpdateSecurityGroupRuleDescriptionsEgress IpPermissions.1.Groups.1.PeeringStatus",
     kToldStatus},
    {"DescribeStaleSecurityGroups MaxResults", "no group of the world has a stale rule"},
    {"RevokeSecurityGroupIngress IpPermissions.1.IpRanges.1.Description", kNotByDescription},
    {"RevokeSecurityGroupIngress IpPermissions.1.Ipv6Ranges.1.Description", kNotByDescription},
    {"RevokeSecurityGroupIngress IpPermissions.1.Groups.1.Description", kNotByDescription},
    {"RevokeSecurityGroupIngress IpPermissions.1.PrefixListIds.1.Description", kNotByDescription},
    {"RevokeSecurityGroupEgress IpPermissions.1.IpRanges.1.Description", kNotByDescription},
    {"RevokeSecurityGroupEgress IpPermissions.1.Ipv6Ranges.1.Description", kNotByDescription},
    {"RevokeSecurityGroupEgress IpPermissions.1.Groups.1.Description", kNotByDescription},
    {"RevokeSecurityGroupEgress IpPermissions.1.PrefixListIds.1.Description", kNotByDescription},
};

void add_groups(World& world)
{
    for (int number = 2; number <= World::kOfEach; ++number) {
        const auto group = World::numbered("group", number);
        world.set_id(group,
                     world
                         .must("CreateSecurityGroup", {{"GroupName", fmt::format("web_{}", number)},
                                                       {"GroupDescription", "one of many"}})
                         .text("groupId"));
        const auto rule = merged(permission("tcp", "22"),
                                 {{"GroupId", "{" + group + "}"},
                                  {"IpPermissions.1.IpRanges.1.CidrIp", "192.0.2.0/24"},
                                  {"IpPermissions.1.IpRanges.1.Description", "old"},
                                  {"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "2001:db8::/32"},
                                  {"IpPermissions.1.Ipv6Ranges.1.Description", "old"},
                                  {"IpPermissions.1.Groups.1.GroupId", "{group}"},
                                  {"IpPermissions.1.Groups.1.Description", "old"}});
        const auto made = world.must("AuthorizeSecurityGroupIngress", rule)
                              .texts("securityGroupRuleSet/item/securityGroupRuleId");
        world.must("AuthorizeSecurityGroupEgress", rule);
        world.set_id(World::numbered("rule", number), made.at(0));
        world.set_id(World::numbered("rule", number) + "_ipv6", made.at(1));
    }
}

void add_to_world(World& world)
{
    add_groups(world);
    for (const int number : {1, 2}) {
        world.set_id(
            World::numbered("unused_group", number),
            world
                .must("CreateSecurityGroup", {{"GroupName", World::numbered("unused", number)},
                                              {"GroupDescription", "nobody has it"}})
                .text("groupId"));
    }
}

}  // namespace

constinit const TrialSet kSecurityGroupsTrials{.trials = trials,
                                               .without_effect = kWithoutEffect,
                                               .tellings = tellings,
                                               .add_to_world = add_to_world};

}  // namespace amilab::test
