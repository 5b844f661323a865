#include "storage/metadata/layers/impossible_values.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "storage/base/clock.h"
#include "storage/base/earliest_due.h"
#include "storage/base/text.h"
#include "storage/metadata/bundle_tasks/bundle_task_rows.h"
#include "storage/metadata/capacity_reservations/billing_request_rows.h"
#include "storage/metadata/capacity_reservations/capacity_reservation_rows.h"
#include "storage/metadata/conversion_tasks/conversion_task_rows.h"
#include "storage/metadata/dedicated_hosts/dedicated_host_rows.h"
#include "storage/metadata/export_tasks/export_task_rows.h"
#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/fast_launch_rows.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/import_tasks/import_image_task_rows.h"
#include "storage/metadata/import_tasks/import_snapshot_task_rows.h"
#include "storage/metadata/instances/spot_request_rows.h"
#include "storage/metadata/network/flow_log_rows.h"
#include "storage/metadata/network/instance_connect_endpoint_rows.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/managed_prefix_list_rows.h"
#include "storage/metadata/network/nat_gateway_rows.h"
#include "storage/metadata/network/network_acl_entry_rows.h"
#include "storage/metadata/network/network_interface_rows.h"
#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/network/security_group_rule_rows.h"
#include "storage/metadata/network/subnet_cidr_reservation_rows.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/network/vpc_cidr_block_rows.h"
#include "storage/metadata/network/vpc_endpoint_rows.h"
#include "storage/metadata/network/vpc_peering_connection_rows.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/s3/bucket_rows.h"
#include "storage/metadata/s3/object_rows.h"
#include "storage/metadata/s3/upload_rows.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_permission_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/id_source.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/store_image_tasks/store_image_task_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab {

