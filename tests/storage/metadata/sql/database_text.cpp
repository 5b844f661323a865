#include "tests/storage/metadata/sql/database_text.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab::test {

namespace {

std::vector<std::string> texts(Database& db, const std::string& sql)
{
    Statement select(db, sql);
    select.bind();
    std::vector<std::string> found;
    while (select.step()) {
        found.push_back(select.row().text());
    }
    return found;
}

}  // namespace

std::string schema_text(Database& db)
{
    std::string schema;
    for (const auto& text :
         texts(db, "SELECT coalesce(sql, name) FROM main.sqlite_schema ORDER BY rowid")) {
        schema += text + ";\n";
    }
    return schema + fmt::format("PRAGMA user_version = {};\n", user_version(db));
}

int user_version(Database& db)
{
    Statement select(db, "PRAGMA user_version");
    select.bind();
    select.step();
    return static_cast<int>(select.row().integer());
}

TableColumns columns_of(Database& db)
{
    TableColumns columns;
    for (const auto& table :
         texts(db, "SELECT name FROM main.sqlite_schema WHERE type = 'table'")) {
        columns[table] =
            texts(db, fmt::format("SELECT name FROM pragma_table_info('{}', 'main')", table));
    }
    return columns;
}

TableColumns common_columns(const TableColumns& left, const TableColumns& right)
{
    TableColumns common;
    for (const auto& [table, columns] : left) {
        const auto other = right.find(table);
        if (other == right.end()) {
            continue;
        }
        std::copy_if(columns.begin(), columns.end(), std::back_inserter(common[table]),
                     [&](const std::string& column) {
                         return std::count(other->second.begin(), other->second.end(), column) > 0;
                     });
    }
    return common;
}

std::map<std::string, std::vector<std::string>> rows_of(Database& db, const TableColumns& columns)
{
    std::map<std::string, std::vector<std::string>> rows;
    for (const auto& [table, names] : columns) {
        std::string literals;
        for (const auto& name : names) {
            literals += fmt::format("{}'{}=' || quote({})", literals.empty() ? "" : " || ' ' || ",
                                    name, name);
        }
        rows[table] = texts(db, fmt::format("SELECT {} FROM main.{} ORDER BY 1", literals, table));
    }
    return rows;
}

}  // namespace amilab::test
