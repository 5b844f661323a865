#include "storage/metadata/settings/account_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kOrganization = "organizationArn";
constexpr std::string_view kUnit = "organizationalUnitArn";

std::vector<std::string> select_texts(Database& db, std::string_view sql, std::string_view account)
{
    Statement select(db, sql);
    select.bind(account);
    return select.texts();
}

void insert_membership(Database& db, std::string_view account, std::string_view kind,
                       std::string_view value)
{
    Statement(db,
              "INSERT INTO account_membership (account, kind, value) VALUES (?1, ?2, ?3)"
              " ON CONFLICT DO NOTHING")
        .execute(account, kind, value);
}

/// False when one of `values` is another account's.
bool insert_exclusive(Database& db, std::string_view sql, std::string_view account,
                      const std::vector<std::string>& values)
{
    for (const auto& value : values) {
        Statement(db, sql).execute(value, account);
        if (db.changes() == 0) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::vector<DeclaredAccount> select_declared_accounts(Database& db)
{
    std::vector<DeclaredAccount> accounts;
    Statement select(db, "SELECT id FROM account ORDER BY id");
    select.bind();
    while (select.step()) {
        DeclaredAccount account;
        account.id = select.row().text();
        accounts.push_back(std::move(account));
    }
    for (auto& account : accounts) {
        account.access_keys = select_texts(
            db, "SELECT id FROM access_key WHERE account = ?1 ORDER BY id", account.id);
        for (auto& [kind, value] : select_memberships(db, account.id)) {
            if (kind == kOrganization) {
                account.organization = std::move(value);
            } else {
                account.organizational_units.push_back(std::move(value));
            }
        }
        account.subscriptions =
            select_texts(db,
                         "SELECT product_code FROM marketplace_subscription WHERE account = ?1"
                         " ORDER BY product_code",
                         account.id);
        account.products = select_texts(
            db,
            "SELECT product_code FROM marketplace_product WHERE account = ?1 ORDER BY product_code",
            account.id);
    }
    return accounts;
}

void delete_declared_account(Database& db, std::string_view id)
{
    Statement(db, "DELETE FROM account WHERE id = ?1").execute(id);
}

bool insert_declared_account(Database& db, const DeclaredAccount& account)
{
    Statement(db, "INSERT INTO account (id) VALUES (?1)").execute(account.id);
    if (account.organization) {
        insert_membership(db, account.id, kOrganization, *account.organization);
    }
    for (const auto& unit : account.organizational_units) {
        insert_membership(db, account.id, kUnit, unit);
    }
    for (const auto& code : account.subscriptions) {
        Statement(db,
                  "INSERT INTO marketplace_subscription (account, product_code) VALUES (?1, ?2)"
                  " ON CONFLICT DO NOTHING")
            .execute(account.id, code);
    }
    // Named twice is still the account's own: the update counts as a change.
    return insert_exclusive(db,
                            "INSERT INTO access_key (id, account) VALUES (?1, ?2) ON CONFLICT (id)"
                            " DO UPDATE SET account = ?2 WHERE account = ?2",
                            account.id, account.access_keys) &&
           insert_exclusive(db,
                            "INSERT INTO marketplace_product (product_code, account)"
                            " VALUES (?1, ?2) ON CONFLICT (product_code)"
                            " DO UPDATE SET account = ?2 WHERE account = ?2",
                            account.id, account.products);
}

std::map<std::string, std::string, std::less<>> select_access_keys(Database& db)
{
    std::map<std::string, std::string, std::less<>> keys;
    Statement select(db, "SELECT id, account FROM access_key");
    select.bind();
    while (select.step()) {
        auto row = select.row();
        auto key = row.text();
        keys.emplace(std::move(key), row.text());
    }
    return keys;
}

std::vector<Grantee> select_memberships(Database& db, std::string_view account)
{
    Statement select(db,
                     "SELECT kind, value FROM account_membership WHERE account = ?1"
                     " ORDER BY kind, value");
    select.bind(account);
    std::vector<Grantee> memberships;
    while (select.step()) {
        auto row = select.row();
        auto kind = row.text();
        memberships.push_back({std::move(kind), row.text()});
    }
    return memberships;
}

bool is_subscribed(Database& db, std::string_view account, std::string_view product_code)
{
    Statement select(db,
                     "SELECT 1 FROM marketplace_subscription WHERE account = ?1"
                     " AND product_code = ?2");
    select.bind(account, product_code);
    return select.step();
}

bool owns_product(Database& db, std::string_view account, std::string_view product_code)
{
    Statement select(db,
                     "SELECT 1 FROM marketplace_product WHERE product_code = ?2 AND account = ?1"
                     " UNION ALL SELECT 1 FROM catalogue.image_product_code AS c"
                     " JOIN catalogue.image AS i ON i.id = c.image_id"
                     " WHERE c.code = ?2 AND i.owner = ?1 LIMIT 1");
    select.bind(account, product_code);
    return select.step();
}

std::optional<std::string> select_account_setting(Database& db, std::string_view owner,
                                                  std::string_view region, std::string_view name)
{
    Statement select(
        db, "SELECT value FROM account_setting WHERE owner = ?1 AND region = ?2 AND name = ?3");
    select.bind(owner, region, name);
    return select.step() ? std::optional(select.row().text()) : std::nullopt;
}

void write_account_setting(Database& db, std::string_view owner, std::string_view region,
                           std::string_view name, std::string_view value)
{
    Statement(db,
              "INSERT INTO account_setting (owner, region, name, value) VALUES (?1, ?2, ?3, ?4)"
              " ON CONFLICT (owner, region, name) DO UPDATE SET value = excluded.value")
        .execute(owner, region, name, value);
}

}  // namespace amilab
