#include "storage/metadata/sql/columns.h"

#include <algorithm>

namespace amilab {

std::string Column::in_sql(std::string_view alias) const
{
    if (!expression.empty()) {
        return std::string(expression);
    }
    return std::string(alias) + "." + std::string(name);
}

namespace column {

std::string select_list(std::span<const Column> columns, std::string_view alias)
{
    std::string list;
    for (const auto& one : columns) {
        list += (list.empty() ? "" : ", ") + one.in_sql(alias);
    }
    return list;
}

std::string insert_sql(std::string_view table, std::span<const Column> columns, Insert how)
{
    std::string names;
    std::string marks;
    for (const auto& one : columns) {
        if (one.is_stored) {
            names += (names.empty() ? "" : ", ") + std::string(one.name);
            marks += marks.empty() ? "?" : ", ?";
        }
    }
    return std::string(how == Insert::kReplace ? "INSERT OR REPLACE INTO " : "INSERT INTO ") +
           std::string(table) + " (" + names + ") VALUES (" + marks + ")" +
           (how == Insert::kUnlessThere ? " ON CONFLICT DO NOTHING" : "");
}

void insert(Database& db, const std::string& sql, std::span<const Column> columns, const void* row)
{
    Statement statement(db, sql);
    statement.begin(
        static_cast<std::size_t>(std::ranges::count(columns, true, &Column::is_stored)));
    int index = 0;
    for (const auto& one : columns) {
        if (one.is_stored) {
            one.bind(statement, ++index, row);
        }
    }
    while (statement.step()) {
    }
}

void read_row(std::span<const Column> columns, Statement::Row values, void* row)
{
    for (const auto& one : columns) {
        one.read(values, row);
    }
}

}  // namespace column

}  // namespace amilab
