#pragma once

#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/recycle_bin/recycle_bin_rows.h"
#include "storage/metadata/recycle_bin/recycle_rule_rows.h"

/// The recycle bin: where deleted images, snapshots and volumes go that a retention rule matches.
/// What else is under way of them, a pending snapshot's completion say, goes on in the bin.
/// Source: EBS User Guide, "Recycle Bin" (documented).
namespace amilab::ec2 {

/// How the retention rules and the tags name a kind of resource.
struct BinKind {
    RecycleRuleType of_rules;
    RecycledType of_tags;
};
inline constexpr BinKind kImageBin{RecycleRuleType::kImage, RecycledType::kImage};
inline constexpr BinKind kSnapshotBin{RecycleRuleType::kSnapshot, RecycledType::kSnapshot};
inline constexpr BinKind kVolumeBin{RecycleRuleType::kVolume, RecycledType::kVolume};

/// The time of a resource in the bin is over: it is deleted for good.
inline constexpr Due kRecycledGone{"recycled-gone"};

/// A resource that is being deleted: what time brings about has no caller whose account and region
/// would do.
struct Deleted {
    std::string_view id;
    std::string_view owner;
    std::string_view region;
    /// The state that it has when it comes back.
    std::string_view state;
};

/// Puts what is deleted into the bin. False, and nothing happens, when no rule keeps it.
bool put_into_bin(Session& session, const BinKind& kind, const Deleted& deleted);

/// Removes the row from the bin: its resource is there again.
void take_out_of_bin(Session& session, const RecycledRow& row);

}  // namespace amilab::ec2
