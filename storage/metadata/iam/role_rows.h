#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/iam/iam_tags.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/tags/tag_rows.h"

/// Roles of IAM. Their names are found however they are capitalized.
namespace amilab {

struct RoleRow {
    std::string owner{};
    std::string name{};
    /// "/", or with names between slashes.
    std::string path{};
    std::optional<std::string> description{};
    std::string trust_policy{};
    std::int64_t max_session_seconds = 0;
    TimeMs create_time_ms = 0;
};

inline constexpr auto kRoleColumns =
    columns<RoleRow>("iam_role", "r", text<&RoleRow::owner>("owner"), text<&RoleRow::name>("name"),
                     text<&RoleRow::path>("path"), text<&RoleRow::description>("description"),
                     text<&RoleRow::trust_policy>("trust_policy"),
                     integer<&RoleRow::max_session_seconds>("max_session_seconds"),
                     time<&RoleRow::create_time_ms>("create_time_ms"));

inline constexpr Listing<RoleRow> kRoleList{
    .key = "r.name", .region = "-", .columns = kRoleColumns};

inline constexpr auto kRoleTagColumns = iam_tag_columns("iam_role_tag", "role_name");
inline constexpr auto kRoleTagList = iam_tag_list(kRoleTagColumns);

/// Adds to what is asked of the list of tags: those of a role.
void want_tags_of_role(ListQuery& wanted, std::string_view role);
/// Adds to what is asked of the list: that paths begin so.
void want_role_path(ListQuery& wanted, std::string_view prefix);

std::optional<RoleRow> select_role(Database& db, std::string_view owner, std::string_view name);
/// Those of the names that are there, in the order of names.
std::vector<RoleRow> select_roles(Database& db, std::string_view owner,
                                  const std::vector<std::string>& names);
std::int64_t count_roles(Database& db, std::string_view owner);
void insert_role_tags(Database& db, const RoleRow& role, const std::vector<TagRow>& tags);
/// In place of those with these keys.
void put_role_tags(Database& db, const RoleRow& role, const std::vector<TagRow>& tags);
void delete_role_tags(Database& db, const RoleRow& role, const std::vector<std::string>& keys);
std::vector<TagRow> select_role_tags(Database& db, const RoleRow& role);
void set_trust_policy(Database& db, const RoleRow& role, std::string_view policy);
void set_role_description(Database& db, const RoleRow& role, std::string_view description);
void set_longest_session(Database& db, const RoleRow& role, std::int64_t seconds);
void delete_role(Database& db, const RoleRow& role);

}  // namespace amilab
