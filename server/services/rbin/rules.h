#pragma once

#include "server/calls/family.h"

/// The Recycle Bin's retention rules, version 2021-06-15. What they keep is for the families that
/// delete to ask: storage/metadata/recycle_bin/recycle_rule_rows.h.
namespace amilab::rbin {

extern const Family kRules;

}  // namespace amilab::rbin
