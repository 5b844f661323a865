#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/images/grantee.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// An account as the control API declares it.
struct DeclaredAccount {
    std::string id{};
    /// What people call it.
    std::optional<std::string> name = {};
    std::vector<std::string> access_keys = {};
    std::optional<std::string> organization = {};
    std::vector<std::string> organizational_units = {};
    /// Marketplace product codes that it has subscribed to, and that it sells.
    std::vector<std::string> subscriptions = {};
    std::vector<std::string> products = {};
};

/// All accounts that were declared, in the order of their ids, their lists sorted.
std::vector<DeclaredAccount> select_declared_accounts(Database& db);
void delete_declared_account(Database& db, std::string_view id);
/// The account as it is now. False, with the change half done, when an access key or a product is
/// another account's.
bool insert_declared_account(Database& db, const DeclaredAccount& account);

/// Access key → account.
std::map<std::string, std::string, std::less<>> select_access_keys(Database& db);

/// The organization and the units that an account belongs to.
std::vector<Grantee> select_memberships(Database& db, std::string_view account);
/// Whether both are declared members of the same one.
bool are_of_one_organization(Database& db, std::string_view one, std::string_view other);

bool is_subscribed(Database& db, std::string_view account, std::string_view product_code);
/// Whether `account` sells the product: declared so, or the owner of a catalogue image with it.
bool owns_product(Database& db, std::string_view account, std::string_view product_code);

/// What an account has set for a region; nothing: the default.
std::optional<std::string> select_account_setting(Database& db, std::string_view owner,
                                                  std::string_view region, std::string_view name);
/// The names of what the account has set, of those that begin so.
std::vector<std::string> select_account_settings(Database& db, std::string_view owner,
                                                 std::string_view region, std::string_view begin);
void write_account_setting(Database& db, std::string_view owner, std::string_view region,
                           std::string_view name, std::string_view value);

}  // namespace amilab
