#include "server/control/accounts.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/calls/account_calls.h"
#include "server/calls/request_values.h"
#include "server/control/bodies.h"
#include "server/services/ec2/capacity_reservations/billing_requests.h"
#include "server/services/ec2/common/permissions.h"
#include "server/wire/types.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/generation.h"

namespace amilab::control {

namespace json = boost::json;

namespace {

// Source: IAM API Reference, AccessKey (documented): 16 to 128 word characters.
constexpr std::size_t kShortestKey = 16;
constexpr std::size_t kLongestKey = 128;
constexpr std::size_t kLongestProductCode = 64;
constexpr std::size_t kLongestName = 100;
constexpr std::size_t kMostValues = 1000;
// Source: organizational units nest five deep below the root (documented); each is a part of the
// statements that tell what an account sees.
constexpr std::size_t kMostUnits = 6;

bool is_word(std::string_view text)
{
    return has_only(text, "_");
}

/// What a text has to be, and how a refusal says it.
struct Rule {
    bool (*is_kept)(const std::string& text);
    std::string_view expected;
};

constexpr Rule kAccessKey{[](const std::string& text) {
                              return text.size() >= kShortestKey && text.size() <= kLongestKey &&
                                     is_word(text);
                          },
                          "16 to 128 letters, digits and _"};
// A terminal that shows it must not be told anything by it.
constexpr Rule kName{[](const std::string& text) {
                         return !text.empty() && text.size() <= kLongestName &&
                                wire::is_utf8(text) &&
                                std::all_of(text.begin(), text.end(), [](char c) {
                                    return static_cast<unsigned char>(c) >= ' ' && c != '\x7f';
                                });
                     },
                     "1 to 100 bytes of text without control characters"};
constexpr Rule kProductCode{[](const std::string& text) {
                                return !text.empty() && text.size() <= kLongestProductCode &&
                                       is_word(text);
                            },
                            "a product code, 1 to 64 letters, digits and _"};
constexpr Rule kOrganization{
    [](const std::string& text) { return ec2::is_grantee(GranteeKind::kOrganizationArn, text); },
    "an ARN such as arn:aws:organizations::111122223333:organization/o-abcdefghij"};
constexpr Rule kUnit{
    [](const std::string& text) {
        return ec2::is_grantee(GranteeKind::kOrganizationalUnitArn, text);
    },
    "an ARN such as arn:aws:organizations::111122223333:ou/o-abcdefghij/ou-ab12-abcdefgh"};

std::string require_text(std::string_view name, const json::value& value, const Rule& rule)
{
    if (!value.is_string() || !rule.is_kept(std::string(value.get_string()))) {
        refuse(fmt::format("{} has {}; expected {}", name, json::serialize(value), rule.expected));
    }
    return std::string(value.get_string());
}

std::vector<std::string> require_texts(std::string_view name, const json::value& value,
                                       const Rule& rule, std::size_t most = kMostValues)
{
    if (!value.is_array() || value.get_array().size() > most) {
        refuse(fmt::format("{} must be a list of at most {} texts", name, most));
    }
    std::vector<std::string> texts;
    for (const auto& one : value.get_array()) {
        texts.push_back(require_text(name, one, rule));
    }
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

void apply(DeclaredAccount& account, std::string_view key, const json::value& value)
{
    if (key == "name") {
        account.name =
            value.is_null() ? std::nullopt : std::optional(require_text(key, value, kName));
    } else if (key == "access_keys") {
        account.access_keys = require_texts(key, value, kAccessKey);
    } else if (key == "organization") {
        account.organization =
            value.is_null() ? std::nullopt : std::optional(require_text(key, value, kOrganization));
    } else if (key == "organizational_units") {
        account.organizational_units = require_texts(key, value, kUnit, kMostUnits);
    } else if (key == "subscriptions") {
        account.subscriptions = require_texts(key, value, kProductCode);
    } else if (key == "products") {
        account.products = require_texts(key, value, kProductCode);
    } else if (key == "declared" || key == "calls" || key == "last_call") {
        refuse(fmt::format("{} is told, not set", key));
    } else {
        refuse(
            fmt::format("unknown key \"{}\"; expected name, access_keys, organization, "
                        "organizational_units, subscriptions or products",
                        key));
    }
}

/// The declared accounts as they are to be, and the ids of those that change or go.
struct Changes {
    std::vector<DeclaredAccount> accounts;
    std::vector<std::string> ids;
};

Changes parse_changes(const std::vector<DeclaredAccount>& declared, const json::value& wanted)
{
    if (!wanted.is_object()) {
        refuse("expected a JSON object of account ids");
    }
    Changes changes;
    for (const auto& [key, value] : wanted.get_object()) {
        const std::string id(key);
        if (!wire::is_account_id(id)) {
            refuse(fmt::format("\"{}\" is no account id; expected 12 digits", id));
        }
        changes.ids.push_back(id);
        if (value.is_null()) {
            continue;
        }
        if (!value.is_object()) {
            refuse(fmt::format("{}: expected an object, or null", id));
        }
        const auto known = std::find_if(declared.begin(), declared.end(),
                                        [&](const auto& account) { return account.id == id; });
        DeclaredAccount account;
        if (known != declared.end()) {
            account = *known;
        }
        account.id = id;
        for (const auto& [name, part] : value.get_object()) {
            apply(account, name, part);
        }
        changes.accounts.push_back(std::move(account));
    }
    return changes;
}

json::array to_json(const std::vector<std::string>& texts)
{
    json::array list;
    for (const auto& text : texts) {
        list.push_back(json::string(text));
    }
    return list;
}

json::object to_json(const DeclaredAccount& account)
{
    json::value organization;
    if (account.organization) {
        organization = json::string(*account.organization);
    }
    return {{"access_keys", to_json(account.access_keys)},
            {"organization", std::move(organization)},
            {"organizational_units", to_json(account.organizational_units)},
            {"subscriptions", to_json(account.subscriptions)},
            {"products", to_json(account.products)}};
}

json::object to_json(const AccountCalls::Calls& calls)
{
    json::value last;
    if (calls.count != 0) {
        last = json::string(wire::format_timestamp({calls.last_ms}));
    }
    return {{"calls", calls.count}, {"last_call", std::move(last)}};
}

}  // namespace

json::value show_accounts(Emulator& emulator)
{
    const auto generation = emulator.data().current();
    std::map<std::string, DeclaredAccount> declared;
    {
        auto reader = generation->reader();
        for (auto& account : select_declared_accounts(reader.db())) {
            declared.emplace(account.id, std::move(account));
        }
    }
    auto calls = generation->companions().get<AccountCalls>().all();
    for (const auto& [id, account] : declared) {
        calls.try_emplace(id);
    }
    json::object accounts;
    for (const auto& [id, called] : calls) {
        const auto account = declared.find(id);
        const bool is_declared = account != declared.end();
        auto entry = to_json(is_declared ? account->second : DeclaredAccount{});
        if (is_declared && account->second.name) {
            entry["name"] = json::string(*account->second.name);
        }
        entry["declared"] = is_declared;
        for (auto& [key, value] : to_json(called)) {
            entry[key] = value;
        }
        accounts[id] = std::move(entry);
    }
    return accounts;
}

void change_accounts(Emulator& emulator, const json::value& wanted)
{
    const auto generation = emulator.data().current();
    auto writer = generation->writer();
    auto& db = writer.db();
    const auto changes = parse_changes(select_declared_accounts(db), wanted);
    Transaction transaction(db);
    for (const auto& id : changes.ids) {
        delete_declared_account(db, id);
    }
    for (const auto& account : changes.accounts) {
        if (!insert_declared_account(db, account)) {
            refuse(fmt::format("an access key or a product of {} belongs to another account",
                               account.id));
        }
    }
    ec2::revoke_billing_of_leavers(generation->timing(), db, changes.ids);
    auto keys = select_access_keys(db);
    transaction.commit();
    generation->settings().access_keys().replace(std::move(keys));
}

}  // namespace amilab::control
