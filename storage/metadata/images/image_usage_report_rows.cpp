#include "storage/metadata/images/image_usage_report_rows.h"

#include <algorithm>

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

/// Launch templates and recipes do not exist here, so that only instances refer to an image.
void count_instances(Database& db, const UsageReportRow& row, std::span<const std::string> accounts)
{
    Query query;
    query.part(
        "INSERT INTO image_usage_entry (report_id, account_id, resource_type, usage_count)"
        " SELECT ?, owner, ?, COUNT(*) FROM instance"
        " WHERE image_id = ? AND owner <> ?",
        row.id, ImageUser::kInstance, row.image_id, row.owner);
    if (!accounts.empty()) {
        query.sql(" AND owner IN ")
            .list(std::vector<std::string>(accounts.begin(), accounts.end()));
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
    insert_row<kUsageReportColumns>(db, row);
    std::int64_t position = 0;
    for (auto type : types) {
        type.report_id = row.id.text();
        type.position = position++;
        insert_row<kTypeColumns>(db, type);
    }
    position = 0;
    for (const auto& account : accounts) {
        insert_row<kAccountColumns>(
            db, {.report_id = row.id.text(), .position = position++, .account_id = account});
    }
    if (std::ranges::any_of(types, [](const UsageReportType& type) {
            return type.resource_type == ImageUser::kInstance;
        })) {
        count_instances(db, row, accounts);
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
