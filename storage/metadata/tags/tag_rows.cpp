#include "storage/metadata/tags/tag_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kTagColumns = columns<TagDescriptionRow>(
    "tag", "t", text<&TagDescriptionRow::resource_id>("resource_id"),
    text<&TagDescriptionRow::resource_type>("resource_type"), text<&TagDescriptionRow::key>("key"),
    text<&TagDescriptionRow::value>("value"), text<&TagDescriptionRow::owner>("owner"),
    text<&TagDescriptionRow::region>("region"));

constexpr auto kKeyAndValue =
    columns<TagRow>("tag", "t", text<&TagRow::key>("key"), text<&TagRow::value>("value"));

constexpr auto kPlaceKeyAndValue = columns<TagDescriptionRow>(
    "tag", "t", text<&TagDescriptionRow::resource_id>("resource_id"),
    text<&TagDescriptionRow::key>("key"), text<&TagDescriptionRow::value>("value"));

constexpr std::string_view kTagPrefix = "tag:";

bool is_one_literal(const std::vector<std::string>& values)
{
    return values.size() == 1 && values.front().find_first_of("*?\\") == std::string::npos;
}

/// Whether the filter leaves tags of one key only.
bool fixes_key(const RowFilter& filter)
{
    return filter.name.starts_with(kTagPrefix) ||
           (filter.name == "key" && is_one_literal(filter.values));
}

bool fixes_value(const RowFilter& filter)
{
    return (filter.name.starts_with(kTagPrefix) || filter.name == "value") &&
           is_one_literal(filter.values);
}

/// How a page is cut out of the index tag_by_key (owner, key, value, region, resource_id). SQLite
/// reads it in order only while no column between is a constant to it that the order names: what is
/// one value only is left out of the order, and a + keeps the other filters out of its sight.
struct TagOrder {
    explicit TagOrder(const ListQuery& wanted)
        : one_key(std::any_of(wanted.filters.begin(), wanted.filters.end(), fixes_key)),
          one_value(one_key &&
                    std::any_of(wanted.filters.begin(), wanted.filters.end(), fixes_value))
    {
    }
    std::string_view value() const { return one_key ? "t.value" : "+t.value"; }
    std::string_view region() const { return one_value ? "t.region" : "+t.region"; }
    std::string_view columns() const
    {
        return one_value ? "t.resource_id"
               : one_key ? "t.value, t.region, t.resource_id"
                         : "t.key, t.value, t.region, t.resource_id";
    }

    bool one_key;
    bool one_value;
};

/// Filters on tags themselves; `tag:` ones are about the row, not about what it is on.
void append_tag_filters(Query& query, const ListQuery& wanted, const TagOrder& order)
{
    const std::array own = {
        FilterColumn{"key", "t.key"},
        FilterColumn{"resource-id", "t.resource_id"},
        FilterColumn{"resource-type", "t.resource_type"},
        FilterColumn{"value", order.value()},
    };
    for (const auto& filter : wanted.filters) {
        if (filter.name.starts_with(kTagPrefix)) {
            query.sql(" AND t.key = ")
                .value(std::string_view(filter.name).substr(kTagPrefix.size()));
            query.sql(" AND ");
            append_match(query, order.value(), filter.values);
        } else {
            append_filters(query, {&filter, 1}, own, "t.resource_id", wanted.owner);
        }
    }
}

/// The three parts of tag_order_key(); empty ones for text that is no such key.
std::array<std::string, 3> split_order_key(std::string_view text)
{
    std::array<std::string, 3> parts;
    for (auto& part : parts) {
        const auto colon = text.find(':');
        std::size_t length = 0;
        if (colon == text.npos ||
            std::from_chars(text.data(), text.data() + colon, length).ec != std::errc()) {
            return {};
        }
        text.remove_prefix(colon + 1);
        part = text.substr(0, length);
        text.remove_prefix(part.size());
    }
    return parts;
}

/// [["vol-1","volume"],...], for json_each().
template <class Row>
std::string json_pairs(const std::vector<Row>& rows, std::string Row::*first,
                       std::string Row::*second)
{
    std::string list = "[";
    for (const auto& row : rows) {
        list += list.size() > 1 ? ",[" : "[";
        append_json(list, row.*first);
        list += ',';
        append_json(list, row.*second);
        list += ']';
    }
    return list + "]";
}

