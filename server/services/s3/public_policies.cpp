#include "server/services/s3/public_policies.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/json.hpp>

namespace amilab::s3 {

namespace {

namespace json = boost::json;

/// A text, or an array of them: those that are no text count as no fixed ones.
template <class Holds>
bool all_texts(const json::value& value, const Holds& holds)
{
    if (const auto* text = value.if_string()) {
        return holds(std::string_view(*text));
    }
    const auto* array = value.if_array();
    return array != nullptr && !array->empty() &&
           std::all_of(array->begin(), array->end(), [&](const json::value& one) {
               const auto* text = one.if_string();
               return text != nullptr && holds(std::string_view(*text));
           });
}

bool is_fixed(std::string_view text)
{
    return text.find_first_of("*?") == text.npos && text.find("${") == text.npos;
}

/// A range of addresses that is not all of them.
bool is_fixed_range(std::string_view text)
{
    return is_fixed(text) && !text.ends_with("/0");
}

bool has_fixed_principals(const json::object& statement)
{
    const auto* principal = statement.if_contains("Principal");
    if (principal == nullptr) {
        return false;
    }
    const auto* kinds = principal->if_object();
    return kinds != nullptr && !kinds->empty() &&
           std::all_of(kinds->begin(), kinds->end(),
                       [](const auto& kind) { return all_texts(kind.value(), is_fixed); });
}

bool is_fixing_key(std::string_view key)
{
    constexpr std::array<std::string_view, 13> kKeys = {
        "aws:SourceArn",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:SourceOwner",
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:userid",
        "aws:PrincipalOrgID",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:DataAccessPointArn",
        "s3:DataAccessPointAccount"};
    return std::any_of(kKeys.begin(), kKeys.end(), [&](std::string_view known) {
        return boost::algorithm::iequals(known, key);
    });
}

/// Whether what one operator of a condition compares leaves but fixed callers.
bool fixes_callers(std::string_view comparison, const json::value& compared)
{
    constexpr std::array<std::string_view, 5> kEquals = {"StringEquals", "StringLike", "ArnEquals",
                                                         "ArnLike", "StringEqualsIgnoreCase"};
    const auto* keys = compared.if_object();
    if (keys == nullptr) {
        return false;
    }
    const bool is_equal = std::find(kEquals.begin(), kEquals.end(), comparison) != kEquals.end();
    return std::any_of(keys->begin(), keys->end(), [&](const auto& key) {
        const std::string_view name = key.key();
        if (comparison == "IpAddress") {
            return boost::algorithm::iequals(name, "aws:SourceIp") &&
                   all_texts(key.value(), is_fixed_range);
        }
        return is_equal && is_fixing_key(name) && all_texts(key.value(), is_fixed);
    });
}

bool has_fixing_condition(const json::object& statement)
{
    const auto* condition = statement.if_contains("Condition");
    const auto* comparisons = condition == nullptr ? nullptr : condition->if_object();
    return comparisons != nullptr &&
           std::any_of(comparisons->begin(), comparisons->end(), [](const auto& comparison) {
               return fixes_callers(comparison.key(), comparison.value());
           });
}

bool is_public_statement(const json::value& value)
{
    const auto* statement = value.if_object();
    if (statement == nullptr) {
        return false;
    }
    const auto* effect = statement->if_contains("Effect");
    const auto* word = effect == nullptr ? nullptr : effect->if_string();
    return word != nullptr && *word == "Allow" && !has_fixed_principals(*statement) &&
           !has_fixing_condition(*statement);
}

}  // namespace

bool is_public_policy(const json::value& policy)
{
    const auto* document = policy.if_object();
    const auto* statements = document == nullptr ? nullptr : document->if_contains("Statement");
    if (statements == nullptr) {
        return false;
    }
    if (const auto* array = statements->if_array()) {
        return std::any_of(array->begin(), array->end(), is_public_statement);
    }
    return is_public_statement(*statements);
}

}  // namespace amilab::s3
