#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/sql/statement.h"

namespace amilab {

/// A Describe call's filter: a row passes when it matches any of the values. `*` stands for any
/// characters, `?` for one, and a backslash takes their meaning away. Case counts.
/// Source: EC2 User Guide, "Filter your resources" (documented).
struct RowFilter {
    std::string name;
    std::vector<std::string> values;
};

/// How a filter is asked for in SQL: `before` and `after` go around the comparison with `value`, an
/// SQL expression of text. Where it is the name of a column, as_filter_text() makes it text.
///
///     {"architecture", "i.architecture"}
///     {"block-device-mapping.volume-type", "m.volume_type",
///      "i.id IN (SELECT m.image_id FROM all_image_mapping m WHERE ", ")"}
struct FilterColumn {
    std::string_view name;
    std::string_view value;
    std::string_view before = {};
    std::string_view after = {};
};

/// A FilterColumn whose value has become SQL of text.
struct ResolvedFilter {
    std::string_view name;
    std::string value;
    std::string before;
    std::string after;
};

/// "true" or "false" of a flag, and ISO 8601 of a time in milliseconds, as filters compare them.
std::string sql_true_false(std::string_view expression);
std::string sql_time(std::string_view expression);

/// Appends ` AND (...)` for every filter. Names starting with `tag:`, and `tag-key` and
/// `tag-value`, are asked of `owner`'s tags on the resource whose id is the expression
/// `resource_id`. A name in neither place matches nothing: it is a documented filter on something
/// that amilab does not have yet (the handler has refused the others).
void append_filters(Query& query, std::span<const RowFilter> filters,
                    std::span<const FilterColumn> columns, std::string_view resource_id,
                    std::string_view owner);

void append_filters(Query& query, std::span<const RowFilter> filters,
                    std::span<const ResolvedFilter> columns, std::string_view resource_id,
                    std::string_view owner);

/// The texts of `wanted` that are not among `found`, in their order.
std::vector<std::string> without(const std::vector<std::string>& wanted,
                                 const std::vector<std::string>& found);

/// Appends `expression` compared with the values, as filters compare.
void append_match(Query& query, std::string_view expression,
                  const std::vector<std::string>& values);

}  // namespace amilab
