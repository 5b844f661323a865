#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/database.h"

namespace amilab {

struct TagRow {
    std::string key;
    std::string value;
    bool operator==(const TagRow&) const = default;
};

/// Whose tags, on what: `resource_type` is AWS's name of the kind ("image", "security-group").
struct TaggedResource {
    std::string id;
    std::string resource_type;
};

/// Sets tags of `owner` on a resource; a key that is there gets the new value.
void upsert_tags(Database& db, std::string_view owner, std::string_view region,
                 const TaggedResource& resource, const std::vector<TagRow>& tags);
/// The owner's tags on a resource, in the order of their keys.
std::vector<TagRow> select_tags(Database& db, std::string_view owner, std::string_view resource_id);
std::int64_t count_tags(Database& db, std::string_view owner, std::string_view resource_id);
/// All tags on a resource, whoever's: it is gone.
void delete_all_tags(Database& db, std::string_view resource_id);

}  // namespace amilab
