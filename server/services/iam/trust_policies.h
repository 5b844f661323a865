#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/ports.h"
#include "server/calls/session.h"

/// Policies that say who may take a role on.
namespace amilab::iam {

/// Who asks to take a role on.
struct RoleTaker {
    std::string account;
    /// As GetCallerIdentity tells it.
    std::string arn;
    /// How ARNs of the account's roles begin, and the name of the one whose session asks; empty: it
    /// is the account's root user.
    std::string role_arns{};
    std::string role_name{};
    /// How the ARN of the account's root user is.
    std::string root_arn{};
    std::optional<std::string> external_id{};
    /// A service that asks, and no account; empty: none does.
    std::string service{};
};

/// Whether a statement of the policy allows AssumeRole to the taker, and none denies it.
/// Principals that are understood: "*", accounts, root users, roles and their sessions, services;
/// conditions: StringEquals of sts:ExternalId. What is not understood never allows, and denies
/// where it stands in a Deny. Source: IAM User Guide, "Policy evaluation logic" and "Principal"
/// (documented); what becomes of the rest is ours.
bool trusts_taker(const std::string& policy, const RoleTaker& taker);

/// How long a session of the wanted role may be, in seconds; nothing where there is no such role,
/// or its trust policy does not allow the caller. The ports'.
std::optional<std::int64_t> longest_role_session(Session& session, const RoleWish& wish);

}  // namespace amilab::iam
