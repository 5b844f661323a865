#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/network/network_ids.h"

namespace amilab::ec2 {

/// Whether the group has more rules of a direction than one may have, which a prefix list that
/// grows can bring about.
bool has_too_many_rules(Session& session, const SecurityGroupId& group);

/// What security groups let in and out, rule by rule.
extern const Family kSecurityGroupRules;

}  // namespace amilab::ec2
