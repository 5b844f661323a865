#include "storage/metadata/instances/spot_price_rows.h"

namespace amilab {

std::optional<std::string> select_spot_price(Database& db, std::string_view region,
                                             std::string_view instance_type, std::string_view zone,
                                             std::string_view product)
{
    auto rows =
        select_page<kSpotPriceList>(db, {.region = region,
                                         .among = {{kSpotPriceType, {std::string(instance_type)}},
                                                   {kSpotPriceZone, {std::string(zone)}},
                                                   {kSpotPriceProduct, {std::string(product)}}}});
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front().price));
}

}  // namespace amilab
