#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/sql/database.h"

/// AWS's public prices, as the catalogue has them. What is not there has no price that we know,
/// which is not the same as costing nothing.
namespace amilab {

/// Billionths of a US dollar, before taxes.
enum class NanoUsd : std::int64_t {};

/// Where a price was read, and when.
struct PriceSourceRow {
    std::string page{};
    /// 2026-10-15
    std::string date{};
};
std::vector<PriceSourceRow> select_price_sources(Database& db);

/// Of one unit of `item`, whose names fixtures/catalog/schema.sql has, such as volume-gp3.
std::optional<NanoUsd> select_price(Database& db, std::string_view region, std::string_view item);

/// An hour of an instance: on-demand, shared tenancy, Linux.
std::optional<NanoUsd> select_instance_price(Database& db, std::string_view region,
                                             std::string_view instance_type);

/// A GB of data from one region to another.
std::optional<NanoUsd> select_transfer_price(Database& db, std::string_view from,
                                             std::string_view to);

}  // namespace amilab
