#include "storage/metadata/sql/filter.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

/// A value with wildcards as a GLOB pattern, and the text that every match begins with.
struct Pattern {
    std::string glob;
    std::string prefix;
};

/// Nothing for a value without wildcards; `literal` is then what it stands for.
std::optional<Pattern> to_pattern(std::string_view value, std::string& literal)
{
    Pattern pattern;
    bool has_wildcard = false;
    literal.clear();
    for (std::size_t i = 0; i < value.size(); ++i) {
        char c = value[i];
        if (c == '*' || c == '?') {
            has_wildcard = true;
            if (c == '*' && pattern.glob.ends_with('*')) {
                continue;
            }
            pattern.glob += c;
            continue;
        }
        if (c == '\\' && i + 1 < value.size()) {
            c = value[++i];
        }
        literal += c;
        if (!has_wildcard) {
            pattern.prefix += c;
        }
        if (c == '*' || c == '?' || c == '[') {
            pattern.glob += {'[', c, ']'};
        } else {
            pattern.glob += c;
        }
    }
    return has_wildcard ? std::optional(pattern) : std::nullopt;
}

void append_pattern(Query& query, std::string_view expression, const Pattern& pattern)
{
    if (pattern.glob == "*") {
        query.part(expression).sql(" IS NOT NULL");
        return;
    }
    // SQLite refuses longer ones; nothing that is stored is as long.
    constexpr std::size_t kLongestPattern = 10000;
    if (pattern.glob.size() > kLongestPattern) {
        query.sql("0");
        return;
    }
    query.sql("(").part(expression).sql(" GLOB ").value(pattern.glob);
    if (!pattern.prefix.empty()) {
        // GLOB with a bound pattern uses no index; the range does. UTF-8 has no byte 0xff.
        query.sql(" AND ").part(expression).sql(" >= ").value(pattern.prefix);
        query.sql(" AND ").part(expression).sql(" < ").value(pattern.prefix + "\xff");
    }
    query.sql(")");
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
    std::vector<Pattern> patterns;
    for (const auto& value : values) {
        std::string literal;
        if (auto pattern = to_pattern(value, literal)) {
            patterns.push_back(std::move(*pattern));
        } else {
            literals.push_back(std::move(literal));
        }
    }
    if (patterns.empty()) {
        query.part(expression).sql(" IN ").list(literals);
        return;
    }
    query.sql("(");
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        query.sql(i == 0 ? "" : " OR ");
        append_pattern(query, expression, patterns[i]);
    }
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
        query.sql(" AND ").part(column->before);
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

std::vector<std::string> without(const std::vector<std::string>& wanted,
                                 const std::vector<std::string>& found)
{
    std::vector<std::string> rest;
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(rest), [&](const auto& one) {
        return std::find(found.begin(), found.end(), one) == found.end();
    });
    return rest;
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
