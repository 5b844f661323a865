#include "server/services/sts/role_sessions.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json.hpp>

#include "server/calls/arns.h"
#include "server/calls/checks.h"
#include "server/calls/iam_tags.h"
#include "server/calls/issued_credentials.h"
#include "server/calls/ports.h"
#include "server/calls/secrets.h"
#include "server/calls/services.h"
#include "server/services/sts/errors.h"
#include "server/wire/sts/role_sessions.h"
#include "server/wire/sts/schema.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "storage/metadata/regions/partitions.h"
#include "storage/state/settings.h"

namespace amilab::sts {

namespace {

// Source: "DurationSeconds" of the two operations (documented); where roles are not looked at, the
// longest session of any holds.
constexpr std::int64_t kShortestSession = 900;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kLongestRoleSession = 43'200;
constexpr std::int64_t kLongestUserSession = 129'600;
// Source: "The plaintext that you use for both inline and managed session policies can't exceed
// 2,048 characters" (documented).
constexpr std::size_t kMostPolicyText = 2048;
constexpr std::size_t kMostPolicies = 10;
constexpr std::int64_t kLongestUserName = 32;
constexpr std::string_view kName = "[\\w+=,.@-]*";

// Source: observed.
ApiError chained_too_long()
{
    return {"ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining"};
}

// Source: observed.
ApiError longer_than_role_allows()
{
    return {"ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."};
}

// Source: observed.
ApiError not_a_role(std::string_view arn)
{
    return {"ValidationError", fmt::format("{} is invalid", arn)};
}

// Source: observed of both operations.
ApiError no_token_for_sessions(std::string_view operation)
{
    return {"AccessDenied", fmt::format("Cannot call {} with session credentials", operation), 403};
}

// Source: code documented, text observed.
ApiError policy_malformed()
{
    return {"MalformedPolicyDocument", "Syntax errors in policy."};
}

// Source: code documented, text observed.
ApiError policy_too_large(std::size_t percent)
{
    return {"PackedPolicyTooLarge",
            fmt::format("Packed policy consumes {}% of allotted space, please use smaller policy.",
                        percent)};
}

// Source: observed of IAM, whose words these are.
ApiError duplicate_tags()
{
    return {"InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."};
}

// Source: observed.
ApiError transitive_tag_missing()
{
    return {"InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags."};
}

void refuse_sessions(const Session& session, std::string_view operation)
{
    if (session.caller().key == KeyState::kValid) {
        throw no_token_for_sessions(operation);
    }
}

void check_name(Checks& checks, const std::optional<std::string>& name, std::string_view path,
                std::int64_t most = 64)
{
    if (name) {
        checks.length(*name, path, 2, most);
        checks.characters(*name, path, "_+=,.@-", kName);
    }
}

/// What a session is told to be no more than.
template <class Request>
void check_policies(Checks& checks, const Request& request)
{
    if (request.policy) {
        checks.length(*request.policy, "policy", 1, kMostPolicyText);
    }
    checks.count(request.policy_arns.size(), "policyArns", kMostPolicies);
    for (std::size_t index = 0; index < request.policy_arns.size(); ++index) {
        checks.length(request.policy_arns[index].arn.value_or(""),
                      fmt::format("policyArns.{}.member.arn", index + 1), 20, 2048);
    }
    check_iam_tags(checks, request.tags);
}

void check(const AssumeRoleRequest& request)
{
    Checks checks;
    checks.require(request.role_arn, "roleArn");
    checks.require(request.role_session_name, "roleSessionName");
    if (request.role_arn) {
        checks.length(*request.role_arn, "roleArn", 20, 2048);
    }
    check_name(checks, request.role_session_name, "roleSessionName");
    check_name(checks, request.source_identity, "sourceIdentity");
    if (request.external_id) {
        checks.length(*request.external_id, "externalId", 2, 1224);
        checks.characters(*request.external_id, "externalId", "_+=,.@:/-", "[\\w+=,.@:\\/-]*");
    }
    if (request.duration_seconds) {
        checks.range(*request.duration_seconds, "durationSeconds", kShortestSession,
                     kLongestRoleSession);
    }
    check_policies(checks, request);
    checks.count(request.transitive_tag_keys.size(), "transitiveTagKeys", kMostIamTags);
    checks.finish();
}

/// The name of the role behind its path, and whose it is.
struct Role {
    std::string account;
    std::string name;
    /// As the ARN has it: "role/path/name".
    std::string resource;
};

// Source: the form of ARNs of roles is documented.
Role parse_role(const Session& session, const std::string& arn)
{
    const auto prefix = fmt::format("arn:{}:iam::", partition_of(session.region()));
    constexpr std::size_t kAccountDigits = 12;
    constexpr std::string_view kKind = ":role/";
    if (!arn.starts_with(prefix)) {
        throw not_a_role(arn);
    }
    const auto rest = std::string_view(arn).substr(prefix.size());
    const auto account = rest.substr(0, kAccountDigits);
    const auto resource = rest.substr(account.size());
    const auto name = resource.substr(resource.rfind('/') + 1);
    constexpr std::size_t kLongestName = 64;
    if (!wire::is_account_id(account) || !resource.starts_with(kKind) || name.empty() ||
        name.size() > kLongestName) {
        throw not_a_role(arn);
    }
    return {std::string(account), std::string(name), std::string(resource.substr(1))};
}

/// How many hundredths of their space policies and tags fill; nothing without any. Throws ApiError.
/// Source: the limit is documented; what packing makes of a text is not: it is taken as it stands.
template <class Request>
std::optional<std::int64_t> packed_size(const Request& request)
{
    std::size_t size = request.policy.value_or("").size();
    for (const auto& policy : request.policy_arns) {
        size += policy.arn.value_or("").size();
    }
    for (const auto& tag : request.tags) {
        size += tag.key.value_or("").size() + tag.value.value_or("").size();
    }
    if (size == 0) {
        return std::nullopt;
    }
    // Keys and values of fifty tags fit.
    constexpr std::size_t kSpace = kMostPolicyText + kMostIamTags * (128 + 256);
    const auto policies = request.tags.empty() ? kMostPolicyText : kSpace;
    const auto percent = std::max<std::size_t>(1, size * 100 / policies);
    if (percent > 100) {
        throw policy_too_large(percent);
    }
    return static_cast<std::int64_t>(percent);
}

void check_policy(const std::string& policy)
{
    boost::json::error_code error;
    const auto document = boost::json::parse(policy, error);
    if (error || !document.is_object() || !document.as_object().contains("Statement")) {
        throw policy_malformed();
    }
}

void check_tag_keys(const AssumeRoleRequest& request)
{
    const auto keys = iam_tag_keys(request.tags, &duplicate_tags);
    for (const auto& key : request.transitive_tag_keys) {
        if (!keys.contains(boost::algorithm::to_lower_copy(key))) {
            throw transitive_tag_missing();
        }
    }
}

/// Where roles are looked at, the role has to be there, trust the caller and allow sessions of so
/// many seconds. Source: that it is asked in this order is assumed.
void require_allowed(Session& session, const AssumeRoleRequest& request, const Role& role,
                     std::int64_t seconds)
{
    const auto& ports = session.services().ports();
    if (!ports.has_strict_roles) {
        return;
    }
    const auto longest =
        ports.longest_role_session(session, {role.account, role.resource, request.external_id});
    if (!longest) {
        throw not_authorized(session, request.kOperation, *request.role_arn);
    }
    if (seconds > *longest) {
        throw longer_than_role_allows();
    }
}

/// Source: that they may ask for GetCallerIdentity alone is documented, what is said is assumed.
void refuse_federated_user(const Session& session, std::string_view role_arn)
{
    const auto& principal = session.caller().principal;
    if (!principal.is_root() && !principal.is_role_session()) {
        throw not_authorized(session, AssumeRoleRequest::kOperation, role_arn);
    }
}

/// Credentials that end after so many seconds of the wall clock.
Credentials give(Session& session, std::string_view account, const Principal& principal,
                 std::int64_t seconds)
{
    const auto expires_ms = whole_seconds(Clock::wall_ms()) + seconds * kSecondMs;
    auto made = issue_credentials(session.settings(), account, principal, expires_ms);
    return {.access_key_id = std::move(made.access_key),
            .expiration = Timestamp{expires_ms},
            .secret_access_key = std::move(made.secret_key),
            .session_token = std::move(made.session_token)};
}

}  // namespace

// Source: STS API Reference, AssumeRole (documented). Unless roles are strict, any is taken to
// exist, to trust whoever asks, and to allow sessions of the longest kind, whatever IAM has;
// policies and tags are checked and change nothing (ours). That the root user may not is not held
// to: callers are that here.
AssumeRoleResponse assume_role(Session& session, const AssumeRoleRequest& request)
{
    check(request);
    refuse_federated_user(session, *request.role_arn);
    const auto role = parse_role(session, *request.role_arn);
    if (request.policy) {
        check_policy(*request.policy);
    }
    check_tag_keys(request);
    const auto packed = packed_size(request);
    const auto seconds = request.duration_seconds.value_or(kHour);
    if (session.caller().principal.is_role_session() && seconds > kHour) {
        throw chained_too_long();
    }
    require_allowed(session, request, role, seconds);
    // Source: the forms of both are documented.
    const Principal principal{
        .resource = fmt::format("assumed-role/{}/{}", role.name, *request.role_session_name),
        .user_id =
            fmt::format("{}:{}", role_id(role.account, role.name), *request.role_session_name)};
    return {.assumed_role_user =
                AssumedRoleUser{.arn = principal_arn(session.region(), role.account, principal),
                                .assumed_role_id = principal.user_id},
            .credentials = give(session, role.account, principal, seconds),
            .packed_policy_size = packed,
            .source_identity = request.source_identity};
}

// Source: STS API Reference, GetSessionToken (documented): a root user's session ends after an
// hour, whatever is asked for.
GetSessionTokenResponse get_session_token(Session& session, const GetSessionTokenRequest& request)
{
    Checks checks;
    checks.range(request.duration_seconds.value_or(kHour), "durationSeconds", kShortestSession,
                 kLongestUserSession);
    checks.finish();
    refuse_sessions(session, request.kOperation);
    const auto seconds = std::min(request.duration_seconds.value_or(kHour), kHour);
    return {.credentials = give(session, session.account(), {}, seconds)};
}

// Source: STS API Reference, GetFederationToken (documented): of a root user an hour at most.
// Policies and tags are checked and change nothing, and without any the session may do all the same
// (ours).
GetFederationTokenResponse get_federation_token(Session& session,
                                                const GetFederationTokenRequest& request)
{
    Checks checks;
    checks.require(request.name, "name");
    check_name(checks, request.name, "name", kLongestUserName);
    checks.range(request.duration_seconds.value_or(kHour), "durationSeconds", kShortestSession,
                 kLongestUserSession);
    check_policies(checks, request);
    checks.finish();
    refuse_sessions(session, request.kOperation);
    if (request.policy) {
        check_policy(*request.policy);
    }
    iam_tag_keys(request.tags, &duplicate_tags);
    const auto packed = packed_size(request);
    const auto seconds = std::min(request.duration_seconds.value_or(kHour), kHour);
    // Source: the forms of both are documented.
    const Principal principal{.resource = fmt::format("federated-user/{}", *request.name),
                              .user_id = fmt::format("{}:{}", session.account(), *request.name)};
    return {.credentials = give(session, session.account(), principal, seconds),
            .federated_user =
                FederatedUser{.arn = principal_arn(session.region(), session.account(), principal),
                              .federated_user_id = principal.user_id},
            .packed_policy_size = packed};
}

namespace {

constexpr Operation kOperations[] = {
    read<assume_role>(kAssumeRole),
    read<get_session_token>(kGetSessionToken),
    read<get_federation_token>(kGetFederationToken),
};

}  // namespace

constinit const Family kRoleSessions{.operations = kOperations};

}  // namespace amilab::sts
