#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/session.h"
#include "server/wire/ec2/network/shared.h"
#include "storage/metadata/network/security_group_rule_rows.h"

/// What requests say of rules of security groups, and what answers do.
namespace amilab::ec2 {

/// A rule that a request names, with no place in a group yet.
struct AskedRule {
    SecurityGroupRuleRow row{};
    // Of the group that is to be the peer, where the request says them: its name, whose it is, its
    // VPC, and what leads there; see find_peers().
    std::string group_name{};
    std::optional<std::string> user_id{};
    std::optional<std::string> vpc_id{};
    std::optional<std::string> peering_id{};
};

/// The rules that the permissions name, each peer with a rule of its own, in their order. Throws
/// unless EC2 takes what they say, and for one that they say twice.
/// Source: the texts of refusals (observed); one without a peer names no rule (observed).
std::vector<AskedRule> asked_rules(const std::vector<IpPermission>& permissions);

/// Makes them rules of that group: peers are looked up, names in the default VPC. Throws
/// InvalidGroup.NotFound unless they are groups of its VPC, or of one that an active peering
/// connection leads to, or are named by the group's rules already.
std::vector<SecurityGroupRuleRow> find_peers(Session& session, const SecurityGroupRow& group,
                                             bool is_egress, std::vector<AskedRule> asked);

/// Throws InvalidParameterValue unless it may be a rule's description.
/// Source: the text (observed).
void check_rule_description(const std::optional<std::string>& description);

/// Whether it is nothing but what EC2 lets names and descriptions have, 255 characters at most.
/// Source: a-zA-Z0-9, spaces, and ._-:/()#,@[]+=&;{}!$* (documented).
bool is_plain_text(std::string_view text);

/// The group that is the rule's peer, as answers have it, without a description.
/// Source: VPC and connection of a group of another VPC alone (observed).
UserIdGroupPair group_pair(const SecurityGroupRuleRow& rule);

/// "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW": a rule as refusals name it.
std::string told_rule(const SecurityGroupRuleRow& row);

/// Whether rules of the protocol have ports, or types and codes.
bool has_ports(std::string_view protocol);

/// The rules of one direction as permissions: those that differ in their peers alone are one.
/// Sorted as kRulesOfGroups has them.
std::vector<IpPermission> permissions_of(const std::vector<SecurityGroupRuleRow>& rules,
                                         bool is_egress);

}  // namespace amilab::ec2
