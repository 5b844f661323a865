#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/network/managed_prefix_list_rows.h"

namespace amilab::ec2 {

/// The caller's list. Throws InvalidPrefixListID.NotFound.
ManagedPrefixListRow require_prefix_list(Session& session, const ManagedPrefixListId& id);

extern const Family kManagedPrefixLists;

}  // namespace amilab::ec2
