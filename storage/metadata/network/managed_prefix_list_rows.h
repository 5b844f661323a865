#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/network/address_family.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// Managed prefix lists, with the entries of each of their versions.
namespace amilab {

/// What was done to a list last.
enum class PrefixListState : std::uint8_t { kCreated, kModified, kRestored };
template <>
inline constexpr auto kWords<PrefixListState> = words("create-complete", "modify-complete",
                                                      "restore-complete");

struct ManagedPrefixListRow {
    ManagedPrefixListId id{};
    std::string region{};
    std::string owner{};
    std::string name{};
    PrefixListFamily address_family{};
    std::int64_t max_entries = 0;
    std::int64_t version = 1;
    PrefixListState state = PrefixListState::kCreated;
};

inline constexpr auto kManagedPrefixListColumns = columns<ManagedPrefixListRow>(
    "prefix_list", "l", text<&ManagedPrefixListRow::id>("id"),
    text<&ManagedPrefixListRow::region>("region"), text<&ManagedPrefixListRow::owner>("owner"),
    text<&ManagedPrefixListRow::name>("name"),
    text<&ManagedPrefixListRow::address_family>("address_family"),
    integer<&ManagedPrefixListRow::max_entries>("max_entries"),
    integer<&ManagedPrefixListRow::version>("version"),
    text<&ManagedPrefixListRow::state>("state"));
/// Source: EC2 API Reference, DescribeManagedPrefixLists (documented).
inline constexpr FilterColumn kManagedPrefixListFilters[] = {
    {"owner-id", "owner"},
    {"prefix-list-id", "id"},
    {"prefix-list-name", "name"},
};
inline constexpr Listing<ManagedPrefixListRow> kManagedPrefixListList{
    .key = "l.id", .columns = kManagedPrefixListColumns, .filters = kManagedPrefixListFilters};

/// Whose the lists are that AWS manages. Source: observed.
inline constexpr std::string_view kAwsOwner = "AWS";
/// AWS's lists, of all regions.
inline constexpr auto kAwsPrefixLists =
    "SELECT id, region, '" + sql_text<kAwsOwner.size()>(kAwsOwner) +
    "' AS owner, name, address_family, max_entries, 1 AS version, " +
    sql_word<PrefixListState::kCreated> + " AS state FROM catalogue.prefix_list";
inline constexpr auto kAwsPrefixListFrom = "(" + kAwsPrefixLists + ") l";
/// A region's, alike for every account.
inline constexpr Listing<ManagedPrefixListRow> kAwsPrefixListList{
    .from = kAwsPrefixListFrom,
    .key = "l.id",
    .owner = "-",
    .columns = kManagedPrefixListColumns,
    .filters = kManagedPrefixListFilters};
/// Everybody's lists and AWS's of all regions; kVisiblePrefixListOwner is for ListQuery::among.
inline constexpr auto kVisiblePrefixLists =
    "(SELECT id, region, owner, name, address_family, max_entries, version, state"
    " FROM main.prefix_list UNION ALL " +
    kAwsPrefixLists + ") l";
inline constexpr Listing<ManagedPrefixListRow> kVisiblePrefixListList{
    .from = kVisiblePrefixLists,
    .key = "l.id",
    .owner = "-",
    .columns = kManagedPrefixListColumns,
    .filters = kManagedPrefixListFilters};
inline constexpr std::string_view kVisiblePrefixListOwner = "l.owner";

struct PrefixListEntryRow {
    std::string prefix_list_id{};
    std::int64_t version = 0;
    std::string cidr{};
    std::optional<std::string> description{};
};

inline constexpr auto kPrefixListEntryColumns = columns<PrefixListEntryRow>(
    "prefix_list_entry", "t", text<&PrefixListEntryRow::prefix_list_id>("prefix_list_id"),
    integer<&PrefixListEntryRow::version>("version"), text<&PrefixListEntryRow::cidr>("cidr"),
    text<&PrefixListEntryRow::description>("description"));
inline constexpr auto kAwsPrefixListEntries =
    sql("SELECT region, prefix_list_id, 1 AS version, cidr, NULL AS description"
        " FROM catalogue.prefix_list_entry");
/// Of users' lists and of AWS's, the first in no region.
inline constexpr auto kVisiblePrefixListEntries =
    "(SELECT '' AS region, prefix_list_id, version, cidr, description FROM main.prefix_list_entry"
    " UNION ALL " +
    kAwsPrefixListEntries + ") t";
/// In the order of their blocks' texts; what ListQuery::among can name is below.
inline constexpr Listing<PrefixListEntryRow> kPrefixListEntryList{
    .from = kVisiblePrefixListEntries,
    .key = "t.cidr",
    .owner = "-",
    .region = "-",
    .columns = kPrefixListEntryColumns};
inline constexpr std::string_view kEntryRegion = "t.region";
inline constexpr std::string_view kEntryPrefixList = "t.prefix_list_id";
inline constexpr std::string_view kEntryVersion = "CAST(t.version AS TEXT)";

/// What refers to a list: a group by its rules, a route table by its routes.
struct PrefixListUseRow {
    std::string id{};
    std::string region{};
    std::string owner{};
    std::string prefix_list_id{};
};
inline constexpr auto kPrefixListUseColumns = columns<PrefixListUseRow>(
    "security_group", "u", text<&PrefixListUseRow::id>("id"),
    text<&PrefixListUseRow::region>("region"), text<&PrefixListUseRow::owner>("owner"),
    text<&PrefixListUseRow::prefix_list_id>("prefix_list_id"));
inline constexpr std::string_view kPrefixListUses =
    "(SELECT DISTINCT r.group_id AS id, r.region, r.owner, r.peer AS prefix_list_id"
    " FROM security_group_rule r UNION SELECT t.id, t.region, t.owner, r.destination"
    " FROM route r JOIN route_table t ON t.id = r.route_table_id) u";
inline constexpr Listing<PrefixListUseRow> kPrefixListUseList{
    .from = kPrefixListUses, .key = "u.id", .columns = kPrefixListUseColumns};
inline constexpr std::string_view kUsedPrefixList = "u.prefix_list_id";

/// Of those lists of AWS's in a region, in the order of lists and of their blocks' texts.
std::vector<PrefixListEntryRow> select_aws_prefix_list_entries(
    Database& db, std::string_view region, const std::vector<std::string>& lists);
/// Of one version, in the order of their blocks' texts.
std::vector<PrefixListEntryRow> select_prefix_list_entries(Database& db,
                                                           const ManagedPrefixListId& id,
                                                           std::int64_t version);
/// Name, size, version and state as the row has them.
void update_prefix_list(Database& db, const ManagedPrefixListRow& row);
/// The groups whose rules refer to it, in the order of their ids.
std::vector<SecurityGroupId> select_groups_with(Database& db, const ManagedPrefixListId& id);
/// The route tables that have a route for it, in the order of their ids.
std::vector<RouteTableId> select_route_tables_with(Database& db, const ManagedPrefixListId& id);
/// Whether a rule of a group or a route refers to it.
bool is_prefix_list_used(Database& db, const ManagedPrefixListId& id);

}  // namespace amilab
