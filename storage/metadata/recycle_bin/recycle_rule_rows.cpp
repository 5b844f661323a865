#include "storage/metadata/recycle_bin/recycle_rule_rows.h"

#include <span>
#include <utility>

namespace amilab {

/// What a tag is to its rule: one of those that it keeps, that it leaves out, or its own.
enum class RuleTagKind : std::uint8_t { kResource, kExclude, kOwn };
template <>
inline constexpr auto kWords<RuleTagKind> = words("resource", "exclude", "own");

namespace {

/// A tag that a rule names, or has.
struct RuleTagRow {
    std::string rule_id = {};
    RuleTagKind kind{};
    std::int64_t position = 0;
    std::string key = {};
    std::optional<std::string> value = {};
};

constexpr auto kRuleTagColumns =
    columns<RuleTagRow>("recycle_rule_tag", "t", text<&RuleTagRow::rule_id>("rule_id"),
                        text<&RuleTagRow::kind>("kind"), integer<&RuleTagRow::position>("position"),
                        text<&RuleTagRow::key>("key"), text<&RuleTagRow::value>("value"));

void insert_rule_tags(Database& db, const std::string& rule_id, RuleTagKind kind,
                      const std::vector<RecycleRuleTag>& tags)
{
    std::int64_t position = 0;
    for (const auto& tag : tags) {
        insert_row<kRuleTagColumns>(db, {.rule_id = rule_id,
                                         .kind = kind,
                                         .position = position++,
                                         .key = tag.key,
                                         .value = tag.value});
    }
}

void insert_all_tags(Database& db, const RecycleRuleRow& row)
{
    insert_rule_tags(db, row.id, RuleTagKind::kResource, row.resource_tags);
    insert_rule_tags(db, row.id, RuleTagKind::kExclude, row.exclude_resource_tags);
    insert_rule_tags(db, row.id, RuleTagKind::kOwn, row.tags);
}

std::vector<RecycleRuleTag>& tags_of_kind(RecycleRuleRow& rule, RuleTagKind kind)
{
    if (kind == RuleTagKind::kResource) {
        return rule.resource_tags;
    }
    return kind == RuleTagKind::kExclude ? rule.exclude_resource_tags : rule.tags;
}

/// Adds the tags of rules that are in the order of their ids.
void add_tags(Database& db, std::span<RecycleRuleRow> rules)
{
    std::vector<std::string> ids;
    for (const auto& rule : rules) {
        ids.push_back(rule.id);
    }
    auto rule = rules.begin();
    for (auto& tag : select_rows<kRuleTagColumns>(
             db,
             "FROM recycle_rule_tag t WHERE t.rule_id IN (SELECT value FROM json_each(?))"
             " ORDER BY t.rule_id, t.kind, t.position",
             json_list(ids))) {
        while (rule->id != tag.rule_id) {
            ++rule;
        }
        tags_of_kind(*rule, tag.kind).push_back({std::move(tag.key), std::move(tag.value)});
    }
}

void want_tags(ListQuery& wanted, RuleTagKind kind, const std::vector<RecycleRuleTag>& tags)
{
    for (const auto& tag : tags) {
        wanted.also.part(
            " AND EXISTS (SELECT 1 FROM recycle_rule_tag t WHERE t.rule_id = r.id"
            " AND t.kind = ? AND t.key = ?",
            kind, tag.key);
        if (tag.value) {
            wanted.also.part(" AND t.value = ?", *tag.value);
        }
        wanted.also.sql(")");
    }
}

}  // namespace

std::string next_recycle_rule_id(IdSource& ids)
{
    constexpr std::string_view kDigits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr std::size_t kLength = 11;
    auto number = ids.next_number("recycle-rule");
    std::string id;
    for (std::size_t i = 0; i < kLength; ++i) {
        id += kDigits[number % kDigits.size()];
        number /= kDigits.size();
    }
    return id;
}

void insert_recycle_rule(Database& db, const RecycleRuleRow& row)
{
    insert_row<kRecycleRuleColumns>(db, row);
    insert_all_tags(db, row);
}

std::optional<RecycleRuleRow> select_recycle_rule(Database& db, std::string_view owner,
                                                  std::string_view region, std::string_view id,
                                                  TimeMs now_ms)
{
    auto rule = select_row_at<kRecycleRuleColumns>(
        db, now_ms, "FROM recycle_rule r WHERE r.id = ? AND r.owner = ? AND r.region = ?", id,
        owner, region);
    if (rule) {
        add_tags(db, {&*rule, 1});
    }
    return rule;
}

void update_recycle_rule(Database& db, const RecycleRuleRow& row)
{
    Statement(db,
              "UPDATE recycle_rule SET retention_days = ?, description = ?, status = ?,"
              " lock_state = ?, unlock_delay_days = ?, lock_end_time_ms = ? WHERE id = ?")
        .execute(row.retention_days, row.description, row.status, row.lock_state,
                 row.unlock_delay_days, row.lock_end_time_ms, row.id);
    Statement(db, "DELETE FROM recycle_rule_tag WHERE rule_id = ?").execute(row.id);
    insert_all_tags(db, row);
}

void delete_recycle_rule(Database& db, std::string_view id)
{
    Statement(db, "DELETE FROM recycle_rule WHERE id = ?").execute(id);
}

std::int64_t count_recycle_rules(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db, "SELECT COUNT(*) FROM recycle_rule WHERE region = ? AND owner = ?");
    select.bind(region, owner);
    select.step();
    return select.row().integer();
}

