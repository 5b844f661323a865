#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

enum class ProductCodeType : std::uint8_t { kDevpay, kMarketplace };
template <>
inline constexpr auto kWords<ProductCodeType> = words("devpay", "marketplace");

struct ProductCodeRow {
    std::string code{};
    ProductCodeType type = ProductCodeType::kMarketplace;
};

/// Product codes of an image (own or of the catalogue), a snapshot, a volume or an instance, in the
/// order of the codes. They go with their resource.
std::vector<ProductCodeRow> select_product_codes(Database& db, std::string_view resource_id);
/// Product codes of several resources, each with its resource's id, in the order of ids and codes.
std::vector<std::pair<std::string, ProductCodeRow>> select_product_codes_on(
    Database& db, const std::vector<std::string>& resource_ids);
bool has_product_code(Database& db, std::string_view resource_id, std::string_view code);
void insert_product_code(Database& db, std::string_view resource_id, const ProductCodeRow& row);
/// Gives `to` the codes of `from` on top of its own.
void copy_product_codes(Database& db, std::string_view from, std::string_view to);
/// Takes from an instance the codes of a volume that is no longer attached to it, but for those
/// that another volume attached to it has.
void drop_product_codes_of_volume(Database& db, std::string_view instance_id,
                                  std::string_view volume_id);

}  // namespace amilab
