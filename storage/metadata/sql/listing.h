#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/filter.h"

/// Lists of resources, a page at a time.
namespace amilab {

/// What a call asks of a list.
struct ListQuery {
    /// Whose rows: or, of what is shared, who looks.
    std::string_view owner{};
    std::string_view region{};
    /// Only these; empty: any.
    std::vector<std::string> ids{};
    std::vector<RowFilter> filters{};
    /// Columns, or what else the list names, that are to have one of these values; one without
    /// values is not asked for.
    std::vector<std::pair<std::string_view, std::vector<std::string>>> among{};
    /// More conditions, each behind " AND ", of what needs values of its own.
    Query also{};
    TimeMs now_ms = 0;
    /// The key of the last row of the page before; empty at the start.
    std::string_view after{};
    /// Rows at most; -1 is all.
    std::int64_t limit = -1;

    /// The values of `among` that the name has; none when it is not asked for.
    std::span<const std::string> values_among(std::string_view name) const;
};

/// How a list is read. Names are columns' or SQL; `$now` in it is the query's time.
///
///     constexpr FilterColumn kVolumeFilters[] = {{"size", "size_gib"}, ...};
///     constexpr Listing<decltype(kVolumeColumns)> kVolumeList{
///         .key = "v.id", .where = "v.state <> 'deleted'",
///         .columns = kVolumeColumns, .filters = kVolumeFilters};
template <class Columns>
struct Listing {
    /// Where rows come from, when that is not the columns' table alone: "subnet s JOIN ...".
    std::string_view from = {};
    std::string_view where = {};
    /// What pages are ordered by, and what ids name.
    std::string_view key;
    /// Of rows whose place is told by two: the other. A key text is then "first/second".
    std::string_view second_key = {};
    /// What rows are grouped by; empty: nothing.
    std::string_view group = {};
    std::string_view owner = {};   ///< "alias.owner" unless said otherwise; "-" for none
    std::string_view region = {};  ///< "alias.region" unless said otherwise; "-" for none
    const Columns& columns;
    std::span<const FilterColumn> filters = {};
};

// What select_page() is made of.
namespace listing {

struct Names {
    std::string from;
    std::string owner;
    std::string region;
};

template <class Columns>
Names names_of(const Listing<Columns>& list)
{
    const auto alias = std::string(list.columns.alias);
    return {
        list.from.empty() ? std::string(list.columns.table) + " " + alias : std::string(list.from),
        list.owner.empty() ? alias + ".owner" : std::string(list.owner),
        list.region.empty() ? alias + ".region" : std::string(list.region)};
}

/// The columns that filters name, each as the text that it is compared as; others as they are.
template <class Columns>
std::vector<ResolvedFilter> resolve(const Listing<Columns>& list)
{
    std::vector<ResolvedFilter> resolved;
    for (const auto& filter : list.filters) {
        FilterText text{std::string(filter.value)};
        const auto look = [&](const auto& column) {
            if (column.name == filter.value) {
                text = as_filter_text(expression_of(column, list.columns.alias), column.type);
            }
        };
        std::apply([&](const auto&... column) { (look(column), ...); }, list.columns.all);
        resolved.push_back({filter.name, std::move(text.value),
                            std::string(filter.before) + text.before,
                            text.after + std::string(filter.after)});
    }
    return resolved;
}

void append_scope(Query& query, const Names& names, const ListQuery& wanted);

struct Order {
    std::string_view key;
    std::string_view second_key;
    std::string_view group;
};
void append_page(Query& query, const Order& order, const ListQuery& wanted);

/// All rows of a SELECT of the columns.
template <const auto& kColumns>
auto rows_of(Database& db, const Query& query)
{
    auto select = query.on(db);
    std::vector<typename std::decay_t<decltype(kColumns)>::Row> rows;
    while (select.step()) {
        rows.push_back(read_row(kColumns, select.row()));
    }
    return rows;
}

}  // namespace listing

/// The page that the query asks for, in the order of keys.
template <const auto& kList>
auto select_page(Database& db, const ListQuery& wanted)
{
    static const auto names = listing::names_of(kList);
    static const auto filters = listing::resolve(kList);
    Query query;
    query.at(wanted.now_ms).sql("SELECT ").part(select_list<kList.columns>());
    query.sql(" FROM ").part(names.from);
    listing::append_scope(query, names, wanted);
    if (!kList.where.empty()) {
        query.sql(" AND ").part(kList.where);
    }
    if (!wanted.ids.empty()) {
        query.sql(" AND ").sql(kList.key).sql(" IN ").list(wanted.ids);
    }
    append_filters(query, wanted.filters, filters, kList.key, wanted.owner);
    query.append(wanted.also);
    listing::append_page(query, {kList.key, kList.second_key, kList.group}, wanted);
    return listing::rows_of<kList.columns>(db, query);
}

/// The owner's row in which the member has the value, if there is one. For lists of all rows of a
/// table; what hangs on the time is not to be read in the row: `$now` is 0.
///
///     select_own<kKeyPairList, &KeyPairRow::name>(db, owner, region, "mine")
template <const auto& kList, auto kMember, class Value>
auto select_own(Database& db, std::string_view owner, std::string_view region, const Value& value)
{
    static_assert(kList.where.empty());
    static const auto tail = [] {
        const auto names = listing::names_of(kList);
        return "FROM " + names.from + " WHERE " + std::string(kList.columns.alias) + "." +
               std::string(column_name<kList.columns, kMember>()) + " = ? AND " + names.owner +
               " = ? AND " + names.region + " = ?";
    }();
    return select_row<kList.columns>(db, tail, value, owner, region);
}

/// How many rows of such a list the owner has in the region.
template <const auto& kList>
std::int64_t count_own(Database& db, std::string_view owner, std::string_view region)
{
    static_assert(kList.where.empty());
    static const auto sql = [] {
        const auto names = listing::names_of(kList);
        return "SELECT COUNT(*) FROM " + names.from + " WHERE " + names.owner + " = ? AND " +
               names.region + " = ?";
    }();
    Statement select(db, sql);
    select.bind(owner, region);
    select.step();
    return select.row().integer();
}

/// The ids that the list does not have for the query's owner and region, in their order,
/// whatever the filters.
template <const auto& kList>
std::vector<std::string> missing_ids(Database& db, const ListQuery& wanted)
{
    static const auto names = listing::names_of(kList);
    if (wanted.ids.empty()) {
        return {};
    }
    Query query;
    query.at(wanted.now_ms).sql("SELECT ").sql(kList.key).sql(" FROM ").part(names.from);
    listing::append_scope(query, names, {.owner = wanted.owner, .region = wanted.region});
    if (!kList.where.empty()) {
        query.sql(" AND ").part(kList.where);
    }
    query.sql(" AND ").sql(kList.key).sql(" IN ").list(wanted.ids);
    return without(wanted.ids, query.on(db).texts());
}

}  // namespace amilab
