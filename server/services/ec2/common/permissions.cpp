#include "server/services/ec2/common/permissions.h"

#include <algorithm>
#include <regex>
#include <set>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/services/ec2/common/errors.h"
#include "server/wire/types.h"

namespace amilab::ec2 {

namespace {

/// Lists may have thousands of members.
std::set<Grantee> set_of(const std::vector<Grantee>& grantees)
{
    return {grantees.begin(), grantees.end()};
}

bool is_among(const std::vector<Grantee>& some, const std::vector<Grantee>& all)
{
    const auto known = set_of(all);
    return std::all_of(some.begin(), some.end(),
                       [&](const Grantee& one) { return known.contains(one); });
}

void require_agreement(const PermissionChange& structured, const FlatChange& flat,
                       std::string_view parameter)
{
    const bool adds = flat.operation == OperationType::kAdd;
    const bool removes = flat.operation == OperationType::kRemove;
    const bool agrees = (!removes && is_among(flat.grantees, structured.add)) ||
                        (!adds && is_among(flat.grantees, structured.remove));
    if (!flat.grantees.empty() && !agrees) {
        throw invalid_parameter_combination(
            fmt::format("{} and the lists beside it name different accounts; use one of the two "
                        "styles.",
                        parameter));
    }
    const bool contradicts =
        (adds && !structured.remove.empty()) || (removes && !structured.add.empty());
    if (contradicts) {
        throw invalid_parameter_combination(fmt::format(
            "OperationType is {} and {} says otherwise.", text_of(*flat.operation), parameter));
    }
}

}  // namespace

// Source: Organizations API Reference, Organization and OrganizationalUnit (documented shapes).
bool is_grantee(GranteeKind kind, const std::string& text)
{
    static const std::regex organization(
        "arn:aws[a-z-]*:organizations::[0-9]{12}:organization/o-[a-z0-9]{10,32}");
    static const std::regex unit(
        "arn:aws[a-z-]*:organizations::[0-9]{12}:ou/o-[a-z0-9]{10,32}/"
        "ou-[a-z0-9]{4,32}-[a-z0-9]{7,32}");
    constexpr std::size_t kLongestArn = 256;
    if (kind == GranteeKind::kUserId) {
        return wire::is_account_id(text);
    }
    if (kind == GranteeKind::kGroup) {
        return text == kEverybody;
    }
    // A regex walks the text recursively.
    return text.size() <= kLongestArn &&
           std::regex_match(text, kind == GranteeKind::kOrganizationArn ? organization : unit);
}

void RequestedGrantees::append(GranteeKind kind, const std::optional<std::string>& value)
{
    if (!value) {
        return;
    }
    const bool is_arn =
        kind == GranteeKind::kOrganizationArn || kind == GranteeKind::kOrganizationalUnitArn;
    // Source: partitions share nothing (documented); that the refusal is this one is assumed.
    if (!is_grantee(kind, *value) || (is_arn && !is_of_partition(*value, region_))) {
        throw invalid_image_attribute_item(
            *value, kind == GranteeKind::kGroup ? "UserGroup" : text_of(kind));
    }
    grantees_.push_back({kind, *value});
}

bool PermissionChange::publishes() const
{
    return std::find(add.begin(), add.end(),
                     Grantee{GranteeKind::kGroup, std::string(kEverybody)}) != add.end();
}

PermissionChange merge_styles(std::optional<PermissionChange> structured, const FlatChange& flat,
                              std::string_view parameter)
{
    PermissionChange change;
    if (structured) {
        require_agreement(*structured, flat, parameter);
        change = std::move(*structured);
    } else if (!flat.grantees.empty()) {
        if (!flat.operation) {
            // Source: "The request must contain the parameter LaunchPermission" (observed).
            throw missing_parameter(parameter);
        }
        (*flat.operation == OperationType::kAdd ? change.add : change.remove) = flat.grantees;
    }
    const auto removed = set_of(change.remove);
    for (const auto& grantee : change.add) {
        if (removed.contains(grantee)) {
            throw invalid_parameter_combination(
                fmt::format("{} is both added and removed.", grantee.value));
        }
    }
    return change;
}

}  // namespace amilab::ec2
