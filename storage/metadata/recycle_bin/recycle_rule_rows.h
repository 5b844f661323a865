#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/id_source.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// The recycle bin's retention rules: which deleted resources are kept, and for how long.
namespace amilab {

/// Matches a resource that has a tag of the key and, where there is one, the value.
struct RecycleRuleTag {
    std::string key{};
    std::optional<std::string> value{};
    bool operator==(const RecycleRuleTag&) const = default;
};

/// What kind of resource a rule is for.
enum class RecycleRuleType : std::uint8_t { kImage, kSnapshot, kVolume };
template <>
inline constexpr auto kWords<RecycleRuleType> = words("EC2_IMAGE", "EBS_SNAPSHOT", "EBS_VOLUME");

enum class RecycleRuleStatus : std::uint8_t { kPending, kAvailable };
template <>
inline constexpr auto kWords<RecycleRuleStatus> = words("pending", "available");

enum class RecycleRuleLock : std::uint8_t { kLocked, kPendingUnlock, kUnlocked };
template <>
inline constexpr auto kWords<RecycleRuleLock> = words("locked", "pending_unlock", "unlocked");

struct RecycleRuleRow {
    /// 11 letters and digits.
    std::string id = {};
    std::string region = {};
    std::string owner = {};
    RecycleRuleType resource_type{};
    std::int64_t retention_days = 0;
    std::optional<std::string> description = {};
    /// Only an available rule keeps anything.
    RecycleRuleStatus status{};
    /// Nothing for a rule that has never been locked.
    std::optional<RecycleRuleLock> lock_state = {};
    std::optional<std::int64_t> unlock_delay_days = {};
    /// When a pending_unlock rule becomes unlocked; nothing in the other states.
    std::optional<TimeMs> lock_end_time_ms = {};
    /// A resource with any of these is kept; empty: every resource of the type.
    std::vector<RecycleRuleTag> resource_tags = {};
    /// A resource with any of these is not.
    std::vector<RecycleRuleTag> exclude_resource_tags = {};
    /// The rule's own tags.
    std::vector<RecycleRuleTag> tags = {};
};

/// A rule whose unlock delay is over is unlocked.
inline constexpr auto kRecycleRuleLockState =
    "iif(r.lock_state = " + sql_word<RecycleRuleLock::kPendingUnlock> +
    " AND r.lock_end_time_ms <= $now, " + sql_word<RecycleRuleLock::kUnlocked> + ", r.lock_state)";

inline constexpr auto kRecycleRuleColumns = columns<RecycleRuleRow>(
    "recycle_rule", "r", text<&RecycleRuleRow::id>("id"), text<&RecycleRuleRow::region>("region"),
    text<&RecycleRuleRow::owner>("owner"), text<&RecycleRuleRow::resource_type>("resource_type"),
    integer<&RecycleRuleRow::retention_days>("retention_days"),
    text<&RecycleRuleRow::description>("description"), text<&RecycleRuleRow::status>("status"),
    text<&RecycleRuleRow::lock_state>("lock_state").read_as(kRecycleRuleLockState),
    integer<&RecycleRuleRow::unlock_delay_days>("unlock_delay_days"),
    time<&RecycleRuleRow::lock_end_time_ms>("lock_end_time_ms")
        .read_as("iif(r.lock_end_time_ms > $now, r.lock_end_time_ms, NULL)"));
inline constexpr Listing<RecycleRuleRow> kRecycleRuleList{.key = "r.id",
                                                          .columns = kRecycleRuleColumns};

/// Source: 11 letters and digits (documented, rbin's RuleIdentifier).
std::string next_recycle_rule_id(IdSource& ids);

void insert_recycle_rule(Database& db, const RecycleRuleRow& row);
/// The rule with the lock state of `now_ms`: one whose unlock delay is over is unlocked.
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

/// Lets pass only rules of the type, only those in the lock state, where there is one, and only
/// those that have all of the tags among what they keep, or among what they exclude.
void want_type(ListQuery& wanted, std::string resource_type);
void want_lock_state(ListQuery& wanted, const std::optional<std::string>& lock_state);
void want_resource_tags(ListQuery& wanted, const std::vector<RecycleRuleTag>& tags);
void want_exclude_resource_tags(ListQuery& wanted, const std::vector<RecycleRuleTag>& tags);

/// The rules, in the order of their ids.
std::vector<RecycleRuleRow> select_recycle_rules(Database& db, const ListQuery& wanted);

/// For how many days a resource that is being deleted is kept, by its owner's tags on it; nothing
/// when no rule matches. Source: the longest of all rules that match (documented).
std::optional<std::int64_t> matching_retention_days(Database& db, std::string_view owner,
                                                    std::string_view region,
                                                    RecycleRuleType resource_type,
                                                    std::string_view resource_id);

}  // namespace amilab