std::int64_t count_recycle_rules_naming(Database& db, std::string_view owner,
                                        std::string_view region, const RecycleRuleTag& tag,
                                        std::string_view except)
{
    Statement select(db,
                     "SELECT COUNT(DISTINCT r.id) FROM recycle_rule AS r"
                     " JOIN recycle_rule_tag AS t ON t.rule_id = r.id AND t.kind = ?"
                     " WHERE r.region = ? AND r.owner = ? AND t.key = ? AND t.value IS ?"
                     " AND r.id <> ?");
    select.bind(RuleTagKind::kResource, region, owner, tag.key, tag.value, except);
    select.step();
    return select.row().integer();
}

void want_type(ListQuery& wanted, std::string resource_type)
{
    wanted.among.push_back({"r.resource_type", {std::move(resource_type)}});
}

void want_lock_state(ListQuery& wanted, const std::optional<std::string>& lock_state)
{
    if (lock_state) {
        wanted.also.sql(" AND ").at(wanted.now_ms).part(kRecycleRuleLockState);
        wanted.also.part(" = ?", *lock_state);
    }
}

void want_resource_tags(ListQuery& wanted, const std::vector<RecycleRuleTag>& tags)
{
    want_tags(wanted, RuleTagKind::kResource, tags);
}

void want_exclude_resource_tags(ListQuery& wanted, const std::vector<RecycleRuleTag>& tags)
{
    want_tags(wanted, RuleTagKind::kExclude, tags);
}

std::vector<RecycleRuleRow> select_recycle_rules(Database& db, const ListQuery& wanted)
{
    auto rules = select_page<kRecycleRuleList>(db, wanted);
    add_tags(db, rules);
    return rules;
}

std::optional<std::int64_t> matching_retention_days(Database& db, std::string_view owner,
                                                    std::string_view region,
                                                    RecycleRuleType resource_type,
                                                    std::string_view resource_id)
{
    static constexpr auto kTagOfRule =
        sql("SELECT 1 FROM recycle_rule_tag AS t JOIN tag AS g ON g.resource_id = ? AND g.owner = ?"
            " AND g.key = t.key AND (t.value IS NULL OR g.value = t.value)"
            " WHERE t.rule_id = r.id AND t.kind = ");
    static constexpr auto kSelect =
        "SELECT MAX(r.retention_days) FROM recycle_rule AS r"
        " WHERE r.region = ? AND r.owner = ? AND r.resource_type = ? AND r.status = " +
        sql_word<RecycleRuleStatus::kAvailable> +
        " AND (NOT EXISTS (SELECT 1 FROM recycle_rule_tag AS t WHERE t.rule_id = r.id"
        " AND t.kind = " +
        sql_word<RuleTagKind::kResource> + ") OR EXISTS (" + kTagOfRule +
        sql_word<RuleTagKind::kResource> + ")) AND NOT EXISTS (" + kTagOfRule +
        sql_word<RuleTagKind::kExclude> + ")";
    Statement select(db, kSelect);
    select.bind(region, owner, resource_type, resource_id, owner, resource_id, owner);
    select.step();
    return select.row().optional_integer();
}

}  // namespace amilab
