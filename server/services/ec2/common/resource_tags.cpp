#include "server/services/ec2/common/resource_tags.h"

#include <algorithm>
#include <set>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/wire/types.h"

namespace amilab::ec2 {

namespace {

std::string_view required_type(const TagSpecification& specification, RefuseTagType refuse)
{
    if (!specification.resource_type || specification.resource_type->empty()) {
        throw tag_specification_without_type(refuse);
    }
    return *specification.resource_type;
}

}  // namespace

std::vector<TagRow> read_tags(const std::vector<Tag>& tags)
{
    std::vector<TagRow> rows;
    rows.reserve(tags.size());
    for (const auto& tag : tags) {
        if (!tag.key || tag.key->empty()) {
            throw tag_without_key();
        }
        if (!tag.value) {
            throw tag_without_value();
        }
        rows.push_back({*tag.key, *tag.value});
    }
    return rows;
}

bool fits_metadata(std::string_view key)
{
    return key != "." && key != ".." && key != "_index" && has_only(key, "-_+=,.@:");
}

void require_metadata_keys(const std::vector<TagRow>& tags)
{
    const auto at =
        std::ranges::find_if(tags, [](const TagRow& tag) { return !fits_metadata(tag.key); });
    if (at != tags.end()) {
        throw tag_key_not_for_metadata(at->key);
    }
}

std::vector<TagRow> parse_tags(const std::vector<TagSpecification>& specifications,
                               std::string_view resource_type,
                               std::span<const std::string_view> allowed, RefuseTagType refuse)
{
    std::vector<TagRow> wanted;
    std::set<std::string_view> seen;
    for (const auto& specification : specifications) {
        const auto type = required_type(specification, refuse);
        if (std::find(allowed.begin(), allowed.end(), type) == allowed.end()) {
            throw not_taggable_here(type, refuse);
        }
        if (!seen.insert(type).second) {
            throw duplicate_tag_specification(type);
        }
        auto tags = read_tags(specification.tags);
        if (tags.empty()) {
            throw tag_specification_without_tags();
        }
        if (std::any_of(tags.begin(), tags.end(),
                        [](const TagRow& tag) { return is_reserved_key(tag.key); })) {
            throw reserved_tag_key();
        }
        check_tags(tags);
        if (type == resource_type) {
            wanted = std::move(tags);
        }
    }
    return wanted;
}

std::optional<std::vector<Tag>> unless_empty(std::vector<Tag> tags)
{
    return tags.empty() ? std::nullopt : std::optional(std::move(tags));
}

std::vector<Tag> tags_of(Session& session, std::string_view resource_id)
{
    std::vector<Tag> tags;
    for (auto& row : select_tags(session.db(), session.account(), resource_id)) {
        tags.push_back({.key = std::move(row.key), .value = std::move(row.value)});
    }
    return tags;
}

PageTags::PageTags(Session& session, const std::vector<std::string>& resource_ids)
    : tags_(select_tags_on(session.db(), session.account(), resource_ids))
{
}

std::vector<Tag> PageTags::of(const std::string& resource_id) const
{
    const auto begin =
        std::lower_bound(tags_.begin(), tags_.end(), resource_id,
                         [](const auto& one, const auto& id) { return one.first < id; });
    std::vector<Tag> tags;
    for (auto one = begin; one != tags_.end() && one->first == resource_id; ++one) {
        tags.push_back({.key = one->second.key, .value = one->second.value});
    }
    return tags;
}

}  // namespace amilab::ec2
