#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"

namespace amilab {

struct UsageReportType {
    std::string resource_type;
    /// As it was given.
    std::optional<std::string> version_depth;
};

struct UsageReportRow {
    UsageReportId id;
    std::string owner;
    std::string region;
    ImageId image_id;
    TimeMs creation_time_ms;
    /// Pending before, available from then on.
    TimeMs due_ms;
    TimeMs expiration_time_ms;
};

/// `accounts`: those that were named; none: all but the owner are looked at. What is used is
/// counted now. Source: a point in time (documented); whether terminated instances count is
/// assumed: as long as they are described.
void insert_usage_report(Database& db, const UsageReportRow& row,
                         std::span<const UsageReportType> types,
                         std::span<const std::string> accounts);
std::optional<UsageReportRow> select_usage_report(Database& db, std::string_view owner,
                                                  std::string_view region, const UsageReportId& id);
std::vector<UsageReportType> select_usage_report_types(Database& db, const UsageReportId& id);
std::vector<std::string> select_usage_report_accounts(Database& db, const UsageReportId& id);
void delete_usage_report(Database& db, const UsageReportId& id);

struct UsageReportQuery {
    std::string_view owner;
    std::string_view region;
    std::vector<UsageReportId> ids;
    std::vector<ImageId> images;
    std::span<const Filter> filters;
    TimeMs now_ms;
    std::string_view after;
    std::int64_t limit;
};
/// In the order of their ids.
std::vector<UsageReportRow> select_usage_reports(Database& db, const UsageReportQuery& query);

struct UsageEntryRow {
    UsageReportId report_id;
    ImageId image_id;
    TimeMs report_creation_time_ms;
    std::string account_id;
    std::string resource_type;
    std::int64_t usage_count;
};
/// Entries of reports that are available; `after` is a usage_entry_order_key().
std::vector<UsageEntryRow> select_usage_entries(Database& db, const UsageReportQuery& query);
std::string usage_entry_order_key(const UsageEntryRow& row);

/// Which usage reports an account may tag: ?1 the id, ?2 the region, ?3 the account.
inline constexpr std::string_view kTaggableUsageReport =
    "SELECT 1 FROM image_usage_report WHERE id = ?1 AND region = ?2 AND owner = ?3";

}  // namespace amilab
