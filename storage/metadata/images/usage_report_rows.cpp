#include "storage/metadata/images/usage_report_rows.h"

#include <array>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kColumns =
    "r.id, r.owner, r.region, r.image_id, r.creation_time_ms, r.due_ms, r.expiration_time_ms";

UsageReportRow read_report(Statement::Row row)
{
    return {.id = row.id<UsageReportId>(),
            .owner = row.text(),
            .region = row.text(),
            .image_id = row.id<ImageId>(),
            .creation_time_ms = row.integer(),
            .due_ms = row.integer(),
            .expiration_time_ms = row.integer()};
}

void append_scope(Query& query, const UsageReportQuery& wanted)
{
    query.sql(" WHERE r.region = ").value(wanted.region);
    query.sql(" AND r.owner = ").value(wanted.owner);
    if (!wanted.ids.empty()) {
        query.sql(" AND r.id IN ").list(texts_of(wanted.ids));
    }
    if (!wanted.images.empty()) {
        query.sql(" AND r.image_id IN ").list(texts_of(wanted.images));
    }
}

/// Launch templates and recipes do not exist here, so that only instances refer to an image.
void count_instances(Database& db, const UsageReportRow& row, std::span<const std::string> accounts)
{
    Query query(
        "INSERT INTO image_usage_entry (report_id, account_id, resource_type, usage_count)"
        " SELECT ");
    query.value(row.id.text()).sql(", owner, 'ec2:Instance', COUNT(*) FROM instance");
    query.sql(" WHERE image_id = ").value(row.image_id.text());
    query.sql(" AND owner <> ").value(row.owner);
    if (!accounts.empty()) {
        query.sql(" AND owner IN ").list({accounts.begin(), accounts.end()});
    }
    query.sql(" GROUP BY owner");
    auto insert = query.on(db);
    while (insert.step()) {
    }
}

}  // namespace

void insert_usage_report(Database& db, const UsageReportRow& row,
                         std::span<const UsageReportType> types,
                         std::span<const std::string> accounts)
{
    Statement(db,
              "INSERT INTO image_usage_report (id, owner, region, image_id, creation_time_ms,"
              " due_ms, expiration_time_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .execute(row.id, row.owner, row.region, row.image_id, row.creation_time_ms, row.due_ms,
                 row.expiration_time_ms);
    std::int64_t position = 0;
    bool wants_instances = false;
    for (const auto& type : types) {
        Statement(db,
                  "INSERT INTO image_usage_report_type (report_id, position, resource_type,"
                  " version_depth) VALUES (?1, ?2, ?3, ?4)")
            .execute(row.id, position++, type.resource_type, type.version_depth);
        wants_instances = wants_instances || type.resource_type == "ec2:Instance";
    }
    position = 0;
    for (const auto& account : accounts) {
        Statement(db,
                  "INSERT INTO image_usage_report_account (report_id, position, account_id)"
                  " VALUES (?1, ?2, ?3)")
            .execute(row.id, position++, account);
    }
    if (wants_instances) {
        count_instances(db, row, accounts);
    }
}

std::optional<UsageReportRow> select_usage_report(Database& db, std::string_view owner,
                                                  std::string_view region, const UsageReportId& id)
{
    Statement select(db, fmt::format("SELECT {} FROM image_usage_report r WHERE r.id = ?1"
                                     " AND r.owner = ?2 AND r.region = ?3",
                                     kColumns));
    select.bind(id, owner, region);
    return select.step() ? std::optional(read_report(select.row())) : std::nullopt;
}

std::vector<UsageReportType> select_usage_report_types(Database& db, const UsageReportId& id)
{
    Statement select(db,
                     "SELECT resource_type, version_depth FROM image_usage_report_type"
                     " WHERE report_id = ?1 ORDER BY position");
    select.bind(id);
    std::vector<UsageReportType> types;
    while (select.step()) {
        auto row = select.row();
        auto type = row.text();
        types.push_back({std::move(type), row.optional_text()});
    }
    return types;
}

std::vector<std::string> select_usage_report_accounts(Database& db, const UsageReportId& id)
{
    Statement select(db,
                     "SELECT account_id FROM image_usage_report_account WHERE report_id = ?1"
                     " ORDER BY position");
    select.bind(id);
    return select.texts();
}

void delete_usage_report(Database& db, const UsageReportId& id)
{
    Statement(db, "DELETE FROM image_usage_report WHERE id = ?1").execute(id);
}

std::vector<UsageReportRow> select_usage_reports(Database& db, const UsageReportQuery& wanted)
{
    Query query("SELECT ");
    query.sql(kColumns).sql(" FROM image_usage_report r");
    append_scope(query, wanted);
    const auto creation = sql_time("r.creation_time_ms");
    const auto state = fmt::format("iif(r.due_ms <= {}, 'available', 'pending')", wanted.now_ms);
    const std::array columns = {FilterColumn{"creation-time", creation},
                                FilterColumn{"state", state}};
    append_filters(query, wanted.filters, columns, "r.id", wanted.owner);
    if (!wanted.after.empty()) {
        query.sql(" AND r.id > ").value(wanted.after);
    }
    query.sql(" ORDER BY r.id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<UsageReportRow> rows;
    while (select.step()) {
        rows.push_back(read_report(select.row()));
    }
    return rows;
}

std::vector<UsageEntryRow> select_usage_entries(Database& db, const UsageReportQuery& wanted)
{
    Query query(
        "SELECT r.id, r.image_id, r.creation_time_ms, e.account_id, e.resource_type, e.usage_count"
        " FROM image_usage_report r JOIN image_usage_entry e ON e.report_id = r.id");
    append_scope(query, wanted);
    query.sql(" AND r.due_ms <= ").value(wanted.now_ms);
    const auto creation = sql_time("r.creation_time_ms");
    const std::array columns = {FilterColumn{"account-id", "e.account_id"},
                                FilterColumn{"creation-time", creation},
                                FilterColumn{"resource-type", "e.resource_type"}};
    append_filters(query, wanted.filters, columns, "r.id", wanted.owner);
    if (!wanted.after.empty()) {
        query.sql(" AND r.id || '/' || e.account_id || '/' || e.resource_type > ");
        query.value(wanted.after);
    }
    query.sql(" ORDER BY r.id, e.account_id, e.resource_type LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<UsageEntryRow> rows;
    while (select.step()) {
        auto row = select.row();
        rows.push_back({.report_id = row.id<UsageReportId>(),
                        .image_id = row.id<ImageId>(),
                        .report_creation_time_ms = row.integer(),
                        .account_id = row.text(),
                        .resource_type = row.text(),
                        .usage_count = row.integer()});
    }
    return rows;
}

std::string usage_entry_order_key(const UsageEntryRow& row)
{
    return fmt::format("{}/{}/{}", row.report_id.text(), row.account_id, row.resource_type);
}

}  // namespace amilab
