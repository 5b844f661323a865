#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/id_source.h"

/// The recycle bin's retention rules: which deleted resources are kept, and for how long.
namespace amilab {

/// Matches a resource that has a tag of the key and, where there is one, the value.
struct RecycleRuleTag {
    std::string key;
    std::optional<std::string> value;
    bool operator==(const RecycleRuleTag&) const = default;
};

struct RecycleRuleRow {
    /// 11 letters and digits.
    std::string id;
    std::string region;
    std::string owner;
    /// EBS_SNAPSHOT, EC2_IMAGE or EBS_VOLUME
    std::string resource_type;
    std::int64_t retention_days = 0;
    std::optional<std::string> description;
    /// pending or available: only an available rule keeps anything.
    std::string status;
    /// locked, pending_unlock or unlocked; nothing for a rule that has never been locked.
    std::optional<std::string> lock_state;
    std::optional<std::int64_t> unlock_delay_days;
    /// When a pending_unlock rule becomes unlocked; nothing in the other states.
    std::optional<TimeMs> lock_end_time_ms;
    /// A resource with any of these is kept; empty: every resource of the type.
    std::vector<RecycleRuleTag> resource_tags = {};
    /// A resource with any of these is not.
    std::vector<RecycleRuleTag> exclude_resource_tags = {};
    /// The rule's own tags.
    std::vector<RecycleRuleTag> tags = {};
};

/// Source: 11 letters and digits (documented, rbin's RuleIdentifier).
std::string next_recycle_rule_id(IdSource& ids);

void insert_recycle_rule(Database& db, const RecycleRuleRow& row);
/// With the lock state of `now_ms`: a rule whose unlock delay is over is unlocked.
std::optional<RecycleRuleRow> select_recycle_rule(Database& db, std::string_view owner,
                                                  std::string_view region, std::string_view id,
                                                  TimeMs now_ms);
/// Writes what may change of a rule: everything but id, region, owner and resource type.
void update_recycle_rule(Database& db, const RecycleRuleRow& row);
/// What the rule has put into the bin stays there until its own time is over (documented).
void delete_recycle_rule(Database& db, std::string_view id);
std::int64_t count_recycle_rules(Database& db, std::string_view owner, std::string_view region);
/// Rules of the region that name this very tag among their resource tags, but for the rule
/// `except`.
std::int64_t count_recycle_rules_naming(Database& db, std::string_view owner,
                                        std::string_view region, const RecycleRuleTag& tag,
                                        std::string_view except);

struct RecycleRuleQuery {
    std::string_view owner;
    std::string_view region;
    std::string_view resource_type;
    /// Only rules that have all of these; empty: any.
    std::vector<RecycleRuleTag> resource_tags;
    std::vector<RecycleRuleTag> exclude_resource_tags;
    std::optional<std::string> lock_state;
    TimeMs now_ms;
    /// The id of the last rule before the page; empty at the start.
    std::string_view after;
    std::int64_t limit;
};

/// In the order of their ids.
std::vector<RecycleRuleRow> select_recycle_rules(Database& db, const RecycleRuleQuery& query);

/// For how many days a resource that is being deleted is kept, by its owner's tags on it; nothing
/// when no rule matches. Source: the longest of all rules that match (documented).
std::optional<std::int64_t> matching_retention_days(Database& db, std::string_view owner,
                                                    std::string_view region,
                                                    std::string_view resource_type,
                                                    std::string_view resource_id);

}  // namespace amilab
