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

/// The account's instances that are not terminated.
std::vector<InstanceId> select_live_instances_of(Database& db, std::string_view account);

}  // namespace amilab
