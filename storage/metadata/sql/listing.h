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
    /// A column that the order begins with, by an index of region, owner, this column and the key;
    /// empty: the order is that of keys. A key text is "its value/key" then.
    std::string_view ahead{};
    /// The key of the last row of the page before; empty at the start.
    std::string_view after{};
    /// A key that all rows are behind, in whatever order they come; empty: any.
    std::string_view behind{};
    /// Rows at most; -1 is all.
    std::int64_t limit = -1;

    /// The values of `among` that the name has; none when it is not asked for.
    std::span<const std::string> values_among(std::string_view name) const;
};

/// How a list is read. Names are columns' or SQL; `$now` in it is the query's time.
///
///     constexpr FilterColumn kVolumeFilters[] = {{"size", "size_gib"}, ...};
///     const Listing<VolumeRow> kVolumeList{
///         .key = "v.id", .where = "v.state <> 'deleted'",
///         .columns = kVolumeColumns, .filters = kVolumeFilters};
template <class Row_>
struct Listing {
    using Row = Row_;
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
    Columns<Row> columns;
    std::span<const FilterColumn> filters = {};
};

// What select_page() is made of.
namespace listing {

/// SQL of a Listing, whatever its rows; made once.
class ListingSql {
public:
    template <class Row>
    explicit ListingSql(const Listing<Row>& list)
        : ListingSql(list.columns.table, list.columns.alias, list.columns.all, list.filters)
    {
        where_ = list.where;
        key_ = list.key;
        second_key_ = list.second_key;
        group_ = list.group;
        replace(from_, list.from);
        replace(owner_, list.owner);
        replace(region_, list.region);
    }

    /// SELECTs the page that is asked for.
    Query page(const ListQuery& wanted) const;
    /// SELECTs the keys that are there of the ids, whatever the filters.
    Query keys(const ListQuery& wanted) const;
    /// The list's filters, each with the text that it is compared as.
    const std::vector<ResolvedFilter>& filters() const { return filters_; }
    /// SELECTs all of an owner's rows in a region.
    Query own(std::string_view owner, std::string_view region) const;
    std::int64_t count_own(Database& db, std::string_view owner, std::string_view region) const;

private:
    ListingSql(std::string_view table, std::string_view alias, std::span<const Column> columns,
               std::span<const FilterColumn> filters);
    static void replace(std::string& text, std::string_view said);
    void append_base(Query& query, std::string_view columns, const ListQuery& wanted) const;
    void append_scope(Query& query, const ListQuery& wanted) const;
    void append_after(Query& query, const ListQuery& wanted) const;
    /// What rows are ordered by: one column, or two.
    std::pair<std::string_view, std::string_view> order(const ListQuery& wanted) const;

    std::string columns_;
    std::string from_;
    std::string owner_;
    std::string region_;
    std::string_view where_;
    std::string_view key_;
    std::string_view second_key_;
    std::string_view group_;
    std::vector<ResolvedFilter> filters_;
};

template <const auto& kList>
const ListingSql& sql_of()
{
    static const ListingSql made(kList);
    return made;
}

/// Those of the query's ids that the list does not have.
std::vector<std::string> missing_ids(Database& db, const ListingSql& list, const ListQuery& wanted);

}  // namespace listing

/// The page that the query asks for, in the order of keys.
template <const auto& kList>
std::vector<RowOf<kList>> select_page(Database& db, const ListQuery& wanted)
{
    return column::rows_of<RowOf<kList>>(db, kList.columns.all,
                                         listing::sql_of<kList>().page(wanted));
}

/// The owner's row in which the member has the value, if there is one. For lists of all rows of a
/// table; what hangs on the time is not to be read in the row: `$now` is 0.
///
///     select_own<kKeyPairList, &KeyPairRow::name>(db, owner, region, "mine")
template <const auto& kList, auto kMember, class Value>
std::optional<RowOf<kList>> select_own(Database& db, std::string_view owner,
                                       std::string_view region, const Value& value)
{
    static_assert(kList.where.empty());
    static const auto term = " AND " + std::string(kList.columns.alias) + "." +
                             std::string(column_name<kMember>(kList.columns.all)) + " = ?";
    auto query = listing::sql_of<kList>().own(owner, region);
    query.part(term, value);
    return column::row_of<RowOf<kList>>(db, kList.columns.all, query);
}

/// How many rows of such a list the owner has in the region.
template <const auto& kList>
std::int64_t count_own(Database& db, std::string_view owner, std::string_view region)
{
    static_assert(kList.where.empty());
    return listing::sql_of<kList>().count_own(db, owner, region);
}

/// The ids that the list does not have for the query's owner and region, in their order,
/// whatever the filters.
template <const auto& kList>
std::vector<std::string> missing_ids(Database& db, const ListQuery& wanted)
{
    return listing::missing_ids(db, listing::sql_of<kList>(), wanted);
}

}  // namespace amilab
