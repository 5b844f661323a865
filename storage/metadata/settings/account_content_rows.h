#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/database.h"

/// What an account holds, whatever the kind and the region: the rows of all tables that have a
/// column `owner`. Tables that come later count by themselves.
namespace amilab {

/// Deletes all rows of the account, what hangs on them and what others have noted about them, such
/// as their tags on its images. Layers stay: whoever deletes releases them. Costs what the account
/// has, and a look into each region. Inside a transaction.
void delete_account_rows(Database& db, std::string_view account);

/// How many rows each account has that has any.
std::map<std::string, std::int64_t, std::less<>> count_account_rows(Database& db);
/// How many rows the account has. Costs what the account has, and a look into each region.
std::int64_t count_rows_of(Database& db, std::string_view account);

/// Counts what each account has from now on as rows come and go, on this connection, which is the
/// one that writes; select_account_count() tells. What a transaction that is rolled back did does
/// not count.
void keep_account_counts(Database& db);
struct AccountCount {
    std::int64_t rows = 0;
    /// How many of them are volumes and snapshots.
    std::int64_t disks = 0;
};
AccountCount select_account_count(Database& db, std::string_view account);

/// The account's instances that are not terminated.
std::vector<InstanceId> select_live_instances_of(Database& db, std::string_view account);

}  // namespace amilab
