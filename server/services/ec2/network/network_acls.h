#pragma once

#include "server/calls/family.h"
#include "storage/metadata/network/network_acl_rows.h"

namespace amilab::ec2 {

/// The caller's network ACL. Throws InvalidNetworkAclID.NotFound.
NetworkAclRow require_network_acl(Session& session, const NetworkAclId& id);

extern const Family kNetworkAcls;

}  // namespace amilab::ec2
