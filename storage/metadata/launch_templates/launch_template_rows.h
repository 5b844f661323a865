#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct LaunchTemplateTag {
    static constexpr std::string_view kPrefix = "lt";
    static constexpr std::string_view kResourceType = "launch-template";
    static constexpr std::string_view kMalformed = "InvalidLaunchTemplateId.Malformed";
};
using LaunchTemplateId = Id<LaunchTemplateTag>;

struct LaunchTemplateRow {
    LaunchTemplateId id{};
    std::string region{};
    std::string owner{};
    std::string name{};
    TimeMs create_time_ms = 0;
    /// An ARN.
    std::string created_by{};
    std::int64_t default_version = 1;
    /// The number of the version that comes next; none is given twice.
    std::int64_t next_version = 2;
    /// Read only: the largest number of those that are there.
    std::int64_t latest_version = 0;
};

inline constexpr std::string_view kLatestVersion =
    "(SELECT max(m.version) FROM launch_template_version m WHERE m.template_id = l.id)";
inline constexpr auto kLaunchTemplateColumns = columns<LaunchTemplateRow>(
    "launch_template", "l", text<&LaunchTemplateRow::id>("id"),
    text<&LaunchTemplateRow::region>("region"), text<&LaunchTemplateRow::owner>("owner"),
    text<&LaunchTemplateRow::name>("name"),
    time<&LaunchTemplateRow::create_time_ms>("create_time_ms"),
    text<&LaunchTemplateRow::created_by>("created_by"),
    integer<&LaunchTemplateRow::default_version>("default_version"),
    integer<&LaunchTemplateRow::next_version>("next_version"),
    integer<&LaunchTemplateRow::latest_version>("latest_version").as(kLatestVersion));
inline constexpr FilterColumn kLaunchTemplateFilters[] = {
    {"create-time", "create_time_ms"},
    {"launch-template-name", "name"},
};
inline constexpr Listing<LaunchTemplateRow> kLaunchTemplateList{
    .key = "l.id", .columns = kLaunchTemplateColumns, .filters = kLaunchTemplateFilters};

}  // namespace amilab
