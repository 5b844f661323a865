#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// Windows images that an account has prepared for faster launches.
namespace amilab {

enum class FastLaunchState : std::uint8_t { kEnabling, kEnabled, kDisabling };
template <>
inline constexpr auto kWords<FastLaunchState> = words("enabling", "enabled", "disabling");

struct FastLaunchRow {
    ImageId image_id{};
    /// Who prepared it: the image may be another account's.
    std::string owner{};
    std::string region{};
    std::int64_t target_resource_count = 0;
    std::int64_t max_parallel_launches = 0;
    FastLaunchState state{};
    std::string state_reason{};
    TimeMs state_time_ms = 0;
    /// What launches are to be told by; nothing when no template was named.
    std::optional<std::string> launch_template_id{};
    std::optional<std::string> launch_template_name{};
    /// As it was given.
    std::optional<std::string> launch_template_version{};
};

inline constexpr auto kFastLaunchColumns = columns<FastLaunchRow>(
    "fast_launch", "f", text<&FastLaunchRow::image_id>("image_id"),
    text<&FastLaunchRow::owner>("owner"), text<&FastLaunchRow::region>("region"),
    integer<&FastLaunchRow::target_resource_count>("target_resource_count"),
    integer<&FastLaunchRow::max_parallel_launches>("max_parallel_launches"),
    text<&FastLaunchRow::state>("state"), text<&FastLaunchRow::state_reason>("state_reason"),
    time<&FastLaunchRow::state_time_ms>("state_time_ms"),
    text<&FastLaunchRow::launch_template_id>("launch_template_id"),
    text<&FastLaunchRow::launch_template_name>("launch_template_name"),
    text<&FastLaunchRow::launch_template_version>("launch_template_version"));
inline constexpr FilterColumn kFastLaunchFilters[] = {
    {"owner-id", "owner"},
    {"resource-type", "'snapshot'"},
    {"state", "state"},
};
inline constexpr Listing<FastLaunchRow> kFastLaunchList{
    .key = "f.image_id", .columns = kFastLaunchColumns, .filters = kFastLaunchFilters};

/// Replaces what the account said of the image before.
void put_fast_launch(Database& db, const FastLaunchRow& row);
std::optional<FastLaunchRow> select_fast_launch(Database& db, std::string_view owner,
                                                const ImageId& image);
void delete_fast_launch(Database& db, std::string_view owner, const ImageId& image);
/// Everybody's: the image is gone.
void delete_fast_launches_of(Database& db, const ImageId& image);

}  // namespace amilab
