#include "server/services/ssm/parameter_tags.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "server/calls/request_values.h"
#include "server/calls/resource_tags.h"
#include "server/services/ssm/errors.h"
#include "server/services/ssm/parameter_names.h"
#include "server/wire/json.h"
#include "server/wire/ssm/parameter_tags.h"
#include "server/wire/ssm/schema.h"

namespace amilab::ssm {

namespace {

constexpr std::size_t kMostTags = 50;

/// Of what is not ASCII, all is taken (assumed).
bool is_tag_text(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 || is_letter_or_digit(c) ||
               std::string_view(" _.:/=+-@").find(c) != std::string_view::npos;
    });
}

std::vector<ParameterTagRow> to_rows(const std::vector<Tag>& tags)
{
    std::vector<ParameterTagRow> rows;
    std::set<std::string> keys;
    for (const auto& tag : tags) {
        ParameterTagRow row{tag.key.value_or(""), tag.value.value_or("")};
        if (!is_tag_text(row.key) || !is_tag_text(row.value) || is_reserved_key(row.key) ||
            !keys.insert(row.key).second) {
            throw invalid_tag(row.key);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

/// The caller's own parameter that a request names.
std::string require_resource(Session& session, std::string_view type, std::string_view id)
{
    if (type != "Parameter") {
        throw resource_type_not_offered(type);
    }
    auto name = own_name(session, id);
    if (!select_parameter(session.db(), {session.account(), session.region(), name})) {
        throw resource_not_found();
    }
    return name;
}

}  // namespace

void set_tags(Session& session, const ParameterKey& key, const std::vector<Tag>& tags)
{
    for (const auto& row : to_rows(tags)) {
        set_parameter_tag(session.db(), key, row);
    }
    if (select_parameter_tags(session.db(), key).size() > kMostTags) {
        throw too_many_tags();
    }
}

// Source: Systems Manager API Reference, as with those that follow (documented).
AddTagsToResourceResponse add_tags_to_resource(Session& session,
                                               const AddTagsToResourceRequest& request)
{
    const auto name = require_resource(session, request.resource_type, request.resource_id);
    set_tags(session, {session.account(), session.region(), name}, request.tags);
    return {};
}

ListTagsForResourceResponse list_tags_for_resource(Session& session,
                                                   const ListTagsForResourceRequest& request)
{
    const auto name = require_resource(session, request.resource_type, request.resource_id);
    ListTagsForResourceResponse response;
    for (auto& row :
         select_parameter_tags(session.db(), {session.account(), session.region(), name})) {
        response.tag_list.push_back({.key = std::move(row.key), .value = std::move(row.value)});
    }
    return response;
}

RemoveTagsFromResourceResponse remove_tags_from_resource(
    Session& session, const RemoveTagsFromResourceRequest& request)
{
    const auto name = require_resource(session, request.resource_type, request.resource_id);
    for (const auto& key : request.tag_keys) {
        delete_parameter_tag(session.db(), {session.account(), session.region(), name}, key);
    }
    return {};
}

namespace {

constexpr Operation kOperations[] = {
    write<add_tags_to_resource>(kAddTagsToResource),
    read<list_tags_for_resource>(kListTagsForResource),
    write<remove_tags_from_resource>(kRemoveTagsFromResource, {.frees_space = true}),
};

}  // namespace

constinit const Family kParameterTags{.operations = kOperations};

}  // namespace amilab::ssm
