#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// Policies that are written into roles.
namespace amilab {

struct RolePolicyRow {
    std::string owner{};
    std::string role_name{};
    std::string name{};
    std::string document{};
};

inline constexpr auto kRolePolicyColumns = columns<RolePolicyRow>(
    "iam_role_policy", "p", text<&RolePolicyRow::owner>("owner"),
    text<&RolePolicyRow::role_name>("role_name"), text<&RolePolicyRow::name>("name"),
    text<&RolePolicyRow::document>("document"));

inline constexpr Listing<RolePolicyRow> kRolePolicyList{
    .key = "p.name", .region = "-", .columns = kRolePolicyColumns};

/// Adds to what is asked of the list: those of a role.
void want_policies_of(ListQuery& wanted, std::string_view role);

std::optional<RolePolicyRow> select_role_policy(Database& db, std::string_view owner,
                                                std::string_view role, std::string_view name);
/// Of all policies in the role, but the one of that name.
std::int64_t select_policy_characters(Database& db, std::string_view owner, std::string_view role,
                                      std::string_view but);
bool has_role_policies(Database& db, std::string_view owner, std::string_view role);
/// In place of one of its name.
void put_role_policy(Database& db, const RolePolicyRow& row);
void delete_role_policy(Database& db, const RolePolicyRow& row);

}  // namespace amilab
