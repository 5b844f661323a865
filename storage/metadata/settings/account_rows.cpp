#include "storage/metadata/settings/account_rows.h"

#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr auto kAccountColumns = columns<DeclaredAccount>(
    "account", "a", text<&DeclaredAccount::id>("id"), text<&DeclaredAccount::name>("name"));
constexpr auto kMembershipColumns = columns<Grantee>(
    "account_membership", "m", text<&Grantee::kind>("kind"), text<&Grantee::value>("value"));

using AccessKey = std::pair<std::string, std::string>;
constexpr auto kAccessKeyColumns = columns<AccessKey>(
    "access_key", "k", text<&AccessKey::first>("id"), text<&AccessKey::second>("account"));

std::vector<std::string> select_texts(Database& db, std::string_view sql, std::string_view account)
{
    Statement select(db, sql);
    select.bind(account);
    return select.texts();
}

void insert_membership(Database& db, std::string_view account, GranteeKind kind,
                       std::string_view value)
{
    Statement(db,
              "INSERT INTO account_membership (account, kind, value) VALUES (?, ?, ?)"
              " ON CONFLICT DO NOTHING")
        .execute(account, kind, value);
}

/// False when one of `values` is another account's.
bool insert_exclusive(Database& db, std::string_view sql, std::string_view account,
                      const std::vector<std::string>& values)
{
    for (const auto& value : values) {
        Statement(db, sql).execute(value, account, account);
        if (db.changes() == 0) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::vector<DeclaredAccount> select_declared_accounts(Database& db)
{
    auto accounts = select_rows<kAccountColumns>(db, "FROM account a ORDER BY a.id");
    for (auto& account : accounts) {
        account.access_keys =
            select_texts(db, "SELECT id FROM access_key WHERE account = ? ORDER BY id", account.id);
        for (auto& [kind, value] : select_memberships(db, account.id)) {
            if (kind == GranteeKind::kOrganizationArn) {
                account.organization = std::move(value);
            } else {
                account.organizational_units.push_back(std::move(value));
            }
        }
        account.subscriptions =
            select_texts(db,
                         "SELECT product_code FROM marketplace_subscription WHERE account = ?"
                         " ORDER BY product_code",
                         account.id);
        account.products = select_texts(
            db,
            "SELECT product_code FROM marketplace_product WHERE account = ? ORDER BY product_code",
            account.id);
    }
    return accounts;
}

void delete_declared_account(Database& db, std::string_view id)
{
    Statement(db, "DELETE FROM account WHERE id = ?").execute(id);
}

bool insert_declared_account(Database& db, const DeclaredAccount& account)
{
    Statement(db, "INSERT INTO account (id, name) VALUES (?, ?)").execute(account.id, account.name);
    if (account.organization) {
        insert_membership(db, account.id, GranteeKind::kOrganizationArn, *account.organization);
    }
    for (const auto& unit : account.organizational_units) {
        insert_membership(db, account.id, GranteeKind::kOrganizationalUnitArn, unit);
    }
    for (const auto& code : account.subscriptions) {
        Statement(db,
                  "INSERT INTO marketplace_subscription (account, product_code) VALUES (?, ?)"
                  " ON CONFLICT DO NOTHING")
            .execute(account.id, code);
    }
    // Named twice is still the account's own: the update counts as a change.
    return insert_exclusive(db,
                            "INSERT INTO access_key (id, account) VALUES (?, ?) ON CONFLICT (id)"
                            " DO UPDATE SET account = excluded.account WHERE account = ?",
                            account.id, account.access_keys) &&
           insert_exclusive(db,
                            "INSERT INTO marketplace_product (product_code, account)"
                            " VALUES (?, ?) ON CONFLICT (product_code)"
                            " DO UPDATE SET account = excluded.account WHERE account = ?",
                            account.id, account.products);
}

std::map<std::string, std::string, std::less<>> select_access_keys(Database& db)
{
    const auto keys = select_rows<kAccessKeyColumns>(db, "FROM access_key k");
    return {keys.begin(), keys.end()};
}

std::vector<Grantee> select_memberships(Database& db, std::string_view account)
{
    return select_rows<kMembershipColumns>(
        db, "FROM account_membership m WHERE m.account = ? ORDER BY m.kind, m.value", account);
}

bool are_of_one_organization(Database& db, std::string_view one, std::string_view other)
{
    Statement select(db,
                     "SELECT 1 FROM account_membership m JOIN account_membership o"
                     " ON o.kind = m.kind AND o.value = m.value"
                     " WHERE m.account = ? AND m.kind = ? AND o.account = ?");
    select.bind(one, GranteeKind::kOrganizationArn, other);
    return select.step();
}

bool is_subscribed(Database& db, std::string_view account, std::string_view product_code)
{
    Statement select(db,
                     "SELECT 1 FROM marketplace_subscription WHERE account = ?"
                     " AND product_code = ?");
    select.bind(account, product_code);
    return select.step();
}

bool owns_product(Database& db, std::string_view account, std::string_view product_code)
{
    Statement select(db,
                     "SELECT 1 FROM marketplace_product WHERE product_code = ? AND account = ?"
                     " UNION ALL SELECT 1 FROM catalogue.image_product_code AS c"
                     " JOIN catalogue.image AS i ON i.id = c.image_id"
                     " WHERE c.code = ? AND i.owner = ? LIMIT 1");
    select.bind(product_code, account, product_code, account);
    return select.step();
}

std::optional<std::string> select_account_setting(Database& db, std::string_view owner,
                                                  std::string_view region, std::string_view name)
{
    Statement select(
        db, "SELECT value FROM account_setting WHERE owner = ? AND region = ? AND name = ?");
    select.bind(owner, region, name);
    return select.step() ? std::optional(select.row().text()) : std::nullopt;
}

std::vector<std::string> select_account_settings(Database& db, std::string_view owner,
                                                 std::string_view region, std::string_view begin)
{
    Statement select(db,
                     "SELECT name FROM account_setting WHERE owner = ? AND region = ?"
                     " AND instr(name, ?) = 1");
    select.bind(owner, region, begin);
    return select.texts();
}

void write_account_setting(Database& db, std::string_view owner, std::string_view region,
                           std::string_view name, std::string_view value)
{
    Statement(db,
              "INSERT INTO account_setting (owner, region, name, value) VALUES (?, ?, ?, ?)"
              " ON CONFLICT (owner, region, name) DO UPDATE SET value = excluded.value")
        .execute(owner, region, name, value);
}

}  // namespace amilab
