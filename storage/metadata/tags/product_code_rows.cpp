#include "storage/metadata/tags/product_code_rows.h"

#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/children.h"

namespace amilab {

namespace {

struct GivenCodeRow {
    std::string resource_id{};
    std::string code{};
    ProductCodeType type = ProductCodeType::kMarketplace;
};

constexpr auto kCodeColumns =
    columns<GivenCodeRow>("main.product_code", "c", text<&GivenCodeRow::resource_id>("resource_id"),
                          text<&GivenCodeRow::code>("code"), text<&GivenCodeRow::type>("type"));
constexpr Children<GivenCodeRow> kOwnCodes{
    .columns = kCodeColumns, .parent = "resource_id", .order = "code"};
constexpr Children<GivenCodeRow> kCatalogueCodes{
    .from = "(SELECT image_id AS resource_id, code, type FROM catalogue.image_product_code)",
    .columns = kCodeColumns,
    .parent = "resource_id",
    .order = "code"};

std::vector<GivenCodeRow> select_codes(Database& db, const std::vector<std::string>& resource_ids)
{
    constexpr auto kResource = &GivenCodeRow::resource_id;
    // Two lookups cost less than a merge of both.
    auto rows = select_children<kOwnCodes>(db, resource_ids);
    auto images = childless(rows, kResource, resource_ids);
    std::erase_if(images, [](const auto& id) { return !has_id_prefix(id, ImageTag::kPrefix); });
    add_children(rows, kResource, select_children<kCatalogueCodes>(db, images));
    return rows;
}

}  // namespace

std::vector<ProductCodeRow> select_product_codes(Database& db, std::string_view resource_id)
{
    std::vector<ProductCodeRow> codes;
    for (auto& row : select_codes(db, {std::string(resource_id)})) {
        codes.push_back({std::move(row.code), row.type});
    }
    return codes;
}

std::vector<std::pair<std::string, ProductCodeRow>> select_product_codes_on(
    Database& db, const std::vector<std::string>& resource_ids)
{
    std::vector<std::pair<std::string, ProductCodeRow>> codes;
    for (auto& row : select_codes(db, resource_ids)) {
        codes.emplace_back(std::move(row.resource_id),
                           ProductCodeRow{std::move(row.code), row.type});
    }
    return codes;
}

bool has_product_code(Database& db, std::string_view resource_id, std::string_view code)
{
    Statement select(db, "SELECT 1 FROM product_code WHERE resource_id = ? AND code = ?");
    select.bind(resource_id, code);
    return select.step();
}

void insert_product_code(Database& db, std::string_view resource_id, const ProductCodeRow& row)
{
    insert_unless_there<kCodeColumns>(
        db, {.resource_id = std::string(resource_id), .code = row.code, .type = row.type});
}

void copy_product_codes(Database& db, std::string_view from, std::string_view to)
{
    for (const auto& row : select_product_codes(db, from)) {
        insert_product_code(db, to, row);
    }
}

void drop_product_codes_of_volume(Database& db, std::string_view instance_id,
                                  std::string_view volume_id)
{
    Statement remove(db,
                     "DELETE FROM product_code WHERE resource_id = $instance"
                     " AND code IN (SELECT code FROM product_code WHERE resource_id = $volume)"
                     " AND code NOT IN (SELECT c.code FROM attachment AS a"
                     " JOIN product_code AS c ON c.resource_id = a.volume_id"
                     " WHERE a.instance_id = $instance AND a.volume_id <> $volume)");
    remove.bind_named({{{"$instance", instance_id}, {"$volume", volume_id}}});
    remove.step();
}

}  // namespace amilab
