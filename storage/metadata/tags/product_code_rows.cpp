#include "storage/metadata/tags/product_code_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

std::vector<ProductCodeRow> read_codes(Database& db, std::string_view sql,
                                       std::string_view resource_id)
{
    Statement select(db, sql);
    select.bind(resource_id);
    std::vector<ProductCodeRow> rows;
    while (select.step()) {
        auto row = select.row();
        auto code = row.text();
        rows.push_back({std::move(code), row.text()});
    }
    return rows;
}

}  // namespace

std::vector<ProductCodeRow> select_product_codes(Database& db, std::string_view resource_id)
{
    // Two lookups cost less than a merge of both.
    auto rows =
        read_codes(db, "SELECT code, type FROM product_code WHERE resource_id = ?1 ORDER BY code",
                   resource_id);
    if (rows.empty() && resource_id.starts_with("ami-")) {
        rows = read_codes(db,
                          "SELECT code, type FROM catalogue.image_product_code WHERE image_id = ?1"
                          " ORDER BY code",
                          resource_id);
    }
    return rows;
}

std::vector<std::pair<std::string, ProductCodeRow>> select_product_codes_on(
    Database& db, const std::vector<std::string>& resource_ids)
{
    Statement select(db,
                     "SELECT c.resource_id, c.code, c.type FROM json_each(?) one"
                     " CROSS JOIN product_code c ON c.resource_id = one.value"
                     " ORDER BY c.resource_id, c.code");
    select.bind(json_list(resource_ids));
    std::vector<std::pair<std::string, ProductCodeRow>> rows;
    while (select.step()) {
        auto row = select.row();
        auto resource_id = row.text();
        auto code = row.text();
        rows.emplace_back(std::move(resource_id), ProductCodeRow{std::move(code), row.text()});
    }
    return rows;
}

bool has_product_code(Database& db, std::string_view resource_id, std::string_view code)
{
    Statement select(db, "SELECT 1 FROM product_code WHERE resource_id = ?1 AND code = ?2");
    select.bind(resource_id, code);
    return select.step();
}

void insert_product_code(Database& db, std::string_view resource_id, const ProductCodeRow& row)
{
    Statement(db,
              "INSERT INTO product_code (resource_id, code, type) VALUES (?1, ?2, ?3)"
              " ON CONFLICT DO NOTHING")
        .execute(resource_id, row.code, row.type);
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
    Statement(db,
              "DELETE FROM product_code WHERE resource_id = ?1"
              " AND code IN (SELECT code FROM product_code WHERE resource_id = ?2)"
              " AND code NOT IN (SELECT c.code FROM attachment AS a"
              " JOIN product_code AS c ON c.resource_id = a.volume_id"
              " WHERE a.instance_id = ?1 AND a.volume_id <> ?2)")
        .execute(instance_id, volume_id);
}

}  // namespace amilab
