#include "server/services/rbin/tags.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/request_values.h"
#include "server/calls/resource_tags.h"
#include "server/services/rbin/errors.h"
#include "server/wire/json.h"
#include "server/wire/rbin/schema.h"
#include "server/wire/rbin/tags.h"

namespace amilab::rbin {

namespace {

constexpr std::size_t kMostTags = 50;

/// Source: letters, digits and spaces of any script, and _.:/=+-@ (documented). Of what is not
/// ASCII, all is taken (assumed).
bool is_tag_text(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 || is_letter_or_digit(c) ||
               std::string_view(" _.:/=+-@").find(c) != std::string_view::npos;
    });
}

void check_tag(const Tag& tag)
{
    if (!is_tag_text(tag.key.value_or("")) || !is_tag_text(tag.value.value_or(""))) {
        throw invalid_parameter(
            fmt::format("The tag key '{}' or its value holds characters that tags may not hold.",
                        tag.key.value_or("")));
    }
    if (is_reserved_key(tag.key.value_or(""))) {
        throw invalid_parameter("Tag keys that begin with aws: are reserved for system use.");
    }
}

/// The rule that an ARN names: the caller's own, of this region.
RecycleRuleRow require_rule_of(Session& session, std::string_view arn)
{
    const auto prefix = arn_of("rbin", session.region(), session.account(), "rule/");
    const auto id = arn.substr(arn.rfind('/') + 1);
    const bool is_arn = arn.starts_with("arn:") && arn.find(":rbin:") != std::string_view::npos &&
                        arn.find(":rule/") != std::string_view::npos;
    if (!is_arn) {
        throw invalid_parameter(fmt::format("'{}' is no ARN of a retention rule.", arn));
    }
    if (arn.starts_with(prefix)) {
        if (auto row = select_recycle_rule(session.db(), session.account(), session.region(), id,
                                           session.now_ms())) {
            return *row;
        }
    }
    throw rule_not_found(id);
}

}  // namespace

std::string rule_arn(const RecycleRuleRow& row)
{
    return arn_of("rbin", row.region, row.owner, "rule/" + row.id);
}

std::vector<RecycleRuleTag> with_tags(std::vector<RecycleRuleTag> existing,
                                      const std::vector<Tag>& tags)
{
    std::set<std::string> seen;
    for (const auto& tag : tags) {
        check_tag(tag);
        const auto key = tag.key.value_or("");
        if (!seen.insert(key).second) {
            throw invalid_parameter(fmt::format("The tag key '{}' is given more than once.", key));
        }
        const auto found = std::find_if(existing.begin(), existing.end(),
                                        [&](const auto& one) { return one.key == key; });
        if (found == existing.end()) {
            existing.push_back({key, tag.value});
        } else {
            found->value = tag.value;
        }
    }
    if (existing.size() > kMostTags) {
        throw quota_exceeded(fmt::format("A retention rule has {} tags at most.", kMostTags));
    }
    return existing;
}

std::vector<Tag> to_tags(const std::vector<RecycleRuleTag>& rows)
{
    std::vector<Tag> tags;
    for (const auto& row : rows) {
        tags.push_back({.key = row.key, .value = row.value.value_or("")});
    }
    return tags;
}

// Source: Recycle Bin API Reference, TagResource (documented).
TagResourceResponse tag_resource(Session& session, const TagResourceRequest& request)
{
    auto row = require_rule_of(session, request.resource_arn);
    row.tags = with_tags(std::move(row.tags), request.tags);
    update_recycle_rule(session.db(), row);
    return {};
}

// Source: Recycle Bin API Reference, UntagResource (documented); a key that is not there is no
// failure (assumed).
UntagResourceResponse untag_resource(Session& session, const UntagResourceRequest& request)
{
    auto row = require_rule_of(session, request.resource_arn);
    std::erase_if(row.tags, [&](const RecycleRuleTag& tag) {
        return std::find(request.tag_keys.begin(), request.tag_keys.end(), tag.key) !=
               request.tag_keys.end();
    });
    update_recycle_rule(session.db(), row);
    return {};
}

// Source: Recycle Bin API Reference, ListTagsForResource (documented).
ListTagsForResourceResponse list_tags_for_resource(Session& session,
                                                   const ListTagsForResourceRequest& request)
{
    return {.tags = to_tags(require_rule_of(session, request.resource_arn).tags)};
}

namespace {

constexpr Operation kOperations[] = {
    write<tag_resource>(kTagResource),
    write<untag_resource>(kUntagResource, {.frees_space = true}),
    read<list_tags_for_resource>(kListTagsForResource),
};

}  // namespace

constinit const Family kTags{.operations = kOperations};

}  // namespace amilab::rbin
