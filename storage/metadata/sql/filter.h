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

/// Whether any of its values has wildcards.
bool has_wildcards(const RowFilter& filter);

/// How a filter is asked for in SQL: `before` and `after` go around the comparison with `value`, an
/// SQL expression of text. Where it is the name of a column, as_filter_text() makes it text.
///
///     {"architecture", "i.architecture"}
///     {"block-device-mapping.volume-type", "m.volume_type",
///      "EXISTS (SELECT 1 FROM all_image_mapping m WHERE m.image_id = i.id AND ", ")"}
///
/// A table of all accounts' rows is asked from the row that is filtered, so that what others have
/// costs nothing. Only where an index finds a value that one account has may it be asked the other
/// way; then `before_patterns` says what is asked when values have wildcards:
///
///     {"attachment.instance-id", "a.instance_id",
///      "v.id IN (SELECT a.volume_id FROM attachment a WHERE ", ")",
///      "EXISTS (SELECT 1 FROM attachment a WHERE a.volume_id = v.id AND "}
struct FilterColumn {
    std::string_view name;
    std::string_view value;
    std::string_view before = {};
    std::string_view after = {};
    std::string_view before_patterns = {};
};

/// A FilterColumn whose value has become SQL of text.
struct ResolvedFilter {
    std::string_view name;
    std::string value;
    std::string before;
    std::string after;
    std::string before_patterns = {};
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

/// Appends `expression` compared with the values, as filters compare.
void append_match(Query& query, std::string_view expression,
                  const std::vector<std::string>& values);

}  // namespace amilab
