#pragma once

#include <string>

#include "storage/metadata/sql/listing.h"

/// Where instance types are offered; the same for every account.
namespace amilab {

struct InstanceTypeOfferingRow {
    std::string instance_type{};
    std::string location_type{};
    std::string location{};
};

inline constexpr auto kInstanceTypeOfferingColumns =
    columns<InstanceTypeOfferingRow>("catalogue.instance_type_offering", "o",
                                     text<&InstanceTypeOfferingRow::instance_type>("instance_type"),
                                     text<&InstanceTypeOfferingRow::location_type>("location_type"),
                                     text<&InstanceTypeOfferingRow::location>("location"));
// Source: EC2 API Reference, DescribeInstanceTypeOfferings (documented).
inline constexpr FilterColumn kInstanceTypeOfferingFilters[] = {
    {"instance-type", "instance_type"},
    {"location", "location"},
};
/// A region's offerings by all types of location, of which ListQuery::among is to name one.
inline constexpr Listing<InstanceTypeOfferingRow> kInstanceTypeOfferingList{
    .key = "o.instance_type",
    .second_key = "o.location",
    .owner = "-",
    .columns = kInstanceTypeOfferingColumns,
    .filters = kInstanceTypeOfferingFilters};
inline constexpr std::string_view kOfferingLocationType = "o.location_type";

}  // namespace amilab
