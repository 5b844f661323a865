#include "storage/metadata/images/image_usage_report_rows.h"

#include <string_view>
#include <utility>

#include "storage/metadata/images/image_words.h"
#include "storage/metadata/sql/children.h"

namespace amilab {

namespace {

constexpr auto kTypeColumns = columns<UsageReportType>(
    "image_usage_report_type", "t", text<&UsageReportType::report_id>("report_id"),
    integer<&UsageReportType::position>("position"),
    text<&UsageReportType::resource_type>("resource_type"),
    text<&UsageReportType::version_depth>("version_depth"));
constexpr auto kAccountColumns = columns<UsageReportAccount>(
    "image_usage_report_account", "a", text<&UsageReportAccount::report_id>("report_id"),
    integer<&UsageReportAccount::position>("position"),
    text<&UsageReportAccount::account_id>("account_id"));

constexpr Children<UsageReportType> kTypes{
    .columns = kTypeColumns, .parent = "report_id", .order = "position"};
constexpr Children<UsageReportAccount> kAccounts{
    .columns = kAccountColumns, .parent = "report_id", .order = "position"};

constexpr std::string_view kInsertEntries =
    "INSERT INTO image_usage_entry (report_id, account_id, resource_type, usage_count) ";
/// Source: "Default: 20" (documented).
constexpr std::string_view kUsualVersionDepth = "20";

/// Runs what inserts an entry for each owner of a row.
void insert_entries(Database& db, Query query, std::span<const std::string> accounts)
{
    if (!accounts.empty()) {
        query.sql(" AND owner IN ")
            .list(std::vector<std::string>(accounts.begin(), accounts.end()));
    }
    query.sql(" GROUP BY owner");
    auto insert = query.on(db);
    while (insert.step()) {
    }
}

void count_instances(Database& db, const UsageReportRow& row, std::span<const std::string> accounts)
{
    Query query;
    query.sql(kInsertEntries)
        .part(
            "SELECT ?, owner, ?, COUNT(*) FROM instance"
            " WHERE image_id = ? AND owner <> ?",
            row.id, ImageUser::kInstance, row.image_id, row.owner);
    insert_entries(db, std::move(query), accounts);
}

/// A template counts once, whatever number of its newest `depth` versions name the image (assumed).
void count_launch_templates(Database& db, const UsageReportRow& row, std::string_view depth,
                            std::span<const std::string> accounts)
{
    Query query;
    query.sql(kInsertEntries)
        .part(
            "SELECT ?, owner, ?, COUNT(DISTINCT l.id)"
            " FROM launch_template_version v JOIN launch_template l ON l.id = v.template_id"
            " WHERE v.image_id = ? AND owner <> ? AND l.region = ? AND CAST(? AS INTEGER) >"
            "  (SELECT count(*) FROM launch_template_version n"
            "    WHERE n.template_id = v.template_id AND n.version > v.version)",
            row.id, ImageUser::kLaunchTemplate, row.image_id, row.owner, row.region, depth);
    insert_entries(db, std::move(query), accounts);
}

/// Recipes do not exist here.
void count_type(Database& db, const UsageReportRow& row, const UsageReportType& type,
                std::span<const std::string> accounts)
{
    if (type.resource_type == ImageUser::kInstance) {
        count_instances(db, row, accounts);
    } else if (type.resource_type == ImageUser::kLaunchTemplate) {
        const std::string_view depth =
            type.version_depth ? std::string_view(*type.version_depth) : kUsualVersionDepth;
        count_launch_templates(db, row, depth, accounts);
    }
}

}  // namespace

void insert_usage_report(Database& db, const UsageReportRow& row,
                         std::span<const UsageReportType> types,
                         std::span<const std::string> accounts)
{
    insert_row<kUsageReportColumns>(db, row);
    std::int64_t position = 0;
    for (auto type : types) {
        type.report_id = row.id.text();
        type.position = position++;
        insert_row<kTypeColumns>(db, type);
        count_type(db, row, type, accounts);
    }
    position = 0;
    for (const auto& account : accounts) {
        insert_row<kAccountColumns>(
            db, {.report_id = row.id.text(), .position = position++, .account_id = account});
    }
}

std::vector<UsageReportType> select_usage_report_types(Database& db,
                                                       const std::vector<std::string>& reports)
{
    return select_children<kTypes>(db, reports);
}

std::vector<UsageReportAccount> select_usage_report_accounts(
    Database& db, const std::vector<std::string>& reports)
{
    return select_children<kAccounts>(db, reports);
}

void delete_usage_report(Database& db, const UsageReportId& id)
{
    Statement(db, "DELETE FROM image_usage_report WHERE id = ?").execute(id);
}

}  // namespace amilab
