#include "storage/metadata/settings/account_content_rows.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "storage/metadata/instances/instance_state.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

namespace {

/// Which rows are the account's. Indexes begin with the region or with the owner: by the regions,
/// each search is for few rows.
constexpr std::string_view kOwned =
    "WHERE owner = ? AND region IN (SELECT name FROM catalogue.region)";

/// A column that holds ids, beside those that foreign keys tell of.
struct IdColumn {
    std::string_view table;
    std::string_view column;
    /// Of which table the ids are; empty: of any.
    std::string_view of{};
};
constexpr std::array kIdColumns = {
    IdColumn{"transition", "resource_id"},
    IdColumn{"tag", "resource_id"},
    IdColumn{"fast_restore", "snapshot_id", "snapshot"},
    IdColumn{"fast_launch", "image_id", "image"},
};

/// Tables of rows that go with rows of others', too: objects in others' buckets.
constexpr std::array kGuests = {"s3_object", "s3_upload"};

std::vector<std::string> select_names(Database& db, std::string_view sql)
{
    Statement select(db, sql);
    select.bind();
    return select.texts();
}

/// A table of rows with owners.
struct OwnedTable {
    std::string name{};
    /// Whether the rows are of regions, too.
    bool has_region = false;

    /// Which rows are the account's that is bound.
    std::string_view of_account() const { return has_region ? kOwned : "WHERE owner = ?"; }
};
constexpr auto kOwnedTableColumns = columns<OwnedTable>(
    "sqlite_schema", "m", text<&OwnedTable::name>("name"),
    flag<&OwnedTable::has_region>("has_region")
        .as("EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'region')"));
constexpr auto kOwnedTables =
    sql("FROM main.sqlite_schema m WHERE m.type = 'table' AND EXISTS"
        " (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'owner')");

std::vector<OwnedTable> owned_tables(Database& db)
{
    return select_rows<kOwnedTableColumns>(db, kOwnedTables);
}

/// Tables of rows with owners whose rows do not go with another row.
std::vector<OwnedTable> tables_to_empty(Database& db)
{
    static constexpr auto kTables =
        kOwnedTables +
        " AND NOT EXISTS"
        " (SELECT 1 FROM pragma_foreign_key_list(m.name) f WHERE f.on_delete = 'CASCADE')";
    return select_rows<kOwnedTableColumns>(db, kTables);
}

/// Tables of rows with owners, regions and ids. Ids of rows without a region stand nowhere else.
std::vector<std::string> tables_with_ids(Database& db)
{
    return select_names(db,
                        "SELECT m.name FROM main.sqlite_schema m WHERE m.type = 'table' AND 3 ="
                        " (SELECT count(*) FROM pragma_table_info(m.name) c"
                        "  WHERE c.name IN ('owner', 'region', 'id'))");
}

/// Rows that have no owner, and a foreign key that keeps the row of an owner in its place.
struct Hold {
    std::string table{};
    std::string column{};
    std::string held{};
};
constexpr auto kHoldColumns = columns<Hold>("sqlite_schema", "m", text<&Hold::table>("name"),
                                            text<&Hold::column>("column").as("f.\"from\""),
                                            text<&Hold::held>("held").as("f.\"table\""));

std::vector<Hold> select_holds(Database& db)
{
    return select_rows<kHoldColumns>(
        db,
        "FROM main.sqlite_schema m, pragma_foreign_key_list(m.name) f"
        " WHERE m.type = 'table' AND f.on_delete <> 'CASCADE' AND NOT EXISTS"
        " (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'owner') AND EXISTS"
        " (SELECT 1 FROM pragma_table_info(f.\"table\") c WHERE c.name = 'owner')");
}

void delete_naming(Database& db, std::string_view account, std::string_view table,
                   std::string_view column, std::string_view named)
{
    Statement(db, fmt::format("DELETE FROM main.{} WHERE {} IN (SELECT id FROM main.{} {})", table,
                              column, named, kOwned))
        .execute(account);
}

}  // namespace

