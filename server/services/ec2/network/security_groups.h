#pragma once

#include <optional>
#include <string>

#include "server/calls/family.h"
#include "storage/metadata/network/security_group_rows.h"

namespace amilab::ec2 {

extern const Family kSecurityGroups;

/// Makes the group that every VPC has, with its rules.
/// Source: "default"; in, all from itself, out, all to anywhere (documented, VPC User Guide,
/// "Default security groups").
void make_default_group(Session& session, const VpcId& vpc);

/// Lets the VPC's default group out to anywhere by IPv6, unless its outbound rules are not as they
/// were made.
void let_default_group_out(Session& session, const VpcId& vpc);

/// The caller's group. Throws InvalidGroup.NotFound.
SecurityGroupRow require_group(Session& session, const SecurityGroupId& id);

/// The caller's group of that id or, in the default VPC, of that name. Throws for one that is not
/// there, for neither and for both. Writing calls only.
SecurityGroupRow require_group(Session& session, const std::optional<std::string>& id,
                               const std::optional<std::string>& name);

}  // namespace amilab::ec2
