#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/iam/iam_tags.h"
#include "storage/metadata/iam/role_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/tags/tag_rows.h"

/// Instance profiles of IAM: what instances have their role by. Their names are found however they
/// are capitalized.
namespace amilab {

struct InstanceProfileRow {
    std::string owner{};
    std::string name{};
    /// "AIPA" and 17 characters more.
    std::string id{};
    /// "/", or with names between slashes.
    std::string path{};
    std::optional<std::string> role_name{};
    TimeMs create_time_ms = 0;
};

inline constexpr auto kInstanceProfileColumns = columns<InstanceProfileRow>(
    "iam_instance_profile", "p", text<&InstanceProfileRow::owner>("owner"),
    text<&InstanceProfileRow::name>("name"), text<&InstanceProfileRow::id>("id"),
    text<&InstanceProfileRow::path>("path"), text<&InstanceProfileRow::role_name>("role_name"),
    time<&InstanceProfileRow::create_time_ms>("create_time_ms"));
inline constexpr Listing<InstanceProfileRow> kInstanceProfileList{
    .key = "p.name", .region = "-", .columns = kInstanceProfileColumns};

inline constexpr auto kInstanceProfileTagColumns =
    iam_tag_columns("iam_instance_profile_tag", "profile_name");
inline constexpr auto kInstanceProfileTagList = iam_tag_list(kInstanceProfileTagColumns);

/// Adds to what is asked of the list of tags: those of a profile.
void want_tags_of_profile(ListQuery& wanted, std::string_view profile);
/// Adds to what is asked of the list: that paths begin so, or that profiles have the role.
void want_profile_path(ListQuery& wanted, std::string_view prefix);
void want_profile_role(ListQuery& wanted, std::string_view role);

std::optional<InstanceProfileRow> select_instance_profile(Database& db, std::string_view owner,
                                                          std::string_view name);
std::int64_t count_instance_profiles(Database& db, std::string_view owner);
/// Whether a profile has the role.
bool is_in_instance_profile(Database& db, const RoleRow& role);
/// Nothing takes the role away.
void set_profile_role(Database& db, const InstanceProfileRow& profile,
                      const std::optional<std::string>& role);
void insert_instance_profile_tags(Database& db, const InstanceProfileRow& profile,
                                  const std::vector<TagRow>& tags);
/// In place of those with these keys.
void put_instance_profile_tags(Database& db, const InstanceProfileRow& profile,
                               const std::vector<TagRow>& tags);
void delete_instance_profile_tags(Database& db, const InstanceProfileRow& profile,
                                  const std::vector<std::string>& keys);
std::vector<TagRow> select_instance_profile_tags(Database& db, const InstanceProfileRow& profile);
void delete_instance_profile(Database& db, const InstanceProfileRow& profile);

}  // namespace amilab
