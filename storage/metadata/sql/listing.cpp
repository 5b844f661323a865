#include "storage/metadata/sql/listing.h"

#include <algorithm>

#include "storage/base/lists.h"

namespace amilab {

std::span<const std::string> ListQuery::values_among(std::string_view name) const
{
    const auto found = std::ranges::find(among, name, &decltype(among)::value_type::first);
    return found == among.end() ? std::span<const std::string>() : std::span(found->second);
}

namespace listing {

namespace {

void append_term(Query& query, std::string_view column, std::string_view value, bool& is_first)
{
    if (column == "-") {
        return;
    }
    query.sql(is_first ? " WHERE " : " AND ").sql(column).sql(" = ").value(value);
    is_first = false;
}

/// What filters compare: a column's value as text where one is named, else the SQL that is given.
ResolvedFilter resolve(const FilterColumn& filter, std::span<const Column> columns,
                       std::string_view alias)
{
    const auto named = std::ranges::find(columns, filter.value, &Column::name);
    const auto text = named == columns.end() ? FilterText{std::string(filter.value)}
                                             : as_filter_text(named->in_sql(alias), named->type);
    return {filter.name, text.value, std::string(filter.before) + text.before,
            text.after + std::string(filter.after), std::string(filter.before_patterns)};
}

}  // namespace

ListingSql::ListingSql(std::string_view table, std::string_view alias,
                       std::span<const Column> columns, std::span<const FilterColumn> filters)
    : columns_(column::select_list(columns, alias)),
      from_(std::string(table) + " " + std::string(alias)),
      owner_(std::string(alias) + ".owner"),
      region_(std::string(alias) + ".region")
{
    for (const auto& filter : filters) {
        filters_.push_back(resolve(filter, columns, alias));
    }
}

void ListingSql::replace(std::string& text, std::string_view said)
{
    if (!said.empty()) {
        text = said;
    }
}

void ListingSql::append_scope(Query& query, const ListQuery& wanted) const
{
    bool is_first = true;
    append_term(query, region_, wanted.region, is_first);
    append_term(query, owner_, wanted.owner, is_first);
    if (is_first) {
        query.sql(" WHERE 1");
    }
    for (const auto& [column, values] : wanted.among) {
        if (!values.empty()) {
            query.sql(" AND ").sql(column).sql(" IN ").list(values);
        }
    }
}

/// What pages and keys have in common.
void ListingSql::append_base(Query& query, std::string_view columns, const ListQuery& wanted) const
{
    constexpr std::size_t kTerms = 256;
    query.reserve(columns.size() + from_.size() + where_.size() + kTerms);
    query.at(wanted.now_ms).sql("SELECT ").part(columns).sql(" FROM ").part(from_);
    append_scope(query, wanted);
    if (!where_.empty()) {
        query.sql(" AND ").part(where_);
    }
    if (!wanted.ids.empty()) {
        query.sql(" AND ").sql(key_).sql(" IN ").list(wanted.ids);
    }
}

std::pair<std::string_view, std::string_view> ListingSql::order(const ListQuery& wanted) const
{
    return wanted.ahead.empty() ? std::pair(key_, second_key_) : std::pair(wanted.ahead, key_);
}

/// What is behind the last row of the page before.
void ListingSql::append_after(Query& query, const ListQuery& wanted) const
{
    const auto [first, second] = order(wanted);
    if (second.empty()) {
        query.sql(" AND ").sql(first).sql(" > ").value(wanted.after);
        return;
    }
    const auto slash = std::min(wanted.after.find('/'), wanted.after.size());
    query.sql(" AND (").sql(first).sql(", ").sql(second).sql(") > (");
    query.value(wanted.after.substr(0, slash)).sql(", ");
    query.value(wanted.after.substr(std::min(slash + 1, wanted.after.size()))).sql(")");
}

Query ListingSql::page(const ListQuery& wanted) const
{
    Query query;
    append_base(query, columns_, wanted);
    append_filters(query, wanted.filters, filters_, key_, wanted.owner);
    query.append(wanted.also);
    if (!wanted.after.empty()) {
        append_after(query, wanted);
    }
    if (!wanted.behind.empty()) {
        query.sql(" AND ").sql(key_).sql(" > ").value(wanted.behind);
    }
    if (!group_.empty()) {
        query.sql(" GROUP BY ").sql(group_);
    }
    const auto [first, second] = order(wanted);
    query.sql(" ORDER BY ").sql(first);
    if (!second.empty()) {
        query.sql(", ").sql(second);
    }
    query.sql(" LIMIT ").value(wanted.limit);
    return query;
}

Query ListingSql::keys(const ListQuery& wanted) const
{
    Query query;
    append_base(query, key_,
                {.owner = wanted.owner,
                 .region = wanted.region,
                 .ids = wanted.ids,
                 .now_ms = wanted.now_ms});
    return query;
}

Query ListingSql::own(std::string_view owner, std::string_view region) const
{
    Query query;
    append_base(query, columns_, {.owner = owner, .region = region});
    return query;
}

std::int64_t ListingSql::count_own(Database& db, std::string_view owner,
                                   std::string_view region) const
{
    Query query;
    append_base(query, "COUNT(*)", {.owner = owner, .region = region});
    auto select = query.on(db);
    select.step();
    return select.row().integer();
}

std::vector<std::string> missing_ids(Database& db, const ListingSql& list, const ListQuery& wanted)
{
    if (wanted.ids.empty()) {
        return {};
    }
    return without(wanted.ids, list.keys(wanted).on(db).texts());
}

}  // namespace listing

}  // namespace amilab