/// Tags that are as they are wanted are left alone.
constexpr auto kUnlessThere =
    sql(" ON CONFLICT (resource_id, key, owner) DO UPDATE SET value = excluded.value"
        " WHERE value <> excluded.value");

template <class Row>
std::vector<Row> sorted(std::vector<Row> rows, std::string Row::*by)
{
    std::ranges::stable_sort(rows, {}, by);
    return rows;
}

/// What NamedTags mean, as something to look up.
class Names {
public:
    explicit Names(const std::vector<NamedTag>& named)
    {
        for (const auto& one : named) {
            if (one.value) {
                pairs_.emplace(one.key, *one.value);
            } else {
                keys_.insert(one.key);
            }
        }
    }
    bool mean(const TagRow& tag) const
    {
        return keys_.contains(tag.key) || pairs_.contains({tag.key, tag.value});
    }

private:
    std::set<std::string_view> keys_;
    std::set<std::pair<std::string_view, std::string_view>> pairs_;
};

void delete_meant(Database& db, std::string_view owner,
                  const std::vector<std::string>& resource_ids, const Names& names)
{
    std::vector<TagDescriptionRow> meant;
    for (auto& [id, tag] : select_tags_on(db, owner, resource_ids)) {
        if (names.mean(tag)) {
            meant.push_back({.resource_id = std::move(id), .key = std::move(tag.key)});
        }
    }
    if (meant.empty()) {
        return;
    }
    Statement(db,
              "DELETE FROM tag WHERE (resource_id, key, owner) IN"
              " (SELECT value ->> 0, value ->> 1, ? FROM json_each(?))")
        .execute(owner,
                 json_pairs(meant, &TagDescriptionRow::resource_id, &TagDescriptionRow::key));
}

}  // namespace

void upsert_tags(Database& db, std::string_view owner, std::string_view region,
                 const TaggedResource& resource, const std::vector<TagRow>& tags)
{
    // A list would have to be made tables of first, which costs as much as twenty statements.
    static constexpr auto kUpsert =
        "INSERT INTO tag (resource_id, key, value, resource_type, owner, region)"
        " VALUES (?, ?, ?, ?, ?, ?)" +
        kUnlessThere;
    Statement upsert(db, kUpsert);
    for (const auto& tag : tags) {
        upsert.execute(resource.id, tag.key, tag.value, resource.resource_type, owner, region);
    }
}

void upsert_tags_on(Database& db, std::string_view owner, std::string_view region,
                    const std::vector<TaggedResource>& resources, const std::vector<TagRow>& tags)
{
    // Read out of the texts once, not for each pair. In the order of the tables' keys, so that each
    // page is written to at once.
    static constexpr auto kUpsert =
        "WITH r (id, type) AS MATERIALIZED"
        " (SELECT value ->> 0, value ->> 1 FROM json_each(?)),"
        " g (key, value) AS MATERIALIZED"
        " (SELECT value ->> 0, value ->> 1 FROM json_each(?))"
        " INSERT INTO tag (resource_id, key, value, resource_type, owner, region)"
        " SELECT r.id, g.key, g.value, r.type, ?, ? FROM r CROSS JOIN g WHERE true" +
        kUnlessThere;
    Statement(db, kUpsert)
        .execute(json_pairs(sorted(resources, &TaggedResource::id), &TaggedResource::id,
                            &TaggedResource::resource_type),
                 json_pairs(sorted(tags, &TagRow::key), &TagRow::key, &TagRow::value), owner,
                 region);
}

// +owner: SQLite, which does not know how many tags an account has, would walk all of them.
std::vector<TagRow> select_tags(Database& db, std::string_view owner, std::string_view resource_id)
{
    return select_rows<kKeyAndValue>(
        db, "FROM tag t WHERE t.resource_id = ? AND +t.owner = ? ORDER BY t.key", resource_id,
        owner);
}

std::vector<std::pair<std::string, TagRow>> select_tags_on(
    Database& db, std::string_view owner, const std::vector<std::string>& resource_ids)
{
    // One id, which is what most calls name, needs no list.
    auto rows =
        resource_ids.size() == 1
            ? select_rows<kPlaceKeyAndValue>(
                  db, "FROM tag t WHERE t.resource_id = ? AND +t.owner = ? ORDER BY t.key",
                  resource_ids.front(), owner)
            : select_rows<kPlaceKeyAndValue>(db,
                                             "FROM json_each(?) i"
                                             " JOIN tag t ON t.resource_id = i.value"
                                             " WHERE +t.owner = ? ORDER BY t.resource_id, t.key",
                                             json_list(resource_ids), owner);
    std::vector<std::pair<std::string, TagRow>> tags;
    tags.reserve(rows.size());
    for (auto& row : rows) {
        tags.emplace_back(std::move(row.resource_id),
                          TagRow{std::move(row.key), std::move(row.value)});
    }
    return tags;
}

