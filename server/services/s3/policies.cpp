#include "server/services/s3/policies.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/json.hpp>

#include "server/services/s3/errors.h"

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

ApiError malformed_policy(const std::string& why)
{
    return {"MalformedPolicy", why};
}

/// Either of two members, of which a statement has one.
const json::value& require_one(const json::object& statement, const char* name, const char* other)
{
    const auto* value = statement.if_contains(name);
    if (value == nullptr) {
        value = statement.if_contains(other);
    }
    if (value == nullptr) {
        throw malformed_policy(fmt::format("Missing required field {}", name));
    }
    return *value;
}

void require_effect(const json::object& statement)
{
    const auto* effect = statement.if_contains("Effect");
    if (effect == nullptr) {
        throw malformed_policy("Missing required field Effect");
    }
    const auto* word = effect->if_string();
    if (word == nullptr || (*word != "Allow" && *word != "Deny")) {
        throw malformed_policy(fmt::format(
            "Invalid effect: {}",
            word == nullptr ? std::string() : std::string(std::string_view(*word)).substr(0, 64)));
    }
}

void require_principals(const json::object& statement)
{
    constexpr std::array<std::string_view, 4> kKinds = {"AWS", "CanonicalUser", "Federated",
                                                        "Service"};
    const auto& principal = require_one(statement, "Principal", "NotPrincipal");
    const auto* text = principal.if_string();
    const auto* kinds = principal.if_object();
    const auto is_whole = [](std::string_view one) {
        return one == "*" || (!one.empty() && one.find('*') == one.npos);
    };
    const bool are_whole =
        kinds != nullptr && !kinds->empty() &&
        std::all_of(kinds->begin(), kinds->end(), [&](const auto& kind) {
            const std::string_view name = kind.key();
            return std::find(kKinds.begin(), kKinds.end(), name) != kKinds.end() &&
                   all_texts(kind.value(), is_whole);
        });
    if (!are_whole && (text == nullptr || *text != "*")) {
        throw malformed_policy("Invalid principal in policy");
    }
}

void require_actions(const json::object& statement)
{
    const bool are_actions =
        all_texts(require_one(statement, "Action", "NotAction"), [](std::string_view action) {
            constexpr std::string_view kService = "s3:";
            return action == "*" || (boost::algorithm::istarts_with(action, kService) &&
                                     action.size() > kService.size());
        });
    if (!are_actions) {
        throw malformed_policy("Policy has invalid action");
    }
}

/// Throws unless resources are the bucket's or what is in it; one with wildcards may be.
void require_resources(const json::object& statement, std::string_view bucket)
{
    const bool are_resources = all_texts(
        require_one(statement, "Resource", "NotResource"), [&](std::string_view resource) {
            constexpr std::string_view kBegin = "arn:aws:s3:::";
            if (!resource.starts_with(kBegin)) {
                return false;
            }
            resource.remove_prefix(kBegin.size());
            const auto named = resource.substr(0, resource.find('/'));
            return named == bucket || named.find_first_of("*?$") != named.npos;
        });
    if (!are_resources) {
        throw malformed_policy("Policy has invalid resource");
    }
}

void require_statement(const json::value& value, std::string_view bucket)
{
    const auto* statement = value.if_object();
    if (statement == nullptr) {
        throw malformed_policy("This policy contains invalid Json");
    }
    require_effect(*statement);
    require_principals(*statement);
    require_actions(*statement);
    require_resources(*statement, bucket);
}

void require_version(const json::object& policy)
{
    const auto* version = policy.if_contains("Version");
    const auto* date = version == nullptr ? nullptr : version->if_string();
    if (version != nullptr &&
        (date == nullptr || (*date != "2012-10-17" && *date != "2008-10-17"))) {
        throw malformed_policy("The policy must contain a valid version string");
    }
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

json::value read_policy(const std::string& body, std::string_view bucket)
{
    if (!body.starts_with('{')) {
        throw malformed_policy("Policies must be valid JSON and the first byte must be '{'");
    }
    boost::system::error_code error;
    auto policy = json::parse(body, error);
    if (error || !policy.is_object()) {
        throw malformed_policy("This policy contains invalid Json");
    }
    require_version(policy.get_object());
    const auto* statements = policy.get_object().if_contains("Statement");
    if (statements == nullptr) {
        throw malformed_policy("Missing required field Statement");
    }
    const auto* array = statements->if_array();
    if (array == nullptr) {
        require_statement(*statements, bucket);
        return policy;
    }
    if (array->empty()) {
        throw malformed_policy("Could not parse the policy: Statement is empty!");
    }
    for (const auto& statement : *array) {
        require_statement(statement, bucket);
    }
    return policy;
}

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
