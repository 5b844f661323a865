#include "storage/metadata/costs/price_rows.h"

#include <cstddef>

#include <fmt/format.h>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kSourceColumns =
    columns<PriceSourceRow>("catalogue.price_source", "p", text<&PriceSourceRow::page>("page"),
                            text<&PriceSourceRow::date>("date"));

/// The number at a place of instance_price.prices, in millionths of a dollar; 0: none.
std::int64_t number_at(std::string_view numbers, std::size_t place)
{
    constexpr std::size_t kWidth = 4;
    std::int64_t number = 0;
    for (const char byte : numbers.substr(place * kWidth, kWidth)) {
        number = number * 256 + static_cast<unsigned char>(byte);
    }
    return number;
}

}  // namespace

std::vector<PriceSourceRow> select_price_sources(Database& db)
{
    return select_rows<kSourceColumns>(db, "FROM catalogue.price_source p ORDER BY p.number");
}

std::optional<NanoUsd> select_price(Database& db, std::string_view region, std::string_view item)
{
    Statement select(db,
                     "SELECT p.nano_usd FROM catalogue.region r"
                     " JOIN catalogue.price p ON p.region = r.number AND p.item = ?"
                     " WHERE r.name = ?");
    select.bind(item, region);
    return select.step() ? std::optional(NanoUsd{select.row().integer()}) : std::nullopt;
}

std::optional<NanoUsd> select_instance_price(Database& db, std::string_view region,
                                             std::string_view instance_type)
{
    constexpr std::int64_t kNanosOfOne = 1'000;
    Statement select(db,
                     "SELECT r.number, p.prices FROM catalogue.instance_price p"
                     " JOIN catalogue.region r ON r.name = ? WHERE p.name = ?");
    select.bind(region, instance_type);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    const auto place = static_cast<std::size_t>(row.integer()) - 1;
    const auto numbers = row.blob();
    const auto price = place * 4 < numbers.size() ? number_at(numbers, place) : 0;
    return price > 0 ? std::optional(NanoUsd{price * kNanosOfOne}) : std::nullopt;
}

std::optional<NanoUsd> select_transfer_price(Database& db, std::string_view from,
                                             std::string_view to)
{
    const auto special = select_price(db, from, fmt::format("transfer-{}", to));
    return special ? special : select_price(db, from, "transfer");
}

}  // namespace amilab