namespace {

/// How many lines one column may have.
constexpr int kMostOfColumn = 3;
/// Year 0, as clients may send it, and twice the last instant that a clock shows: what that comes
/// to with a delay, or with the longest lock.
constexpr TimeMs kEarliestKeptMs = -62'167'219'200'000;
constexpr TimeMs kLatestKeptMs = 2 * Clock::kLatestMs;
/// How many of the next ids of a kind are looked for among those that are there.
constexpr std::int64_t kIdsAhead = 256;

/// A column whose words no CHECK of its table holds to their vocabulary.
struct WordColumn {
    std::string_view table;
    std::string_view name;
    std::span<const std::string_view> words;
    /// Of which rows they are; empty: of all.
    std::string_view where = {};
};

struct TableColumns {
    std::string_view table;
    std::span<const Column> all;
};

template <class Columns>
constexpr TableColumns table_of(const Columns& columns)
{
    return {columns.table, columns.all};
}

/// Of images alone: the server has them.
constexpr auto kImageAccess = words("unblocked", "block-new-sharing");

/// All words of the tables that are read by columns, and those that are read otherwise.
std::vector<WordColumn> word_columns()
{
    static constexpr TableColumns kTables[] = {table_of(kBundleTaskColumns),
                                               table_of(kBillingRequestColumns),
                                               table_of(kCapacityReservationColumns),
                                               table_of(kConversionTaskColumns),
                                               table_of(kDedicatedHostColumns),
                                               table_of(kExportTaskColumns),
                                               table_of(kFastLaunchColumns),
                                               table_of(kImageColumns),
                                               table_of(kImportImageTaskColumns),
                                               table_of(kImportSnapshotTaskColumns),
                                               table_of(kSpotRequestColumns),
                                               table_of(kFlowLogColumns),
                                               table_of(kInstanceConnectEndpointColumns),
                                               table_of(kManagedPrefixListColumns),
                                               table_of(kNatGatewayColumns),
                                               table_of(kNetworkAclEntryColumns),
                                               table_of(kNetworkInterfaceColumns),
                                               table_of(kRouteColumns),
                                               table_of(kSecurityGroupRuleColumns),
                                               table_of(kSubnetCidrReservationColumns),
                                               table_of(kSubnetColumns),
                                               table_of(kVpcCidrBlockColumns),
                                               table_of(kVpcEndpointColumns),
                                               table_of(kVpcPeeringConnectionColumns),
                                               table_of(kVpcColumns),
                                               table_of(kBucketColumns),
                                               table_of(kObjectColumns),
                                               table_of(kUploadColumns),
                                               table_of(kSnapshotColumns),
                                               table_of(kStoreImageTaskColumns),
                                               table_of(kVolumeColumns)};
    std::vector<WordColumn> found = {
        {"create_volume_permission", "kind", kWords<GranteeKind>},
        {"recycled_launch_permission", "kind", kWords<GranteeKind>},
        {"recycled", "state", kWords<ImageState>, "resource_type = 'image'"},
        {"recycled", "state", kWords<VolumeState>, "resource_type = 'volume'"},
        {"account_setting", "value", kWords<AllowedImages>, "name = 'allowed-images'"},
        {"account_setting", "value", kImageAccess, "name = 'image-block-public-access'"},
        {"account_setting", "value", kWords<SnapshotPublicAccess>,
         "name = 'snapshot-block-public-access'"},
    };
    for (const auto& table : kTables) {
        for (const auto& column : table.all) {
            if (column.is_stored && !column.words.empty()) {
                found.push_back({table.table, column.name, column.words});
            }
        }
    }
    return found;
}

/// What a text names of a network; those without a version are of either.
enum class Addresses { kIpv4, kIpv6, kIpv4Block, kIpv6Block, kBlock };

/// A column of addresses, or of blocks of them, as those who read it take for granted.
struct AddressColumn {
    std::string_view table;
    std::string_view name;
    Addresses kind;
    /// Of which rows they are; empty: of all. NULL is none anywhere.
    std::string_view where = {};
};

constexpr auto kIsNoPrefixList = "destination NOT LIKE " + sql_any_id<PrefixListTag>;
constexpr AddressColumn kAddressColumns[] = {
    {"vpc", "cidr_block", Addresses::kIpv4Block},
    {"vpc_cidr_block", "cidr_block", Addresses::kIpv4Block, "family = 'ipv4'"},
    {"vpc_cidr_block", "cidr_block", Addresses::kIpv6Block, "family = 'ipv6'"},
    {"subnet", "cidr_block", Addresses::kIpv4Block, "(ipv6_native = 0 OR cidr_block <> '')"},
    {"subnet", "ipv6_cidr_block", Addresses::kIpv6Block},
    {"subnet_cidr_reservation", "cidr", Addresses::kBlock},
    {"interface_address", "address", Addresses::kIpv4},
    {"interface_address", "public_ip", Addresses::kIpv4},
    {"interface_ipv6_address", "address", Addresses::kIpv6},
    {"interface_prefix", "prefix", Addresses::kBlock},
    {"elastic_address", "public_ip", Addresses::kIpv4},
    {"released_address", "public_ip", Addresses::kIpv4},
    {"address_transfer", "public_ip", Addresses::kIpv4},
    {"network_acl_entry", "cidr_block", Addresses::kIpv4Block},
    {"network_acl_entry", "ipv6_cidr_block", Addresses::kIpv6Block},
    {"prefix_list_entry", "cidr", Addresses::kBlock},
    {"route", "destination", Addresses::kBlock, kIsNoPrefixList},
};

bool names(Addresses kind, std::string_view text)
{
    switch (kind) {
        case Addresses::kIpv4:
            return parse_ipv4(text).has_value();
        case Addresses::kIpv6:
            return Ipv6Address::from_text(text).has_value();
        case Addresses::kIpv4Block:
            return Ipv4Block::from_text(text).has_value();
        case Addresses::kIpv6Block:
            return Ipv6Block::from_text(text).has_value();
        case Addresses::kBlock:
            break;
    }
    return Ipv4Block::from_text(text) || Ipv6Block::from_text(text);
}

std::string line_of(std::string_view table, std::string_view column, std::string value,
                    std::string_view what)
{
    return fmt::format("{}.{} is '{}', {}", table, column, printable(std::move(value)), what);
}

/// Adds a line for each of the first values that `condition` finds. Names are the schema's own.
void look(Database& db, std::string_view table, std::string_view column,
          const std::string& condition, std::string_view what, std::vector<std::string>& found)
{
    const auto own = table.substr(table.find('.') + 1);  // "main.snapshot": not a view over it
    Statement select(db, fmt::format("SELECT DISTINCT substr(\"{1}\", 1, 64) FROM main.\"{0}\""
                                     " WHERE \"{1}\" {2}",
                                     own, column, condition));
    select.bind();
    for (int count = 0; count < kMostOfColumn && select.step(); ++count) {
        found.push_back(line_of(own, column, select.row().text(), what));
    }
}

void find_words(Database& db, std::vector<std::string>& found)
{
    for (const auto& column : word_columns()) {
        std::string list;
        for (const auto word : column.words) {
            list += fmt::format("{}'{}'", list.empty() ? "" : ", ", word);
        }
        look(
            db, column.table, column.name,
            fmt::format("NOT IN ({}){}{}", list, column.where.empty() ? "" : " AND ", column.where),
            "which is none of its words", found);
    }
}

/// By their names: times end with _ms, as spans of time do.
void find_times(Database& db, std::vector<std::string>& found)
{
    std::vector<std::pair<std::string, std::string>> columns;
    Statement select(db,
                     "SELECT m.name, c.name FROM main.sqlite_schema m, pragma_table_info(m.name) c"
                     " WHERE m.type = 'table' AND c.name LIKE '%\\_ms' ESCAPE '\\'"
                     " ORDER BY m.name, c.cid");
    select.bind();
    while (select.step()) {
        auto row = select.row();
        auto table = row.text();
        columns.emplace_back(std::move(table), row.text());
    }
    const auto condition = fmt::format("NOT BETWEEN {} AND {} AND \"{{}}\" <> {}", kEarliestKeptMs,
                                       kLatestKeptMs, EarliestDue::kNever);
    for (const auto& [table, column] : columns) {
        look(db, table, column, fmt::format(fmt::runtime(condition), column),
             "which is no time that a clock comes to", found);
    }
}

void find_addresses(Database& db, std::vector<std::string>& found)
{
    constexpr std::size_t kMostShown = 64;
    for (const auto& column : kAddressColumns) {
        Statement select(db, fmt::format("SELECT DISTINCT \"{1}\" FROM main.\"{0}\""
                                         " WHERE \"{1}\" IS NOT NULL{2}{3}",
                                         column.table, column.name,
                                         column.where.empty() ? "" : " AND ", column.where));
        select.bind();
        for (int count = 0; count < kMostOfColumn && select.step();) {
            const auto text = select.row().text();
            if (!names(column.kind, text)) {
                found.push_back(line_of(column.table, column.name, text.substr(0, kMostShown),
                                        "which is no address or block of them"));
                ++count;
            }
        }
    }
}

/// A default VPC is made together with the DHCP options that are the default, which are never
/// deleted: without them the account's next call would make both again.
void find_dhcp_options(Database& db, std::vector<std::string>& found)
{
    look(db, "dhcp_options", "is_default", "NOT IN (0, 1)", "which is neither 0 nor 1", found);
    for (const std::string_view column : {"region", "owner"}) {
        look(
            db, "dhcp_options", column,
            fmt::format("IS NOT NULL AND EXISTS (SELECT 1 FROM main.vpc v"
                        " WHERE v.dhcp_options_id = dhcp_options.id AND v.{0} <> dhcp_options.{0})",
                        column),
            "which is not that of a VPC that has them", found);
    }
    look(db, "vpc", "is_default",
         "<> 0 AND NOT EXISTS (SELECT 1 FROM main.dhcp_options d WHERE d.is_default = 1"
         "  AND d.region = vpc.region AND d.owner = vpc.owner)",
         "where no DHCP options are the default", found);
}

/// Who looks for a free address takes the subnet's own count for how many there are.
void find_used_addresses(Database& db, std::vector<std::string>& found)
{
    look(db, "subnet", "used_addresses",
         "<> (SELECT COUNT(*) FROM main.interface_address a WHERE a.subnet_id = subnet.id)"
         " + 16 * (SELECT COUNT(*) FROM main.interface_prefix p"
         "  WHERE p.subnet_id = subnet.id AND p.prefix LIKE '%.%')",
         "which is not how many its interfaces have", found);
}

/// Of ids that the id source makes: what stands before their number.
std::vector<std::string> id_prefixes(Database& db, std::string_view table, std::string_view key)
{
    Statement select(
        db, fmt::format("SELECT DISTINCT substr(\"{1}\", 1, length(\"{1}\") - 18) FROM main.\"{0}\""
                        " WHERE length(\"{1}\") > 18 AND substr(\"{1}\", -18, 2) = '-0'",
                        table, key));
    select.bind();
    return select.texts();
}

/// The first of the ids behind the last one made that `lookup` finds.
std::optional<std::string> next_taken_id(Database& db, const std::string& lookup,
                                         const IdSource& ids, const std::string& prefix,
                                         std::int64_t last)
{
    for (auto counter = last + 1; counter <= last + kIdsAhead; ++counter) {
        auto id = ids.text_at(prefix, counter);
        Statement select(db, lookup);
        select.bind(id);
        if (select.step()) {
            return id;
        }
    }
    return std::nullopt;
}

/// An id that the source has still to make, and that is there: whoever gets it next has a row that
/// nobody can insert. Not of images and snapshots: their ids may be somebody's choice, so that
/// whoever makes one passes over those that are there.
void find_counters(Database& db, std::vector<std::string>& found)
{
    if (!IdSource::has_seed(db)) {
        return;
    }
    const IdSource ids(db);
    Statement tables(db,
                     "SELECT m.name, c.name FROM main.sqlite_schema m, pragma_table_info(m.name) c"
                     " WHERE m.type = 'table' AND c.type = 'TEXT' AND c.pk = 1"
                     " AND (SELECT max(k.pk) FROM pragma_table_info(m.name) k) = 1"
                     " ORDER BY m.name");
    tables.bind();
    std::vector<std::pair<std::string, std::string>> keys;
    while (tables.step()) {
        auto row = tables.row();
        auto table = row.text();
        keys.emplace_back(std::move(table), row.text());
    }
    for (const auto& [table, key] : keys) {
        const auto lookup = fmt::format("SELECT 1 FROM main.\"{}\" WHERE \"{}\" = ?", table, key);
        for (const auto& prefix : id_prefixes(db, table, key)) {
            const auto last = ids.last_counter(prefix);
            const bool may_be_chosen =
                prefix == ImageTag::kPrefix || prefix == SnapshotTag::kPrefix;
            if (may_be_chosen || last < 0 || last > EarliestDue::kNever - kIdsAhead) {
                continue;  // a counter at its end is told of by itself
            }
            if (const auto id = next_taken_id(db, lookup, ids, prefix, last)) {
                found.push_back(line_of("id_counter", "value", std::to_string(last),
                                        fmt::format("which {} is already beyond", *id)));
            }
        }
    }
}

}  // namespace

std::vector<std::string> find_impossible_values(Database& db)
{
    std::vector<std::string> found;
    if (has_this_schema(db)) {
        find_words(db, found);
        find_times(db, found);
        find_addresses(db, found);
        find_dhcp_options(db, found);
        find_used_addresses(db, found);
        find_counters(db, found);
    }
    return found;
}

}  // namespace amilab
