#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

struct TagRow {
    std::string key{};
    std::string value{};
    bool operator==(const TagRow&) const = default;
};

/// Whose tags, on what: `resource_type` is AWS's name of the kind ("image", "security-group").
struct TaggedResource {
    std::string id{};
    std::string resource_type{};
};

/// A tag and what it is on.
struct TagDescriptionRow {
    std::string resource_id{};
    std::string resource_type{};
    std::string key{};
    std::string value{};
    std::string owner{};
    std::string region{};
};

/// Sets tags of `owner` on a resource; a key that is there gets the new value.
void upsert_tags(Database& db, std::string_view owner, std::string_view region,
                 const TaggedResource& resource, const std::vector<TagRow>& tags);
/// Sets all the tags on each of the resources, by one statement.
void upsert_tags_on(Database& db, std::string_view owner, std::string_view region,
                    const std::vector<TaggedResource>& resources, const std::vector<TagRow>& tags);
/// The owner's tags on a resource, in the order of their keys.
std::vector<TagRow> select_tags(Database& db, std::string_view owner, std::string_view resource_id);
/// The owner's tags on several resources, each with its resource's id, in the order of ids and
/// keys.
std::vector<std::pair<std::string, TagRow>> select_tags_on(
    Database& db, std::string_view owner, const std::vector<std::string>& resource_ids);
/// How a resource's tags are to those that it is to have.
struct TagDifference {
    /// Whether some of these are not there, or have another value.
    bool is_any_other = false;
    /// How many it then has; AWS's own, whose keys begin with `aws:`, do not count.
    std::int64_t count = 0;
};
/// Holds the owner's tags on the resource against `tags`, which are in the order of their keys,
/// each once. Costs a fifth of writing them where they are there already, as they mostly are when
/// tools set them again.
TagDifference compare_tags(Database& db, std::string_view owner, std::string_view resource_id,
                           std::span<const TagRow> tags);
/// All tags on a resource, whoever's: it is gone.
void delete_all_tags(Database& db, std::string_view resource_id);

/// A key; with a value, only a tag of that value is meant.
struct NamedTag {
    std::string key{};
    std::optional<std::string> value{};
};
/// Removes the owner's tags of those keys from the resources. Costs what tags there are, however
/// many are named.
void delete_tags(Database& db, std::string_view owner, const std::vector<std::string>& resource_ids,
                 const std::vector<NamedTag>& named);
/// All of the owner's tags on the resources but AWS's own.
void delete_tags_of(Database& db, std::string_view owner,
                    const std::vector<std::string>& resource_ids);

/// Whether there is a resource with that id in the region that `viewer` may tag. `visible_sql` is
/// its kind's: a SELECT that finds it by its `$id`, the `$region` and the `$viewer`.
/// Source: "You can tag public or shared resources" (documented, EC2 User Guide); what is in the
/// recycle bin, too.
bool taggable_resource_exists(Database& db, std::string_view viewer, std::string_view region,
                              std::string_view visible_sql, std::string_view id);
/// That SELECT for kinds that only their owner sees: kTaggableByOwner<kVolumeColumns>.
template <const auto& kColumns>
inline constexpr auto kTaggableByOwner = "SELECT 1 FROM " +
                                         sql_text<kColumns.table.size()>(kColumns.table) +
                                         " WHERE id = $id AND region = $region AND owner = $viewer";

/// Tags in the order of key, value and resource id: of the query's filters `tag:Name` is a tag of
/// that key with one of the values. Pages go on behind a tag_order_key().
std::vector<TagDescriptionRow> select_tag_page(Database& db, const ListQuery& query);
/// Where a row stands in that order.
std::string tag_order_key(const TagDescriptionRow& row);

}  // namespace amilab
