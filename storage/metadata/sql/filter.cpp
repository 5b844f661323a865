#include "storage/metadata/sql/filter.h"

#include <algorithm>

#include <fmt/format.h>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/patterns.h"

namespace amilab {

namespace {

/// Appends a comparison with one of them. The range lets SQLite use an index; UTF-8 has no byte
/// 0xff.
void append_pattern(Query& query, std::string_view expression, std::string_view value)
{
    const Pattern pattern(value);
    if (pattern.is_everything()) {
        query.part(expression).sql(" IS NOT NULL");
        return;
    }
    query.sql("(matches_any(").part(expression).sql(", ").value(pattern_list({value})).sql(")");
    if (const auto prefix = pattern.prefix(); !prefix.empty()) {
        query.sql(" AND ").part(expression).sql(" >= ").value(prefix);
        query.sql(" AND ").part(expression).sql(" < ").value(prefix + "\xff");
    }
    query.sql(")");
}

/// Up to so many are compared one by one, each by an index where there is one.
constexpr std::size_t kFewPatterns = 4;

void append_patterns(Query& query, std::string_view expression,
                     const std::vector<std::string_view>& values)
{
    if (values.size() > kFewPatterns) {
        query.sql("matches_any(").part(expression).sql(", ").value(pattern_list(values)).sql(")");
        return;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        query.sql(i == 0 ? "" : " OR ");
        append_pattern(query, expression, values[i]);
    }
}

void append_tag_filter(Query& query, const RowFilter& filter, std::string_view resource_id,
                       std::string_view owner)
{
    constexpr std::string_view kTag = "tag:";
    query.sql(" AND ").sql(resource_id).sql(" IN (SELECT resource_id FROM tag WHERE owner = ");
    query.value(owner).sql(" AND ");
    if (filter.name == "tag-key") {
        append_match(query, "key", filter.values);
    } else if (filter.name == "tag-value") {
        append_match(query, "value", filter.values);
    } else {
        query.sql("key = ").value(std::string_view(filter.name).substr(kTag.size())).sql(" AND ");
        append_match(query, "value", filter.values);
    }
    query.sql(")");
}

}  // namespace

bool has_wildcards(const RowFilter& filter)
{
    return std::ranges::any_of(filter.values,
                               [](const auto& value) { return Pattern(value).has_wildcards(); });
}

std::string sql_true_false(std::string_view expression)
{
    return fmt::format("iif({}, 'true', 'false')", expression);
}

std::string sql_time(std::string_view expression)
{
    return fmt::format("strftime('%Y-%m-%dT%H:%M:%fZ', {} / 1000.0, 'unixepoch')", expression);
}

void append_match(Query& query, std::string_view expression, const std::vector<std::string>& values)
{
    std::vector<std::string> literals;
    std::vector<std::string_view> patterns;
    for (const auto& value : values) {
        const Pattern pattern(value);
        if (pattern.has_wildcards()) {
            patterns.push_back(value);
        } else {
            literals.push_back(pattern.prefix());
        }
    }
    if (patterns.empty()) {
        query.part(expression).sql(" IN ").list(literals);
        return;
    }
    query.sql("(");
    append_patterns(query, expression, patterns);
    if (!literals.empty()) {
        query.sql(" OR ").part(expression).sql(" IN ").list(literals);
    }
    query.sql(")");
}

namespace {

template <class Column>
void append_each(Query& query, std::span<const RowFilter> filters, std::span<const Column> columns,
                 std::string_view resource_id, std::string_view owner)
{
    for (const auto& filter : filters) {
        if (filter.name.starts_with("tag:") || filter.name == "tag-key" ||
            filter.name == "tag-value") {
            append_tag_filter(query, filter, resource_id, owner);
            continue;
        }
        const auto column = std::find_if(columns.begin(), columns.end(), [&](const Column& known) {
            return known.name == filter.name;
        });
        if (column == columns.end()) {
            query.sql(" AND 0");
            continue;
        }
        const bool is_by_pattern = !column->before_patterns.empty() && has_wildcards(filter);
        query.sql(" AND ").part(is_by_pattern ? column->before_patterns : column->before);
        append_match(query, column->value, filter.values);
        query.part(column->after);
    }
}

}  // namespace

void append_filters(Query& query, std::span<const RowFilter> filters,
                    std::span<const FilterColumn> columns, std::string_view resource_id,
                    std::string_view owner)
{
    append_each(query, filters, columns, resource_id, owner);
}

void append_filters(Query& query, std::span<const RowFilter> filters,
                    std::span<const ResolvedFilter> columns, std::string_view resource_id,
                    std::string_view owner)
{
    append_each(query, filters, columns, resource_id, owner);
}

namespace {

/// Matches when any of the texts v does.
FilterText any_of(const std::string& texts)
{
    return {"v", fmt::format("EXISTS (SELECT 1 FROM ({}) WHERE ", texts), ")"};
}

}  // namespace

FilterText as_filter_text(const std::string& expression, ColumnType type)
{
    switch (type) {
        case ColumnType::kText:
            break;
        case ColumnType::kInteger:
            return {fmt::format("CAST({} AS TEXT)", expression)};
        case ColumnType::kReal:
            return any_of(
                fmt::format("SELECT CAST({0} AS TEXT) AS v UNION ALL"
                            " SELECT printf('%.15g', {0}) WHERE {0} IS NOT NULL",
                            expression));
        case ColumnType::kFlag:
            return {sql_true_false(expression)};
        case ColumnType::kTime:
            return {sql_time(expression)};
        case ColumnType::kList:
            return any_of(
                fmt::format("SELECT m.value AS v FROM"
                            " json_each('[\"' || replace({}, ',', '\",\"') || '\"]') m",
                            expression));
    }
    return {expression};
}

}  // namespace amilab
