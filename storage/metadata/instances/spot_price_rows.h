#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// What Spot Instances cost. AWS's prices change from hour to hour; these hang on vCPUs, memory,
/// the letter of the zone and the product alone, and never change.
namespace amilab {

struct SpotPriceRow {
    std::string instance_type{};
    std::string zone{};
    std::string zone_id{};
    /// Linux/UNIX
    std::string product{};
    /// Dollars for an hour, with six digits behind the point.
    std::string price{};
    TimeMs time_ms = 0;
    /// Where it stands in lists.
    std::string place{};
};

/// Source: assumed; so that a t3.micro costs about what it does at AWS.
inline constexpr auto kSpotPrice =
    sql("printf('%.6f', (t.default_vcpus * 0.0012 + t.memory_mib / 1024.0 * 0.0011)"
        " * (1.0 + 0.01 * (unicode(substr(z.name, -1)) % 8)) * p.factor)");
/// Source: EC2 API Reference, DescribeSpotPriceHistory, product-description (documented); that
/// Windows costs half as much again, and the others a quarter, is assumed.
inline constexpr std::string_view kSpotPriceFrom =
    "catalogue.instance_type_offering o"
    " JOIN catalogue.instance_type t ON t.name = o.instance_type"
    " JOIN catalogue.availability_zone z ON z.name = o.location"
    " JOIN (SELECT 'Linux/UNIX' AS name, 1.0 AS factor"
    " UNION ALL SELECT 'Linux/UNIX (Amazon VPC)', 1.0"
    " UNION ALL SELECT 'Red Hat Enterprise Linux', 1.25"
    " UNION ALL SELECT 'SUSE Linux', 1.25"
    " UNION ALL SELECT 'Windows', 1.5"
    " UNION ALL SELECT 'Windows (Amazon VPC)', 1.5) p";
inline constexpr std::string_view kIsSpotPriced =
    "o.location_type = 'availability-zone' AND t.supported_usage_classes LIKE '%spot%'"
    " AND (p.name NOT LIKE 'Windows%' OR t.supported_architectures LIKE '%x86_64%')";
inline constexpr auto kSpotPricePlace = sql("(o.instance_type || '/' || z.name || '/' || p.name)");
/// The last change before the query's time: at the beginning of its day.
inline constexpr auto kSpotPriceTime = sql("($now - $now % 86400000)");

inline constexpr auto kSpotPriceColumns =
    columns<SpotPriceRow>("catalogue.instance_type", "t",
                          text<&SpotPriceRow::instance_type>("instance_type").as("o.instance_type"),
                          text<&SpotPriceRow::zone>("zone").as("z.name"),
                          text<&SpotPriceRow::zone_id>("zone_id").as("z.zone_id"),
                          text<&SpotPriceRow::product>("product").as("p.name"),
                          text<&SpotPriceRow::price>("price").as(kSpotPrice),
                          time<&SpotPriceRow::time_ms>("time_ms").as(kSpotPriceTime),
                          text<&SpotPriceRow::place>("place").as(kSpotPricePlace));
/// Source: EC2 API Reference, DescribeSpotPriceHistory (documented).
inline constexpr FilterColumn kSpotPriceFilters[] = {
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"instance-type", "instance_type"},
    {"product-description", "product"},
    {"spot-price", "price"},
    {"timestamp", "time_ms"},
};
/// A region's prices; what ListQuery::among can name is below.
inline constexpr Listing<SpotPriceRow> kSpotPriceList{.from = kSpotPriceFrom,
                                                      .where = kIsSpotPriced,
                                                      .key = kSpotPricePlace,
                                                      .owner = "-",
                                                      .region = "o.region",
                                                      .columns = kSpotPriceColumns,
                                                      .filters = kSpotPriceFilters};
inline constexpr std::string_view kSpotPriceType = "o.instance_type";
inline constexpr std::string_view kSpotPriceZone = "z.name";
inline constexpr std::string_view kSpotPriceZoneId = "z.zone_id";
inline constexpr std::string_view kSpotPriceProduct = "p.name";

/// The price of the type in a zone of the region; nothing where there are no Spot Instances of it.
std::optional<std::string> select_spot_price(Database& db, std::string_view region,
                                             std::string_view instance_type, std::string_view zone,
                                             std::string_view product);

}  // namespace amilab
