#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/checks.h"
#include "server/wire/api_error.h"

/// Tags as IAM and STS take them, of resources and of sessions alike. Source: fifty, of 128 and 256
/// characters (documented); the patterns are observed.
namespace amilab {

inline constexpr std::size_t kMostIamTags = 50;

/// Checks the characters and the length of a key.
void check_iam_tag_key(Checks& checks, std::string_view key, std::string_view path);

/// Checks one tag, the first of which has the number 1.
void check_iam_tag(Checks& checks, std::size_t number, const std::optional<std::string>& key,
                   const std::optional<std::string>& value);

/// Checks how many there are, and each of them.
template <class Tag>
void check_iam_tags(Checks& checks, const std::vector<Tag>& tags)
{
    checks.count(tags.size(), "tags", kMostIamTags);
    std::size_t number = 0;
    for (const auto& tag : tags) {
        check_iam_tag(checks, ++number, tag.key, tag.value);
    }
}

/// How a service refuses a key that is there twice.
using RefuseTagKeys = ApiError (*)();

using IamTagKeys = std::set<std::string, std::less<>>;

/// Adds the key in small letters. Throws ApiError where it is there, however it is capitalized.
void add_iam_tag_key(IamTagKeys& keys, const std::string& key, RefuseTagKeys refuse);

/// The keys of checked tags in small letters. Throws ApiError for one that is there twice.
template <class Tag>
IamTagKeys iam_tag_keys(const std::vector<Tag>& tags, RefuseTagKeys refuse)
{
    IamTagKeys keys;
    for (const auto& tag : tags) {
        add_iam_tag_key(keys, *tag.key, refuse);
    }
    return keys;
}

}  // namespace amilab
