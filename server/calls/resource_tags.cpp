#include "server/calls/resource_tags.h"

#include <algorithm>
#include <set>

#include "server/calls/errors.h"
#include "server/wire/types.h"

namespace amilab {

namespace {

// Source: EC2 User Guide, "Tag restrictions" (documented); characters are Unicode's.
constexpr std::size_t kMostKeyCharacters = 128;
constexpr std::size_t kMostValueCharacters = 256;
constexpr std::size_t kMostTags = 50;

void require_room(std::int64_t tags)
{
    if (tags > static_cast<std::int64_t>(kMostTags)) {
        throw tag_limit_exceeded();
    }
}

}  // namespace

bool is_reserved_key(std::string_view key)
{
    constexpr std::string_view kReserved = "aws:";
    return std::equal(
        kReserved.begin(), kReserved.end(), key.begin(),
        key.begin() + std::min(key.size(), kReserved.size()), [](char expected, char actual) {
            return expected == (actual >= 'A' && actual <= 'Z' ? actual - 'A' + 'a' : actual);
        });
}

void check_tags(const std::vector<TagRow>& tags)
{
    std::set<std::string_view> keys;
    for (const auto& tag : tags) {
        if (is_reserved_key(tag.key)) {
            throw reserved_tag_key(tag.key);
        }
        if (wire::characters(tag.key) > kMostKeyCharacters) {
            throw tag_key_too_long(kMostKeyCharacters);
        }
        if (wire::characters(tag.value) > kMostValueCharacters) {
            throw tag_value_too_long(kMostValueCharacters);
        }
        if (!keys.insert(tag.key).second) {
            throw duplicate_tag_key(tag.key);
        }
    }
    if (tags.size() > kMostTags) {
        throw tag_limit_exceeded();
    }
}

void store_tags(Session& session, const TaggedResource& resource, const std::vector<TagRow>& tags)
{
    store_tags(session, std::vector{resource}, tags);
}

void store_tags(Session& session, const std::vector<TaggedResource>& resources,
                const std::vector<TagRow>& tags)
{
    if (tags.empty()) {
        return;
    }
    auto in_order = tags;
    std::ranges::sort(in_order, {}, &TagRow::key);
    std::vector<TaggedResource> others;
    for (const auto& resource : resources) {
        const auto difference =
            compare_tags(session.db(), session.account(), resource.id, in_order);
        require_room(difference.count);
        if (difference.is_any_other) {
            others.push_back(resource);
        }
    }
    if (others.size() == 1) {
        upsert_tags(session.db(), session.account(), session.region(), others.front(), in_order);
    } else if (!others.empty()) {
        upsert_tags_on(session.db(), session.account(), session.region(), others, in_order);
    }
}

}  // namespace amilab
