#include "storage/metadata/sql/listing.h"

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

void append_page(Query& query, std::string_view key, std::string_view second_key,
                 const ListQuery& wanted)
{
    if (second_key.empty()) {
        if (!wanted.after.empty()) {
            query.sql(" AND ").sql(key).sql(" > ").value(wanted.after);
        }
        query.sql(" ORDER BY ").sql(key);
    } else {
        if (!wanted.after.empty()) {
            const auto slash = wanted.after.find('/');
            query.sql(" AND (").sql(key).sql(", ").sql(second_key).sql(") > (");
            query.value(wanted.after.substr(0, slash)).sql(", ");
            query.value(slash == wanted.after.npos ? "" : wanted.after.substr(slash + 1)).sql(")");
        }
        query.sql(" ORDER BY ").sql(key).sql(", ").sql(second_key);
    }
    query.sql(" LIMIT ").value(wanted.limit);
}

}  // namespace amilab::listing
