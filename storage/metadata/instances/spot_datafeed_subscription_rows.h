#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// Where an account wants to have logs of its Spot Instances; nothing is written there.
struct SpotDatafeedSubscriptionRow {
    std::string owner{};
    std::string bucket{};
    std::optional<std::string> prefix{};
};
inline constexpr auto kSpotDatafeedSubscriptionColumns = columns<SpotDatafeedSubscriptionRow>(
    "spot_datafeed_subscription", "f", text<&SpotDatafeedSubscriptionRow::owner>("owner"),
    text<&SpotDatafeedSubscriptionRow::bucket>("bucket"),
    text<&SpotDatafeedSubscriptionRow::prefix>("prefix"));

inline std::optional<SpotDatafeedSubscriptionRow> select_spot_datafeed_subscription(
    Database& db, std::string_view owner)
{
    return select_row<kSpotDatafeedSubscriptionColumns>(
        db, "FROM spot_datafeed_subscription f WHERE f.owner = ?", owner);
}

inline void delete_spot_datafeed_subscription(Database& db, std::string_view owner)
{
    Statement(db, "DELETE FROM spot_datafeed_subscription WHERE owner = ?").execute(owner);
}

}  // namespace amilab
