#include "server/services/ec2/images/image_lineage.h"

#include <set>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/errors.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/images/image_usage_reports.h"
#include "server/wire/ec2/images/image_lineage.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/images/image_lineage_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_state.h"

namespace amilab::ec2 {

namespace {

// Source: "The maximum number of AMIs in an ancestry list is 50" (documented).
constexpr std::size_t kMostAncestors = 50;

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
    return row.owner_alias == OwnerAlias::kAmazon ||
           row.owner_alias == OwnerAlias::kAwsMarketplace || !row.source_image_id ||
           !row.source_image_region;
}

// DescribeImageReferences

void check_states(const std::vector<std::string>& states)
{
    for (const auto& state : states) {
        if (!find_word<InstanceStateName>(state)) {
            throw invalid_value(state, "OptionValue", "Expected the state of an instance.");
        }
    }
}

/// What of each kind of resource is looked at.
struct Reach {
    /// Of instances; none: in any state.
    std::vector<std::string> states{};
    /// Of launch templates, so many of the newest versions. Source: "Default: 10" (documented).
    std::int64_t version_depth = 10;
};

/// Source: state-name for instances, version-depth for launch templates, no options for others
/// (documented).
void add_option(std::string_view type, const ResourceTypeOption& option, Reach& reach)
{
    const auto name = option.option_name.value_or("");
    const bool is_template = type == ImageUser::kLaunchTemplate;
    const bool suits = (type == ImageUser::kInstance && name == ImageUserOption::kStateName) ||
                       (is_template && name == ImageUserOption::kVersionDepth);
    if (!suits) {
        throw invalid_parameter_combination(
            fmt::format("The option '{}' is not valid for the resource type {}.", name, type));
    }
    if (option.option_values.empty()) {
        throw missing_parameter("OptionValue");
    }
    if (is_template) {
        reach.version_depth = parse_version_depth(option.option_values);
        return;
    }
    check_states(option.option_values);
    reach.states.insert(reach.states.end(), option.option_values.begin(),
                        option.option_values.end());
}

std::vector<ImageReferenceRow::Kind> kinds_of(bool are_all, const std::set<std::string_view>& types)
{
    std::vector<ImageReferenceRow::Kind> kinds;
    if (are_all || types.contains(text_of(ImageUser::kInstance))) {
        kinds.push_back(ImageReferenceRow::Kind::kInstance);
    }
    if (are_all || types.contains(text_of(ImageUser::kParameter))) {
        kinds.push_back(ImageReferenceRow::Kind::kParameter);
    }
    if (are_all || types.contains(text_of(ImageUser::kLaunchTemplate))) {
        kinds.push_back(ImageReferenceRow::Kind::kLaunchTemplate);
    }
    return kinds;
}

void add_types(Session& /*session*/, const DescribeImageReferencesRequest& request,
               ListQuery& wanted)
{
    const bool are_all = request.include_all_resource_types.value_or(false);
    if (!are_all && request.resource_types.empty()) {
        throw missing_parameter("IncludeAllResourceTypes or ResourceTypes");
    }
    std::set<std::string_view> types;
    Reach reach;
    for (const auto& type : request.resource_types) {
        if (!type.resource_type) {
            throw missing_parameter("ResourceType");
        }
        if (!types.insert(*type.resource_type).second) {
            throw invalid_value(*type.resource_type, "ResourceType", "It is named twice.");
        }
        for (const auto& option : type.resource_type_options) {
            add_option(*type.resource_type, option, reach);
        }
    }
    want_reference_kinds(wanted, kinds_of(are_all, types));
    want_instance_states(wanted, reach.states);
    want_version_depth(wanted, reach.version_depth);
}

ImageReference reference_answer(Session& session, ImageReferenceRow row)
{
    const auto& region = session.region();
    const auto& account = session.account();
    ImageReference reference;
    reference.image_id = std::move(row.image_id);
    switch (row.kind) {
        case ImageReferenceRow::Kind::kInstance:
            reference.resource_type = text_of(ImageUser::kInstance);
            reference.arn = arn_of("ec2", region, account, "instance/" + row.name);
            break;
        case ImageReferenceRow::Kind::kParameter:
            reference.resource_type = text_of(ImageUser::kParameter);
            reference.arn = parameter_arn(region, account, row.name);
            break;
        case ImageReferenceRow::Kind::kLaunchTemplate:
            reference.resource_type = text_of(ImageUser::kLaunchTemplate);
            reference.arn = arn_of("ec2", region, account, "launch-template/" + row.name);
            break;
    }
    return reference;
}

std::vector<ImageReference> to_answers(Session& session, std::vector<ImageReferenceRow>&& rows)
{
    std::vector<ImageReference> answers;
    for (auto& row : rows) {
        answers.push_back(reference_answer(session, std::move(row)));
    }
    return answers;
}

constexpr DescribeSpec kDescribeReferences{
    .schema = kDescribeImageReferences,
    .ids = {.member = &DescribeImageReferencesRequest::image_ids, .check = &check_ids<ImageId>},
    .refine = &add_types,
    .select = &select_image_references,
    .key = &image_reference_order_key,
    .answers = &to_answers,
    .into = &DescribeImageReferencesResponse::image_references};

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

// Source: EC2 API Reference, DescribeImageReferences (documented). Recipes do not exist here;
// images need not exist, of a parameter the newest version counts, and a launch template is told
// once, whatever number of its versions name the image (assumed).
DescribeImageReferencesResponse describe_image_references(
    Session& session, const DescribeImageReferencesRequest& request)
{
    return describe<kDescribeReferences>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<get_image_ancestry>(kGetImageAncestry),
    read<describe_image_references>(kDescribeImageReferences),
};

}  // namespace

constinit const Family kImageLineage{.operations = kOperations};

}  // namespace amilab::ec2
