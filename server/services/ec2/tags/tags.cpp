#include "server/services/ec2/tags/tags.h"

#include <algorithm>
#include <array>
#include <set>

#include "server/calls/services.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/tags/errors.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/tags/tags.h"
#include "storage/metadata/instances/instance_option_rows.h"

namespace amilab::ec2 {

namespace {

// Source: "Up to 1000 resource IDs" and "Up to 1000 tags" (documented).
constexpr std::size_t kMostResources = 1000;
constexpr std::size_t kMostTagsToDelete = 1000;

// A quick call has 30,000 of SQLite's instructions (server/calls/api_call.cpp). Finding a resource
// and its tags takes some 30, writing one tag of one some 40 (counted).
constexpr std::size_t kMostQuickLooks = 700;

/// What a call names, each with its kind.
struct Targets {
    std::vector<const ResourceKind*> kinds;
    std::vector<TaggedResource> resources;

    std::vector<std::string> ids() const
    {
        std::vector<std::string> all;
        all.reserve(resources.size());
        for (const auto& resource : resources) {
            all.push_back(resource.id);
        }
        return all;
    }
};

/// What the ids mean, each once. Source: "The ID 'x' is not valid" for words and for ids with wrong
/// digits (observed); "resourceIdSet" where there is none (observed of CreateTags).
Targets parse_targets(const Services& services, const std::vector<std::string>& ids)
{
    if (ids.empty()) {
        throw missing_parameter("resourceIdSet");
    }
    if (ids.size() > kMostResources) {
        throw too_many_resources_to_tag(kMostResources);
    }
    std::set<std::string_view> seen;
    Targets targets;
    for (const auto& id : ids) {
        const auto* kind = services.kind_of(id);
        if (kind == nullptr) {
            throw invalid_resource_id(id);
        }
        if (seen.insert(id).second) {
            targets.kinds.push_back(kind);
            targets.resources.push_back({id, std::string(kind->name)});
        }
    }
    return targets;
}

void require_targets(Session& session, const Targets& targets)
{
    for (std::size_t i = 0; i < targets.kinds.size(); ++i) {
        const auto& kind = *targets.kinds[i];
        const auto& id = targets.resources[i].id;
        if (!taggable_resource_exists(session.db(), session.account(), session.region(),
                                      kind.taggable_sql, id)) {
            throw kind.not_found(id);
        }
    }
}

void check_tags_to_delete(const std::vector<Tag>& tags)
{
    if (tags.size() > kMostTagsToDelete) {
        throw too_many_tags(kMostTagsToDelete);
    }
    for (const auto& tag : tags) {
        if (!tag.key || tag.key->empty()) {
            throw tag_without_key();
        }
        if (is_reserved_key(*tag.key)) {
            throw reserved_tag_key(*tag.key);
        }
    }
}

/// Throws for tags that the metadata of one of the instances would have to show and cannot.
/// Source: as at launch (documented).
void check_metadata_keys(Session& session, const Targets& targets, const std::vector<TagRow>& tags)
{
    if (std::ranges::all_of(tags, [](const TagRow& tag) { return fits_metadata(tag.key); })) {
        return;
    }
    const auto options = select_instance_options(session.db(), targets.ids());
    if (std::ranges::any_of(options, [](const InstanceOptionRow& one) {
            return one.instance_metadata_tags == kMetadataTagsEnabled;
        })) {
        require_metadata_keys(tags);
    }
}

std::vector<NamedTag> named_tags(const std::vector<Tag>& tags)
{
    std::vector<NamedTag> named;
    named.reserve(tags.size());
    for (const auto& tag : tags) {
        named.push_back({*tag.key, tag.value});
    }
    return named;
}

}  // namespace

// Source: EC2 API Reference, CreateTags (documented); refusals observed, see
// server/services/ec2/common/resource_tags.h. One unknown resource fails the whole call (observed).
CreateTagsResponse create_tags(Session& session, const CreateTagsRequest& request)
{
    const auto targets = parse_targets(session.services(), request.resources);
    const auto tags = read_tags(request.tags);
    if (tags.empty()) {
        throw no_tags_to_create();
    }
    check_tags(tags);
    stop_if_dry_run(request);
    if (targets.resources.size() * (tags.size() + 1) > kMostQuickLooks) {
        session.about_to_take_long();  // what was done by then would be done twice
    }

    require_targets(session, targets);
    check_metadata_keys(session, targets, tags);
    store_tags(session, targets.resources, tags);
    return {};
}

// Source: EC2 API Reference, DeleteTags (documented): with a value only a tag of that value, an
// empty one included; without tags all of them. A tag that is not there is no failure (observed).
DeleteTagsResponse delete_tags(Session& session, const DeleteTagsRequest& request)
{
    const auto targets = parse_targets(session.services(), request.resources);
    check_tags_to_delete(request.tags);
    stop_if_dry_run(request);

    require_targets(session, targets);
    if (request.tags.empty()) {
        delete_tags_of(session.db(), session.account(), targets.ids());
    } else {
        delete_tags(session.db(), session.account(), targets.ids(), named_tags(request.tags));
    }
    return {};
}

namespace {

std::vector<TagDescription> to_answers(Session& /*session*/, std::vector<TagDescriptionRow>&& rows)
{
    std::vector<TagDescription> answers;
    answers.reserve(rows.size());
    for (auto& row : rows) {
        answers.push_back({.key = std::move(row.key),
                           .resource_id = std::move(row.resource_id),
                           .resource_type = std::move(row.resource_type),
                           .value = std::move(row.value)});
    }
    return answers;
}

constexpr DescribeSpec kDescribe{.schema = kDescribeTags,
                                 .ids = {},
                                 .select = &select_tag_page,
                                 .key = &tag_order_key,
                                 .answers = &to_answers,
                                 .into = &DescribeTagsResponse::tags};

}  // namespace

// Source: EC2 API Reference, DescribeTags (documented); the caller's own tags alone.
DescribeTagsResponse describe_tags(Session& session, const DescribeTagsRequest& request)
{
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    write<create_tags>(kCreateTags),
    write<delete_tags>(kDeleteTags, {.frees_space = true}),
    read<describe_tags>(kDescribeTags),
};

}  // namespace

constinit const Family kTags{.operations = kOperations};

}  // namespace amilab::ec2
