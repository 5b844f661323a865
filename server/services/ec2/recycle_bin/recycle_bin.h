#pragma once

#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"

/// The recycle bin: where deleted images, snapshots and volumes go that a retention rule matches.
/// Source: EBS User Guide, "Recycle Bin" (documented).
namespace amilab::ec2 {

extern const Family kRecycleBin;

}  // namespace amilab::ec2
