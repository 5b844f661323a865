#include "server/services/ec2/images/lineage.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/allowed_images.h"
#include "server/services/ec2/images/version_depth.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ssm/parameter_names.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/lineage_rows.h"
#include "storage/metadata/instances/instance_rows.h"

namespace amilab::ec2 {

namespace {

// Source: "The maximum number of AMIs in an ancestry list is 50" (documented).
constexpr std::size_t kMostAncestors = 50;

constexpr std::string_view kInstanceType = "ec2:Instance";
constexpr std::string_view kTemplateType = "ec2:LaunchTemplate";
constexpr std::string_view kParameterType = "ssm:Parameter";

ImageAncestryEntry to_answer(const AncestorRow& row)
{
    ImageAncestryEntry entry;
    entry.creation_date = Timestamp{row.creation_time_ms};
    entry.image_id = row.id.text();
    entry.image_owner_alias = row.owner_alias;
    entry.source_image_id = row.source_image_id;
    entry.source_image_region = row.source_image_region;
    return entry;
}

/// Source: a verified provider's image is the root, whatever it was made of (documented).
bool is_root(const AncestorRow& row)
{
    return row.owner_alias == "amazon" || row.owner_alias == "aws-marketplace" ||
           !row.source_image_id || !row.source_image_region;
}

// DescribeImageReferences

struct WantedReferences {
    bool instances = false;
    /// Which instances count; empty: in any state.
    std::vector<std::string> states = {};
    bool parameters = false;
};

void check_states(const std::vector<std::string>& states)
{
    constexpr std::array<std::string_view, 6> kStates = {"pending",    "running",  "shutting-down",
                                                         "terminated", "stopping", "stopped"};
    for (const auto& state : states) {
        if (std::find(kStates.begin(), kStates.end(), state) == kStates.end()) {
            throw invalid_value(state, "OptionValue", "Expected the state of an instance.");
        }
    }
}

/// Source: state-name for instances, version-depth for launch templates, no options for others
/// (documented).
void add_option(std::string_view type, const ResourceTypeOption& option, WantedReferences& wanted)
{
    const auto name = option.option_name.value_or("");
    const bool suits = (type == kInstanceType && name == "state-name") ||
                       (type == kTemplateType && name == "version-depth");
    if (!suits) {
        throw invalid_parameter_combination(
            fmt::format("The option '{}' is not valid for the resource type {}.", name, type));
    }
    if (option.option_values.empty()) {
        throw missing_parameter("OptionValue");
    }
    if (type == kTemplateType) {
        check_version_depth(option.option_values);
        return;
    }
    check_states(option.option_values);
    wanted.states.insert(wanted.states.end(), option.option_values.begin(),
                         option.option_values.end());
}

WantedReferences check_types(const DescribeImageReferencesRequest& request)
{
    WantedReferences wanted;
    const bool are_all = request.include_all_resource_types.value_or(false);
    wanted.instances = are_all;
    wanted.parameters = are_all;
    if (!are_all && request.resource_types.empty()) {
        throw missing_parameter("IncludeAllResourceTypes or ResourceTypes");
    }
    std::set<std::string_view> seen;
    for (const auto& type : request.resource_types) {
        if (!type.resource_type) {
            throw missing_parameter("ResourceType");
        }
        if (!seen.insert(*type.resource_type).second) {
            throw invalid_value(*type.resource_type, "ResourceType", "It is named twice.");
        }
        wanted.instances = wanted.instances || *type.resource_type == kInstanceType;
        wanted.parameters = wanted.parameters || *type.resource_type == kParameterType;
        for (const auto& option : type.resource_type_options) {
            add_option(*type.resource_type, option, wanted);
        }
    }
    return wanted;
}

ImageReference reference_answer(Session& session, ImageReferenceRow row)
{
    const auto& region = session.region();
    const auto& account = session.account();
    ImageReference reference;
    reference.image_id = std::move(row.image_id);
    switch (row.kind) {
        case ImageReferenceRow::Kind::kInstance:
            reference.resource_type = std::string(kInstanceType);
            reference.arn = fmt::format("arn:aws:ec2:{}:{}:instance/{}", region, account, row.name);
            break;
        case ImageReferenceRow::Kind::kParameter:
            reference.resource_type = std::string(kParameterType);
            reference.arn = ssm::arn_of({account, region, row.name});
            break;
    }
    return reference;
}

// DescribeInstanceImageMetadata

std::optional<std::string> time_text(const std::optional<TimeMs>& time_ms)
{
    return time_ms ? std::optional(wire::format_timestamp({*time_ms})) : std::nullopt;
}

InstanceImageMetadata to_answer(Session& session, InstanceImageRow row)
{
    ImageMetadata image;
    image.creation_date = time_text(row.image_creation_time_ms);
    image.deprecation_time = time_text(row.image_deprecation_time_ms);
    image.image_id = std::move(row.image_id);
    image.image_owner_alias = std::move(row.image_owner_alias);
    image.is_public = row.image_is_public;
    image.name = std::move(row.image_name);
    image.owner_id = std::move(row.image_owner);
    image.state = std::move(row.image_state);

    InstanceImageMetadata answer;
    answer.availability_zone = std::move(row.zone);
    answer.image_metadata = std::move(image);
    answer.instance_id = row.instance_id.text();
    answer.instance_type = std::move(row.instance_type);
    answer.launch_time = Timestamp{row.launch_time_ms};
    answer.operator_value = OperatorResponse{.managed = false};
    answer.owner_id = session.account();
    answer.state = state_answer(row.state);
    answer.tags = tags_of(session, row.instance_id.text());
    answer.zone_id = std::move(row.zone_id);
    return answer;
}

}  // namespace

// Source: EC2 API Reference, GetImageAncestry; EC2 User Guide, "Use AMI ancestry" (documented): all
// ancestors, whoever's they are; those that were deregistered too (assumed).
GetImageAncestryResponse get_image_ancestry(Session& session,
                                            const GetImageAncestryRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);

