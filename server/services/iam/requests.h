#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/checks.h"
#include "server/calls/describe.h"
#include "server/calls/iam_tags.h"
#include "server/services/iam/errors.h"
#include "storage/metadata/tags/tag_rows.h"

/// What requests of several families say alike.
namespace amilab::iam {

/// Source: of names (documented).
inline constexpr std::int64_t kLongestRoleName = 64;
/// Source: of paths and of what they begin with (documented).
inline constexpr std::int64_t kLongestPath = 512;

/// Checks a name: letters, digits and _+=,.@-
void check_name(Checks& checks, const std::optional<std::string>& name, std::string_view path,
                std::int64_t most);

/// Checks the length of a path.
void check_path(Checks& checks, const std::optional<std::string>& path);
/// Throws ApiError (ValidationError) unless it begins and ends with a slash, and is of ASCII.
/// Source: documented; that this is said by itself and its text are observed.
void require_path(std::string_view path);

/// Of a checked request. Throws ApiError (InvalidInput) for a key that is there twice.
template <class Tag>
std::vector<TagRow> read_tags(const std::vector<Tag>& tags)
{
    iam_tag_keys(tags, &duplicate_tags);
    std::vector<TagRow> rows;
    for (const auto& tag : tags) {
        rows.push_back({*tag.key, *tag.value});
    }
    return rows;
}
template <class Tag>
std::vector<Tag> to_tags(const std::vector<TagRow>& rows)
{
    std::vector<Tag> tags;
    for (const auto& row : rows) {
        tags.push_back({.key = row.key, .value = row.value});
    }
    return tags;
}

/// Pages of lists. Source: a hundred unless MaxItems says otherwise (documented).
inline constexpr PageSpec kListPages{.usual = 100, .refuse_token = &invalid_marker};

void check_page(Checks& checks, const std::optional<std::int64_t>& max_items,
                const std::optional<std::string>& marker);
/// Of a list: what the paths of its items are to begin with.
void check_path_prefix(Checks& checks, const std::optional<std::string>& prefix);

}  // namespace amilab::iam
