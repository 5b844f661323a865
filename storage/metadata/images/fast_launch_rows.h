#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"

/// Windows images that an account has prepared for faster launches.
namespace amilab {

struct FastLaunchRow {
    ImageId image_id;
    /// Who prepared it: the image may be another account's.
    std::string owner;
    std::string region;
    std::int64_t target_resource_count;
    std::int64_t max_parallel_launches;
    /// enabling, enabled or disabling
    std::string state;
    std::string state_reason;
    TimeMs state_time_ms;
};

/// Replaces what the account said of the image before.
void upsert_fast_launch(Database& db, const FastLaunchRow& row);
std::optional<FastLaunchRow> select_fast_launch(Database& db, std::string_view owner,
                                                const ImageId& image);
void delete_fast_launch(Database& db, std::string_view owner, const ImageId& image);
/// Everybody's: the image is gone.
void delete_fast_launches_of(Database& db, const ImageId& image);

struct FastLaunchQuery {
    std::string_view owner;
    std::string_view region;
    /// Only these; empty: all.
    std::vector<std::string> image_ids;
    std::span<const Filter> filters;
    std::string_view after;
    std::int64_t limit;
};

/// In the order of the images' ids.
std::vector<FastLaunchRow> select_fast_launches(Database& db, const FastLaunchQuery& query);

}  // namespace amilab
