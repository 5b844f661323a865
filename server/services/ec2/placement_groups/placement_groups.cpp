#include "server/services/ec2/placement_groups/placement_groups.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/wire/ec2/placement_groups/placement_groups.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/placement_groups/placement_group_rows.h"

namespace amilab::ec2 {

ApiError unknown_placement_group(const std::string& name_or_id)
{
    return {"InvalidPlacementGroup.Unknown",
            fmt::format("The Placement Group '{}' is unknown.", name_or_id)};
}

namespace {

// Source: "a maximum of 500 placement groups per Region" (documented).
constexpr std::int64_t kMostGroups = 500;

constexpr auto require_named = &require_own<kPlacementGroupList, &PlacementGroupRow::name,
                                            unknown_placement_group, std::string>;

PlacementGroup to_answer(const PlacementGroupRow& row)
{
    return {.group_arn = row.arn,
            .group_id = row.id.text(),
            .group_name = row.name,
            .operator_value = OperatorResponse{.managed = false},
            .partition_count = row.partition_count,
            .spread_level = row.spread_level,
            .state = row.state,
            .strategy = row.strategy};
}
constexpr auto to_answers = &answers_with_tags<&to_answer, PlacementGroupRow>;

constexpr DescribeSpec kDescribe{
    .schema = kDescribePlacementGroups,
    .ids = {.member = &DescribePlacementGroupsRequest::group_ids,
            .check = &check_ids<PlacementGroupId>,
            .require = &require_listed<kPlacementGroupList, unknown_placement_group>},
    .resolve = &add_named<&DescribePlacementGroupsRequest::group_names, require_named>,
    .select = &select_page<kPlacementGroupList>,
    .answers = to_answers,
    .into = &DescribePlacementGroupsResponse::placement_groups};

/// Source: which parameter is for which strategy is documented, the refusals are assumed; that two
/// partitions and racks are usual, and hosts taken without an Outpost, is observed.
PlacementGroupRow wished_group(const CreatePlacementGroupRequest& request)
{
    PlacementGroupRow row{.name = request.group_name, .strategy = request.strategy};
    if (row.strategy == "partition") {
        row.partition_count = request.partition_count.value_or(2);
    } else if (request.partition_count) {
        throw invalid_parameter_combination("PartitionCount is for the strategy partition alone.");
    }
    if (row.strategy == "spread") {
        row.spread_level = request.spread_level.value_or("rack");
    } else if (request.spread_level) {
        throw invalid_parameter_combination("SpreadLevel is for the strategy spread alone.");
    }
    return row;
}

// Source: EC2 API Reference, CreatePlacementGroup (documented); the text is observed.
CreatePlacementGroupResponse create_placement_group(Session& session,
                                                    const CreatePlacementGroupRequest& request)
{
    check_new_name(request.group_name, "GroupName");
    auto row = wished_group(request);
    const auto tags = parse_tags<PlacementGroupId>(request.tag_specifications);
    stop_if_dry_run(request);
    if (!insert_own<kPlacementGroupColumns>(session, row, tags)) {
        throw ApiError("InvalidPlacementGroup.Duplicate",
                       fmt::format("The placement group '{}' already exists.", row.name));
    }
    if (count_own<kPlacementGroupList>(session) > kMostGroups) {
        throw too_many_in_region("PlacementGroupLimitExceeded", kMostGroups, "placement groups");
    }
    return {.placement_group = to_answers(session, {require_named(session, row.name)}).front()};
}

// Source: EC2 API Reference, DescribePlacementGroups (documented).
DescribePlacementGroupsResponse describe_placement_groups(
    Session& session, const DescribePlacementGroupsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeletePlacementGroup: all instances in it have to be terminated
// (documented); it is gone at once (assumed), the text is observed.
DeletePlacementGroupResponse delete_placement_group(Session& session,
                                                    const DeletePlacementGroupRequest& request)
{
    stop_if_dry_run(request);
    const auto group = require_named(session, request.group_name);
    if (placement_group_is_used(session.db(), group.id.text())) {
        throw ApiError(
            "InvalidPlacementGroup.InUse",
            fmt::format("The placement group '{}' is in use and may not be deleted.", group.name));
    }
    delete_own<kPlacementGroupColumns>(session, group.id);
    return {};
}

constexpr Operation kOperations[] = {
    write<create_placement_group>(kCreatePlacementGroup),
    read<describe_placement_groups>(kDescribePlacementGroups),
    write<delete_placement_group>(kDeletePlacementGroup, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {{PlacementGroupTag::kPrefix, PlacementGroupTag::kResourceType,
                                    unknown_placement_group,
                                    kTaggableByOwner<kPlacementGroupColumns>}};

}  // namespace

constinit const Family kPlacementGroups{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
