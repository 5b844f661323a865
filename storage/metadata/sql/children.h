#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/sql/columns.h"

/// Rows that belong to other rows, such as the mappings of images: read for a whole page by one
/// statement.
namespace amilab {

/// How children are read. Names are columns'.
///
///     constexpr Children<ImageMappingRow> kImageMappings{
///         .columns = kImageMappingColumns, .parent = "image_id", .order = "position"};
template <class Row_>
struct Children {
    using Row = Row_;
    /// Where rows come from, when that is not the columns' table: another one, or a SELECT.
    std::string_view from = {};
    Columns<Row> columns;
    std::string_view parent;
    /// The order of those of one parent.
    std::string_view order;
};

// What select_children() is made of.
namespace children {

/// The SELECTs of one parent's children, and of those of a list of parents.
struct Selects {
    template <class Row>
    explicit Selects(const Children<Row>& children)
        : Selects(children.from.empty() ? children.columns.table : children.from,
                  children.columns.alias, children.columns.all, children.parent, children.order)
    {
    }
    Selects(std::string_view from, std::string_view alias, std::span<const Column> columns,
            std::string_view parent, std::string_view order);

    std::string of_one;
    std::string of_list;
};

}  // namespace children

/// The rows that belong to `ids`, in the order of their parents and then their own.
template <const auto& kChildren>
std::vector<RowOf<kChildren>> select_children(Database& db, const std::vector<std::string>& ids)
{
    if (ids.empty()) {
        return {};
    }
    static const children::Selects selects(kChildren);
    // One id, which is what most calls name, needs no list.
    const bool is_one = ids.size() == 1;
    Statement select(db, is_one ? selects.of_one : selects.of_list);
    select.bind(is_one ? ids.front() : json_list(ids));
    return column::rows_of<RowOf<kChildren>>(select, kChildren.columns.all);
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
