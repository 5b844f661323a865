#include "storage/metadata/sql/listing.h"

#include <algorithm>

namespace amilab {

std::span<const std::string> ListQuery::values_among(std::string_view name) const
{
    const auto found = std::ranges::find(among, name, &decltype(among)::value_type::first);
    return found == among.end() ? std::span<const std::string>() : std::span(found->second);
}

}  // namespace amilab

namespace amilab::listing {

namespace {

void append_term(Query& query, std::string_view column, std::string_view value, bool& is_first)
{
    if (column == "-") {
        return;
    }
    query.sql(is_first ? " WHERE " : " AND ").sql(column).sql(" = ").value(value);
    is_first = false;
}

}  // namespace

void append_scope(Query& query, const Names& names, const ListQuery& wanted)
{
    bool is_first = true;
    append_term(query, names.region, wanted.region, is_first);
    append_term(query, names.owner, wanted.owner, is_first);
    if (is_first) {
        query.sql(" WHERE 1");
    }
    for (const auto& [column, values] : wanted.among) {
        if (!values.empty()) {
            query.sql(" AND ").sql(column).sql(" IN ").list(values);
        }
    }
}

namespace {

/// What is behind the last row of the page before.
void append_after(Query& query, const Order& order, std::string_view after)
{
    if (order.second_key.empty()) {
        query.sql(" AND ").sql(order.key).sql(" > ").value(after);
        return;
    }
    const auto slash = std::min(after.find('/'), after.size());
    query.sql(" AND (").sql(order.key).sql(", ").sql(order.second_key).sql(") > (");
    query.value(after.substr(0, slash)).sql(", ");
    query.value(after.substr(std::min(slash + 1, after.size()))).sql(")");
}

}  // namespace

void append_page(Query& query, const Order& order, const ListQuery& wanted)
{
    if (!wanted.after.empty()) {
        append_after(query, order, wanted.after);
    }
    if (!order.group.empty()) {
        query.sql(" GROUP BY ").sql(order.group);
    }
    query.sql(" ORDER BY ").sql(order.key);
    if (!order.second_key.empty()) {
        query.sql(", ").sql(order.second_key);
    }
    query.sql(" LIMIT ").value(wanted.limit);
}

}  // namespace amilab::listing
