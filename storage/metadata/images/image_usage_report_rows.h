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
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

enum class UsageReportState : std::uint8_t { kPending, kAvailable };
template <>
inline constexpr auto kWords<UsageReportState> = words("pending", "available");

struct UsageReportRow {
    UsageReportId id{};
    std::string owner{};
    std::string region{};
    ImageId image_id{};
    TimeMs creation_time_ms = 0;
    /// Pending before, available from then on.
    TimeMs due_ms = 0;
    TimeMs expiration_time_ms = 0;
    /// Read only.
    UsageReportState state{};
};

/// A type of resource that a report is to count.
struct UsageReportType {
    std::string resource_type{};
    /// As it was given.
    std::optional<std::string> version_depth{};
    /// What insert_usage_report() sees to.
    std::string report_id{};
    std::int64_t position = 0;
};

/// An account that a report was asked for.
struct UsageReportAccount {
    std::string report_id{};
    std::int64_t position = 0;
    std::string account_id{};
};

/// What an account uses, as a report has it.
struct UsageEntryRow {
    UsageReportId report_id{};
    ImageId image_id{};
    TimeMs report_creation_time_ms = 0;
    std::string account_id{};
    std::string resource_type{};
    std::int64_t usage_count = 0;
};

inline constexpr auto kIsUsageReportDone = sql("r.due_ms <= $now");
inline constexpr auto kStateOfUsageReport = "iif(" + kIsUsageReportDone + ", " +
                                            sql_word<UsageReportState::kAvailable> + ", " +
                                            sql_word<UsageReportState::kPending> + ")";
inline constexpr auto kUsageReportColumns = columns<UsageReportRow>(
    "image_usage_report", "r", text<&UsageReportRow::id>("id"),
    text<&UsageReportRow::owner>("owner"), text<&UsageReportRow::region>("region"),
    text<&UsageReportRow::image_id>("image_id"),
    time<&UsageReportRow::creation_time_ms>("creation_time_ms"),
    time<&UsageReportRow::due_ms>("due_ms"),
    time<&UsageReportRow::expiration_time_ms>("expiration_time_ms"),
    text<&UsageReportRow::state>("state").as(kStateOfUsageReport));
inline constexpr FilterColumn kUsageReportFilters[] = {
    {"creation-time", "creation_time_ms"},
    {"state", "state"},
};
inline constexpr Listing<UsageReportRow> kUsageReportList{
    .key = "r.id", .columns = kUsageReportColumns, .filters = kUsageReportFilters};

inline constexpr auto kUsageEntryColumns = columns<UsageEntryRow>(
    "image_usage_report", "r", text<&UsageEntryRow::report_id>("id"),
    text<&UsageEntryRow::image_id>("image_id"),
    time<&UsageEntryRow::report_creation_time_ms>("creation_time_ms"),
    text<&UsageEntryRow::account_id>("account_id").as("e.account_id"),
    text<&UsageEntryRow::resource_type>("resource_type").as("e.resource_type"),
    integer<&UsageEntryRow::usage_count>("usage_count").as("e.usage_count"));
inline constexpr FilterColumn kUsageEntryFilters[] = {
    {"account-id", "account_id"},
    {"creation-time", "creation_time_ms"},
    {"resource-type", "resource_type"},
};
/// Entries of reports that are available. Account ids are of one length: the texts that begin with
/// them are in the order of account and type.
inline constexpr Listing<UsageEntryRow> kUsageEntryList{
    .from = "image_usage_report r JOIN image_usage_entry e ON e.report_id = r.id",
    .where = kIsUsageReportDone,
    .key = "r.id",
    .second_key = "(e.account_id || '/' || e.resource_type)",
    .columns = kUsageEntryColumns,
    .filters = kUsageEntryFilters};

/// `accounts`: those that were named; none: all but the owner are looked at. What is used is
/// counted now. Source: a point in time (documented); whether terminated instances count is
/// assumed: as long as they are described.
void insert_usage_report(Database& db, const UsageReportRow& row,
                         std::span<const UsageReportType> types,
                         std::span<const std::string> accounts);
/// What the reports were asked for, in the order of reports and as it was given.
std::vector<UsageReportType> select_usage_report_types(Database& db,
                                                       const std::vector<std::string>& reports);
std::vector<UsageReportAccount> select_usage_report_accounts(
    Database& db, const std::vector<std::string>& reports);
void delete_usage_report(Database& db, const UsageReportId& id);

}  // namespace amilab
