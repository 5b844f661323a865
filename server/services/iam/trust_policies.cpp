#include "server/services/iam/trust_policies.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/json.hpp>

#include "server/calls/arns.h"
#include "server/calls/request_values.h"
#include "storage/metadata/iam/role_rows.h"
#include "storage/metadata/sql/patterns.h"

namespace amilab::iam {

namespace {

using boost::json::object;
using boost::json::value;

/// Whether a part of a statement is about the taker.
enum class Match : std::uint8_t { kNo, kYes, kUnknown };

std::string_view text_in(const value& one)
{
    return one.is_string() ? std::string_view(one.get_string().data(), one.get_string().size())
                           : std::string_view();
}

/// One text, or a list of some; anything else is none.
std::vector<std::string_view> texts_in(const value& one)
{
    std::vector<std::string_view> texts;
    if (one.is_array()) {
        for (const auto& text : one.get_array()) {
            texts.push_back(text_in(text));
        }
    } else {
        texts.push_back(text_in(one));
    }
    return texts;
}

template <class Fits>
Match any_of(const value& one, Fits fits)
{
    const auto texts = texts_in(one);
    return std::any_of(texts.begin(), texts.end(), fits) ? Match::kYes : Match::kNo;
}

/// Source: actions have wildcards, and their capitals do not matter (documented).
Match match_action(const object& statement)
{
    const auto* actions = statement.if_contains("Action");
    if (actions == nullptr) {
        return Match::kUnknown;  // NotAction
    }
    return any_of(*actions, [](std::string_view action) {
        return Pattern(boost::algorithm::to_lower_copy(std::string(action)))
            .matches("sts:assumerole");
    });
}

bool is_taker(std::string_view principal, const RoleTaker& taker)
{
    if (principal == "*" || principal == taker.account || principal == taker.root_arn ||
        principal == taker.arn) {
        return true;
    }
    return !taker.role_name.empty() && principal.starts_with(taker.role_arns) &&
           principal.substr(principal.rfind('/') + 1) == taker.role_name;
}

Match match_principal(const object& statement, const RoleTaker& taker)
{
    const auto* principals = statement.if_contains("Principal");
    if (principals == nullptr) {
        return Match::kUnknown;  // NotPrincipal
    }
    if (principals->is_string()) {
        return text_in(*principals) == "*" ? Match::kYes : Match::kNo;
    }
    const std::string_view kind = taker.service.empty() ? "AWS" : "Service";
    const auto* named =
        principals->is_object() ? principals->get_object().if_contains(kind) : nullptr;
    if (named == nullptr) {
        return Match::kNo;  // of another kind, or whom others vouch for
    }
    return any_of(*named, [&](std::string_view principal) {
        return taker.service.empty() ? is_taker(principal, taker) : principal == taker.service;
    });
}

Match match_external_id(const object& wanted, const RoleTaker& taker)
{
    auto match = Match::kYes;
    for (const auto& one : wanted) {
        if (!boost::algorithm::iequals(std::string_view(one.key().data(), one.key().size()),
                                       "sts:ExternalId")) {
            return Match::kUnknown;
        }
        if (!taker.external_id ||
            any_of(one.value(), [&](auto id) { return id == *taker.external_id; }) == Match::kNo) {
            match = Match::kNo;
        }
    }
    return match;
}

Match match_conditions(const object& statement, const RoleTaker& taker)
{
    const auto* conditions = statement.if_contains("Condition");
    if (conditions == nullptr) {
        return Match::kYes;
    }
    if (!conditions->is_object()) {
        return Match::kUnknown;
    }
    auto match = Match::kYes;
    for (const auto& one : conditions->get_object()) {
        if (one.key() != "StringEquals" || !one.value().is_object()) {
            return Match::kUnknown;
        }
        match = match_external_id(one.value().get_object(), taker);
    }
    return match;
}

Match match(const object& statement, const RoleTaker& taker)
{
    const auto parts = {match_action(statement), match_principal(statement, taker),
                        match_conditions(statement, taker)};
    if (std::find(parts.begin(), parts.end(), Match::kNo) != parts.end()) {
        return Match::kNo;
    }
    return std::find(parts.begin(), parts.end(), Match::kUnknown) != parts.end() ? Match::kUnknown
                                                                                 : Match::kYes;
}

/// What one statement says, and those before it.
struct Verdict {
    bool is_allowed = false;
    bool is_denied = false;

    void hear(const value& statement, const RoleTaker& taker)
    {
        if (!statement.is_object()) {
            return;
        }
        const auto& members = statement.get_object();
        const auto* effect = members.if_contains("Effect");
        const auto said = effect != nullptr ? text_in(*effect) : std::string_view();
        const auto found = match(members, taker);
        is_allowed = is_allowed || (said == "Allow" && found == Match::kYes);
        is_denied = is_denied || (said == "Deny" && found != Match::kNo);
    }
};

RoleTaker taker_of(const Session& session, const RoleWish& wish)
{
    RoleTaker taker{.account = session.account(),
                    .arn = caller_arn(session),
                    .role_arns = iam_arn_of(session.region(), session.account(), "role/"),
                    .root_arn = iam_arn_of(session.region(), session.account(), "root"),
                    .external_id = wish.external_id};
    const auto& principal = session.caller().principal;
    if (principal.is_role_session()) {
        taker.role_name = split(principal.resource, '/').at(1);
    }
    return taker;
}

}  // namespace

bool trusts_taker(const std::string& policy, const RoleTaker& taker)
{
    boost::json::error_code error;
    const auto document = boost::json::parse(policy, error);
    const auto* statements =
        !error && document.is_object() ? document.get_object().if_contains("Statement") : nullptr;
    Verdict verdict;
    if (statements != nullptr && statements->is_array()) {
        for (const auto& statement : statements->get_array()) {
            verdict.hear(statement, taker);
        }
    } else if (statements != nullptr) {
        verdict.hear(*statements, taker);
    }
    return verdict.is_allowed && !verdict.is_denied;
}

std::optional<std::int64_t> longest_role_session(Session& session, const RoleWish& wish)
{
    const auto name = wish.resource.substr(wish.resource.rfind('/') + 1);
    const auto role = select_role(session.db(), wish.account, name);
    if (!role || fmt::format("role{}{}", role->path, role->name) != wish.resource ||
        !trusts_taker(role->trust_policy, taker_of(session, wish))) {
        return std::nullopt;
    }
    return role->max_session_seconds;
}

}  // namespace amilab::iam