TagDifference compare_tags(Database& db, std::string_view owner, std::string_view resource_id,
                           std::span<const TagRow> tags)
{
    TagDifference difference;
    const auto count = [&](std::string_view key) {
        difference.count += key.starts_with("aws:") ? 0 : 1;
    };
    Statement select(db,
                     "SELECT key, value FROM tag WHERE resource_id = ? AND +owner = ?"
                     " ORDER BY key");
    select.bind(resource_id, owner);
    auto wanted = tags.begin();
    const auto pass_absent = [&](auto until) {
        for (; wanted != until; ++wanted) {
            count(wanted->key);
            difference.is_any_other = true;
        }
    };
    while (select.step()) {
        auto row = select.row();
        const auto key = row.view();
        pass_absent(
            std::find_if(wanted, tags.end(), [&](const TagRow& one) { return one.key >= key; }));
        if (wanted != tags.end() && wanted->key == key) {
            difference.is_any_other |= wanted->value != row.view();
            ++wanted;
        }
        count(key);
    }
    pass_absent(tags.end());
    return difference;
}

void delete_all_tags(Database& db, std::string_view resource_id)
{
    Statement(db, "DELETE FROM tag WHERE resource_id = ?").execute(resource_id);
}

void delete_tags(Database& db, std::string_view owner, const std::vector<std::string>& resource_ids,
                 const std::vector<NamedTag>& named)
{
    const Names names(named);
    constexpr std::size_t kAtATime = 100;
    for (std::size_t first = 0; first < resource_ids.size(); first += kAtATime) {
        const auto count = std::min(kAtATime, resource_ids.size() - first);
        const auto begin = resource_ids.begin() + static_cast<std::ptrdiff_t>(first);
        delete_meant(db, owner, {begin, begin + static_cast<std::ptrdiff_t>(count)}, names);
    }
}

void delete_tags_of(Database& db, std::string_view owner,
                    const std::vector<std::string>& resource_ids)
{
    Statement(db,
              "DELETE FROM tag WHERE resource_id IN (SELECT value FROM json_each(?))"
              " AND +owner = ? AND key NOT GLOB 'aws:*'")
        .execute(json_list(resource_ids), owner);
}

bool taggable_resource_exists(Database& db, std::string_view viewer, std::string_view region,
                              std::string_view visible_sql, std::string_view id)
{
    Statement select(db, visible_sql);
    select.bind_named({{{"$id", id}, {"$region", region}, {"$viewer", viewer}}});
    return select.step();
}

std::vector<TagDescriptionRow> select_tag_page(Database& db, const ListQuery& wanted)
{
    // Few tags are on the resources that are asked for: their index, not the order's, is the short
    // way to them.
    const bool by_resource =
        std::any_of(wanted.filters.begin(), wanted.filters.end(), [](const RowFilter& filter) {
            return filter.name == "resource-id" && !has_wildcards(filter);
        });
    const TagOrder order(wanted);
    Query query("SELECT ");
    query.sql(select_list<kTagColumns>()).sql(" FROM tag t WHERE ");
    query.sql(by_resource ? "+t.owner = " : "t.owner = ").value(wanted.owner);
    query.sql(" AND ").sql(order.region()).sql(" = ").value(wanted.region);
    append_tag_filters(query, wanted, order);
    if (!wanted.after.empty()) {
        const auto [key, value, resource_id] = split_order_key(wanted.after);
        query.sql(" AND (").sql(order.columns()).sql(") > (");
        if (!order.one_key) {
            query.value(key).sql(", ");
        }
        if (!order.one_value) {
            query.value(value).sql(", ").value(wanted.region).sql(", ");
        }
        query.value(resource_id).sql(")");
    }
    query.sql(" ORDER BY ").sql(order.columns()).sql(" LIMIT ").value(wanted.limit);
    return rows_of<kTagColumns>(db, query);
}

std::string tag_order_key(const TagDescriptionRow& row)
{
    return fmt::format("{}:{}{}:{}{}:{}", row.key.size(), row.key, row.value.size(), row.value,
                       row.resource_id.size(), row.resource_id);
}

}  // namespace amilab
