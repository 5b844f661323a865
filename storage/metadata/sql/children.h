#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "storage/metadata/sql/columns.h"

/// Rows that belong to other rows, such as the mappings of images: read for a whole page by one
/// statement.
namespace amilab {

/// How children are read. Names are columns'.
///
///     constexpr Children<decltype(kImageMappingColumns)> kImageMappings{
///         .columns = kImageMappingColumns, .parent = "image_id", .order = "position"};
template <class Columns>
struct Children {
    /// Where rows come from, when that is not the columns' table: another one, or a SELECT.
    std::string_view from = {};
    const Columns& columns;
    std::string_view parent;
    /// The order of those of one parent.
    std::string_view order;
};

/// The SELECT of one parent's children, or of those of a list of parents.
template <const auto& kChildren>
std::string children_sql(std::string_view of_parents)
{
    const auto& columns = kChildren.columns;
    const auto alias = std::string(columns.alias);
    const auto parent = alias + "." + std::string(kChildren.parent);
    const auto from = kChildren.from.empty() ? columns.table : kChildren.from;
    return "SELECT " + select_list<kChildren.columns>() + " FROM " + std::string(from) + " AS " +
           alias + " WHERE " + parent + std::string(of_parents) + " ORDER BY " + parent + ", " +
           alias + "." + std::string(kChildren.order);
}

/// The rows that belong to `ids`, in the order of their parents and then their own.
template <const auto& kChildren>
auto select_children(Database& db, const std::vector<std::string>& ids)
{
    std::vector<typename std::decay_t<decltype(kChildren.columns)>::Row> rows;
    if (ids.empty()) {
        return rows;
    }
    // One id, which is what most calls name, needs no list.
    static const auto of_one = children_sql<kChildren>(" = ?");
    static const auto of_list = children_sql<kChildren>(" IN (SELECT value FROM json_each(?))");
    const bool is_one = ids.size() == 1;
    Statement select(db, is_one ? of_one : of_list);
    select.bind(is_one ? ids.front() : json_list(ids));
    while (select.step()) {
        rows.push_back(read_row(kChildren.columns, select.row()));
    }
    return rows;
}

/// The rows of select_children() whose member `parent` is `id`.
template <class Row>
std::span<const Row> children_of(const std::vector<Row>& rows, std::string Row::*parent,
                                 const std::string& id)
{
    return std::ranges::equal_range(rows, id, {}, parent);
}

/// The ids that none of select_children()'s rows belongs to.
template <class Row>
std::vector<std::string> childless(const std::vector<Row>& rows, std::string Row::*parent,
                                   const std::vector<std::string>& ids)
{
    std::vector<std::string> rest;
    std::ranges::copy_if(ids, std::back_inserter(rest), [&](const std::string& id) {
        return !std::ranges::binary_search(rows, id, {}, parent);
    });
    return rest;
}

/// Puts rows of other parents among select_children()'s rows.
template <class Row>
void add_children(std::vector<Row>& rows, std::string Row::*parent, std::vector<Row>&& more)
{
    const auto middle = static_cast<std::ptrdiff_t>(rows.size());
    std::ranges::move(more, std::back_inserter(rows));
    std::ranges::inplace_merge(rows, rows.begin() + middle, {}, parent);
}

}  // namespace amilab