void delete_account_rows(Database& db, std::string_view account)
{
    db.run("PRAGMA defer_foreign_keys = ON");  // until the commit: rows go in any order
    // Others' interfaces, which this account was permitted to attach.
    Statement(db,
              "UPDATE main.network_interface SET instance_id = NULL, attachment_id = NULL,"
              " device_index = NULL, attach_time_ms = NULL, delete_on_termination = NULL,"
              " network_card_index = 0, ena_srd = NULL, ena_srd_udp = NULL,"
              " ena_queue_count = NULL, primary_ipv6 = 0"
              " WHERE instance_id IN (SELECT id FROM main.instance WHERE owner = ?)")
        .execute(account);
    for (const auto& named : tables_with_ids(db)) {
        for (const auto& [table, column, of] : kIdColumns) {
            if (of.empty() || of == named) {
                delete_naming(db, account, table, column, named);
            }
        }
    }
    for (const auto& hold : select_holds(db)) {
        delete_naming(db, account, hold.table, hold.column, hold.held);
    }
    for (const auto* table : kGuests) {
        Statement(db, fmt::format("DELETE FROM main.{} WHERE owner = ?", table)).execute(account);
    }
    for (const auto& table : tables_to_empty(db)) {
        Statement(db, fmt::format("DELETE FROM main.{} {}", table.name, table.of_account()))
            .execute(account);
    }
}

std::map<std::string, std::int64_t, std::less<>> count_account_rows(Database& db)
{
    std::map<std::string, std::int64_t, std::less<>> counts;
    for (const auto& table : owned_tables(db)) {
        Statement select(
            db, fmt::format("SELECT owner, count(*) FROM main.{} GROUP BY owner", table.name));
        select.bind();
        while (select.step()) {
            auto row = select.row();
            auto owner = row.text();
            counts[std::move(owner)] += row.integer();
        }
    }
    return counts;
}

std::int64_t count_rows_of(Database& db, std::string_view account)
{
    std::int64_t count = 0;
    for (const auto& table : owned_tables(db)) {
        Statement select(
            db, fmt::format("SELECT count(*) FROM main.{} {}", table.name, table.of_account()));
        select.bind(account);
        count += select.values<std::int64_t>().front();
    }
    return count;
}

void keep_account_counts(Database& db)
{
    // A row that another replaces has gone.
    db.run("PRAGMA recursive_triggers = ON");
    db.run(
        "CREATE TEMP TABLE account_count (account TEXT NOT NULL PRIMARY KEY,"
        " rows INTEGER NOT NULL, disks INTEGER NOT NULL) STRICT, WITHOUT ROWID");
    for (const auto& table : owned_tables(db)) {
        const bool is_disk = table.name == "volume" || table.name == "snapshot";
        db.run(fmt::format(
            "CREATE TEMP TRIGGER count_new_{0} AFTER INSERT ON main.{0} BEGIN"
            " INSERT INTO account_count (account, rows, disks) SELECT new.owner, 0, 0"
            "  WHERE NOT EXISTS (SELECT 1 FROM account_count WHERE account = new.owner);"
            " UPDATE account_count SET rows = rows + 1, disks = disks + {1}"
            "  WHERE account = new.owner; END;"
            "CREATE TEMP TRIGGER count_gone_{0} AFTER DELETE ON main.{0} BEGIN"
            " UPDATE account_count SET rows = rows - 1, disks = disks - {1}"
            "  WHERE account = old.owner; END",
            table.name, is_disk ? 1 : 0));
    }
    for (const auto& [account, rows] : count_account_rows(db)) {
        Statement(db,
                  "INSERT INTO account_count (account, rows, disks) VALUES (?1, ?2,"
                  " (SELECT count(*) FROM volume WHERE owner = ?1) +"
                  " (SELECT count(*) FROM main.snapshot WHERE owner = ?1))")
            .execute(account, rows);
    }
}

AccountCount select_account_count(Database& db, std::string_view account)
{
    static constexpr auto kCountColumns =
        columns<AccountCount>("account_count", "c", integer<&AccountCount::rows>("rows"),
                              integer<&AccountCount::disks>("disks"));
    return select_row<kCountColumns>(db, "FROM account_count c WHERE c.account = ?", account)
        .value_or(AccountCount{});
}

std::vector<InstanceId> select_live_instances_of(Database& db, std::string_view account)
{
    static const auto sql = fmt::format("SELECT id FROM instance {} AND state <> '{}'", kOwned,
                                        text_of(InstanceStateName::kTerminated));
    Statement select(db, sql);
    select.bind(account);
    return select.values<InstanceId>();
}

}  // namespace amilab
