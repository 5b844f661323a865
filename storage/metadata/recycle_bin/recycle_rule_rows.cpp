#include "storage/metadata/recycle_bin/recycle_rule_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kResourceTag = "resource";
constexpr std::string_view kExcludeTag = "exclude";
constexpr std::string_view kOwnTag = "own";

constexpr std::string_view kSelect =
    "SELECT r.id, r.region, r.owner, r.resource_type, r.retention_days, r.description, r.status,"
    " r.lock_state, r.unlock_delay_days, r.lock_end_time_ms FROM recycle_rule AS r ";

std::vector<RecycleRuleTag> select_rule_tags(Database& db, std::string_view rule_id,
                                             std::string_view kind)
{
    Statement select(db,
                     "SELECT key, value FROM recycle_rule_tag WHERE rule_id = ?1 AND kind = ?2"
                     " ORDER BY position");
    select.bind(rule_id, kind);
    std::vector<RecycleRuleTag> tags;
    while (select.step()) {
        auto row = select.row();
        auto key = row.text();
        tags.push_back({std::move(key), row.optional_text()});
    }
    return tags;
}

void insert_rule_tags(Database& db, std::string_view rule_id, std::string_view kind,
                      const std::vector<RecycleRuleTag>& tags)
{
    Statement insert(db,
                     "INSERT INTO recycle_rule_tag (rule_id, kind, position, key, value)"
                     " VALUES (?1, ?2, ?3, ?4, ?5)");
    std::int64_t position = 0;
    for (const auto& tag : tags) {
        insert.execute(rule_id, kind, position++, tag.key, tag.value);
    }
}

void insert_all_tags(Database& db, const RecycleRuleRow& row)
{
    insert_rule_tags(db, row.id, kResourceTag, row.resource_tags);
    insert_rule_tags(db, row.id, kExcludeTag, row.exclude_resource_tags);
    insert_rule_tags(db, row.id, kOwnTag, row.tags);
}

RecycleRuleRow read_rule(Statement::Row row, TimeMs now_ms)
{
    RecycleRuleRow rule{.id = row.text(),
                        .region = row.text(),
                        .owner = row.text(),
                        .resource_type = row.text(),
                        .retention_days = row.integer(),
                        .description = row.optional_text(),
                        .status = row.text(),
                        .lock_state = row.optional_text(),
                        .unlock_delay_days = row.optional_integer(),
                        .lock_end_time_ms = row.optional_integer()};
    if (rule.lock_state == "pending_unlock" && rule.lock_end_time_ms.value_or(now_ms) <= now_ms) {
        rule.lock_state = "unlocked";
        rule.lock_end_time_ms.reset();
    }
    return rule;
}

void add_tags(Database& db, RecycleRuleRow& rule)
{
    rule.resource_tags = select_rule_tags(db, rule.id, kResourceTag);
    rule.exclude_resource_tags = select_rule_tags(db, rule.id, kExcludeTag);
    rule.tags = select_rule_tags(db, rule.id, kOwnTag);
}

void append_tags_wanted(Query& query, std::string_view kind,
                        const std::vector<RecycleRuleTag>& tags)
{
    for (const auto& tag : tags) {
        query.sql(" AND EXISTS (SELECT 1 FROM recycle_rule_tag AS t WHERE t.rule_id = r.id");
        query.sql(" AND t.kind = ").value(kind).sql(" AND t.key = ").value(tag.key);
        if (tag.value) {
            query.sql(" AND t.value = ").value(*tag.value);
        }
        query.sql(")");
    }
}

