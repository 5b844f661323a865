#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/sql/listing.h"

/// The list of DescribeInstanceImageMetadata.
namespace amilab {

/// An instance and what its image is now. Nothing is known of an image that was never here.
struct InstanceImageRow {
    InstanceId id{};
    std::string instance_type{};
    TimeMs launch_time_ms = 0;
    std::string zone{};
    std::string zone_id{};
    InstanceStateName state{};
    std::int64_t state_code = 0;
    std::string image_id{};
    std::string image_owner{};
    std::optional<std::string> image_name{};
    std::optional<ImageState> image_state{};
    std::optional<std::string> image_owner_alias{};
    std::optional<TimeMs> image_creation_time_ms{};
    std::optional<TimeMs> image_deprecation_time_ms{};
    bool image_is_public = false;
};

/// Images of the catalogue are available.
inline constexpr auto kStateOfImage =
    "COALESCE(m.state, iif(p.id IS NULL, NULL, " + sql_word<ImageState::kAvailable> + "))";
inline constexpr auto kInstanceImageColumns = columns<InstanceImageRow>(
    "instance", "n", text<&InstanceImageRow::id>("id"),
    text<&InstanceImageRow::instance_type>("instance_type"),
    time<&InstanceImageRow::launch_time_ms>("launch_time_ms"),
    text<&InstanceImageRow::zone>("zone"),
    text<&InstanceImageRow::zone_id>("zone_id").as("z.zone_id"),
    text<&InstanceImageRow::state>("state"),
    integer<&InstanceImageRow::state_code>("state_code").as(kInstanceStateCode),
    text<&InstanceImageRow::image_id>("image_id"),
    text<&InstanceImageRow::image_owner>("image_owner"),
    text<&InstanceImageRow::image_name>("image_name").as("COALESCE(m.name, c.name)"),
    text<&InstanceImageRow::image_state>("image_state").as(kStateOfImage),
    text<&InstanceImageRow::image_owner_alias>("image_owner_alias")
        .as("COALESCE(m.owner_alias, c.owner_alias)"),
    time<&InstanceImageRow::image_creation_time_ms>("image_creation_time_ms")
        .as("COALESCE(m.creation_time_ms, c.creation_time_ms)"),
    time<&InstanceImageRow::image_deprecation_time_ms>("image_deprecation_time_ms")
        .as("COALESCE(m.deprecation_time_ms, c.deprecation_time_ms)"),
    flag<&InstanceImageRow::image_is_public>("image_is_public")
        .as("COALESCE(m.public, c.public, 0)"));
/// The filter image-allowed is not among them: see move_image_allowed().
inline constexpr FilterColumn kInstanceImageFilters[] = {
    {"availability-zone", "zone"},     {"instance-id", "id"},
    {"instance-state-name", "state"},  {"instance-type", "instance_type"},
    {"launch-time", "launch_time_ms"}, {"owner-alias", "image_owner_alias"},
    {"owner-id", "image_owner"},       {"zone-id", "zone_id"},
};
// Views would be read as a whole on this side of a join.
inline constexpr std::string_view kInstanceImageFrom =
    "instance n LEFT JOIN main.image m ON m.id = n.image_id"
    " LEFT JOIN catalogue.image_place p ON p.id = n.image_id"
    " LEFT JOIN catalogue.image_facts c ON c.number = p.facts"
    " LEFT JOIN catalogue.availability_zone z ON z.name = n.zone";
inline constexpr Listing<InstanceImageRow> kInstanceImageList{.from = kInstanceImageFrom,
                                                              .key = "n.id",
                                                              .columns = kInstanceImageColumns,
                                                              .filters = kInstanceImageFilters};

/// Takes the filters image-allowed out of the query, and has it ask for what they mean: instances
/// whose images the owner's settings allow, or do not. An image that is gone for good is not
/// allowed.
void move_image_allowed(ListQuery& wanted, const AllowedImagesSettings& settings);

}  // namespace amilab