    if (!select_visible_image(session.db(), session.account(), session.region(), id)) {
        throw not_found(id);
    }
    GetImageAncestryResponse response;
    auto row = select_ancestor(session.db(), id, session.region());
    while (row) {
        response.image_ancestry_entries.push_back(to_answer(*row));
        if (is_root(*row) || response.image_ancestry_entries.size() == kMostAncestors) {
            break;
        }
        row = select_ancestor(session.db(), ImageId::trusted(*row->source_image_id),
                              *row->source_image_region);
    }
    return response;
}

// Source: EC2 API Reference, DescribeImageReferences (documented). Launch templates and recipes do
// not exist here; images need not exist, and of a parameter the newest version counts (assumed).
DescribeImageReferencesResponse describe_image_references(
    Session& session, const DescribeImageReferencesRequest& request)
{
    const auto ids = parse_ids<ImageId>(request.image_ids);
    const auto wanted = check_types(request);
    const auto page = parse_page(request.max_results, request.next_token);
    stop_if_dry_run(request);

    auto rows = select_image_references(session.db(), {.owner = session.account(),
                                                       .region = session.region(),
                                                       .images = ids,
                                                       .instances = wanted.instances,
                                                       .states = wanted.states,
                                                       .parameters = wanted.parameters,
                                                       .after = page.after,
                                                       .limit = page.sql_limit()});
    DescribeImageReferencesResponse response;
    response.next_token = cut_page(page, rows, image_reference_order_key);
    for (auto& row : rows) {
        response.image_references.push_back(reference_answer(session, std::move(row)));
    }
    return response;
}

// Source: EC2 API Reference, DescribeInstanceImageMetadata (documented): whatever became of the
// image.
DescribeInstanceImageMetadataResponse describe_instance_image_metadata(
    Session& session, const DescribeInstanceImageMetadataRequest& request)
{
    const auto filters = parse_filters(kDescribeInstanceImageMetadata, request.filters);
    const auto ids = parse_ids<InstanceId>(request.instance_ids);
    // Source: 1,000 when nothing is said (documented).
    constexpr std::int64_t kDefaultPage = 1000;
    const auto page = parse_page(request.max_results.value_or(kDefaultPage), request.next_token);
    stop_if_dry_run(request);

    std::vector<InstanceId> missing;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(missing), [&](const InstanceId& id) {
        return !instance_exists(session.db(), session.account(), session.region(), id);
    });
    if (!missing.empty()) {
        throw not_found(missing);
    }
    const auto allowed =
        select_allowed_images_in_force(session.db(), session.account(), session.region());
    auto rows = select_instance_images(session.db(), {.owner = session.account(),
                                                      .region = session.region(),
                                                      .ids = ids,
                                                      .filters = filters,
                                                      .allowed = allowed,
                                                      .now_ms = session.now_ms(),
                                                      .after = page.after,
                                                      .limit = page.sql_limit()});
    DescribeInstanceImageMetadataResponse response;
    response.next_token =
        cut_page(page, rows, [](const InstanceImageRow& row) { return row.instance_id.text(); });
    const auto marks = allowed_marks(session, allowed, rows.size(), [&](std::size_t i) {
        return ImageId::trusted(rows[i].image_id);
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        response.instance_image_metadata.push_back(to_answer(session, std::move(rows[i])));
        response.instance_image_metadata.back().image_metadata->image_allowed = marks[i];
    }
    return response;
}

}  // namespace amilab::ec2