void append_lock_state(Query& query, const RecycleRuleQuery& wanted)
{
    if (!wanted.lock_state) {
        return;
    }
    query.sql(" AND iif(r.lock_state = 'pending_unlock' AND r.lock_end_time_ms <= ");
    query.value(wanted.now_ms).sql(", 'unlocked', r.lock_state) = ").value(*wanted.lock_state);
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
    Statement(db,
              "INSERT INTO recycle_rule (id, region, owner, resource_type, retention_days,"
              " description, status, lock_state, unlock_delay_days, lock_end_time_ms)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
        .execute(row.id, row.region, row.owner, row.resource_type, row.retention_days,
                 row.description, row.status, row.lock_state, row.unlock_delay_days,
                 row.lock_end_time_ms);
    insert_all_tags(db, row);
}

std::optional<RecycleRuleRow> select_recycle_rule(Database& db, std::string_view owner,
                                                  std::string_view region, std::string_view id,
                                                  TimeMs now_ms)
{
    static const std::string sql =
        std::string(kSelect) + "WHERE r.id = ?1 AND r.owner = ?2 AND r.region = ?3";
    Statement select(db, sql);
    select.bind(id, owner, region);
    if (!select.step()) {
        return std::nullopt;
    }
    auto rule = read_rule(select.row(), now_ms);
    add_tags(db, rule);
    return rule;
}

void update_recycle_rule(Database& db, const RecycleRuleRow& row)
{
    Statement(db,
              "UPDATE recycle_rule SET retention_days = ?2, description = ?3, status = ?4,"
              " lock_state = ?5, unlock_delay_days = ?6, lock_end_time_ms = ?7 WHERE id = ?1")
        .execute(row.id, row.retention_days, row.description, row.status, row.lock_state,
                 row.unlock_delay_days, row.lock_end_time_ms);
    Statement(db, "DELETE FROM recycle_rule_tag WHERE rule_id = ?1").execute(row.id);
    insert_all_tags(db, row);
}

void delete_recycle_rule(Database& db, std::string_view id)
{
    Statement(db, "DELETE FROM recycle_rule WHERE id = ?1").execute(id);
}

std::int64_t count_recycle_rules(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db, "SELECT COUNT(*) FROM recycle_rule WHERE region = ?1 AND owner = ?2");
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
                     " JOIN recycle_rule_tag AS t ON t.rule_id = r.id AND t.kind = 'resource'"
                     " WHERE r.region = ?1 AND r.owner = ?2 AND t.key = ?3 AND t.value IS ?4"
                     " AND r.id <> ?5");
    select.bind(region, owner, tag.key, tag.value, except);
    select.step();
    return select.row().integer();
}

std::vector<RecycleRuleRow> select_recycle_rules(Database& db, const RecycleRuleQuery& wanted)
{
    Query query(kSelect);
    query.sql("WHERE r.region = ").value(wanted.region).sql(" AND r.owner = ").value(wanted.owner);
    query.sql(" AND r.resource_type = ").value(wanted.resource_type);
    append_tags_wanted(query, kResourceTag, wanted.resource_tags);
    append_tags_wanted(query, kExcludeTag, wanted.exclude_resource_tags);
    append_lock_state(query, wanted);
    if (!wanted.after.empty()) {
        query.sql(" AND r.id > ").value(wanted.after);
    }
    query.sql(" ORDER BY r.id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<RecycleRuleRow> rules;
    while (select.step()) {
        rules.push_back(read_rule(select.row(), wanted.now_ms));
        add_tags(db, rules.back());
    }
    return rules;
}

std::optional<std::int64_t> matching_retention_days(Database& db, std::string_view owner,
                                                    std::string_view region,
                                                    std::string_view resource_type,
                                                    std::string_view resource_id)
{
    Statement select(
        db,
        "SELECT MAX(r.retention_days) FROM recycle_rule AS r"
        " WHERE r.region = ?1 AND r.owner = ?2 AND r.resource_type = ?3 AND r.status = 'available'"
        " AND (NOT EXISTS (SELECT 1 FROM recycle_rule_tag AS t WHERE t.rule_id = r.id"
        "                   AND t.kind = 'resource')"
        "  OR EXISTS (SELECT 1 FROM recycle_rule_tag AS t JOIN tag AS g ON g.resource_id = ?4"
        "              AND g.owner = ?2 AND g.key = t.key AND (t.value IS NULL OR g.value = "
        "t.value)"
        "             WHERE t.rule_id = r.id AND t.kind = 'resource'))"
        " AND NOT EXISTS (SELECT 1 FROM recycle_rule_tag AS t JOIN tag AS g ON g.resource_id = ?4"
        "                  AND g.owner = ?2 AND g.key = t.key"
        "                  AND (t.value IS NULL OR g.value = t.value)"
        "                 WHERE t.rule_id = r.id AND t.kind = 'exclude')");
    select.bind(region, owner, resource_type, resource_id);
    select.step();
    return select.row().optional_integer();
}

}  // namespace amilab
