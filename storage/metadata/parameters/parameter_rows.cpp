#include "storage/metadata/parameters/parameter_rows.h"

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

namespace {

constexpr auto kVersionColumns = columns<ParameterRow>(
    "parameter_version", "v", text<&ParameterRow::owner>("owner"),
    text<&ParameterRow::region>("region"), text<&ParameterRow::name>("name"),
    integer<&ParameterRow::version>("version"), text<&ParameterRow::type>("type"),
    text<&ParameterRow::value>("value"), text<&ParameterRow::data_type>("data_type"),
    text<&ParameterRow::tier>("tier"), text<&ParameterRow::description>("description"),
    time<&ParameterRow::last_modified_ms>("last_modified_ms"),
    text<&ParameterRow::last_modified_user>("last_modified_user"),
    text<&ParameterRow::key_id>("key_id"), text<&ParameterRow::allowed_pattern>("allowed_pattern"));
constexpr auto kNewest =
    sql("parameter p JOIN parameter_version v ON v.owner = p.owner AND v.region = p.region"
        " AND v.name = p.name AND v.version = p.version");
constexpr Listing<ParameterRow> kNewestList{.from = kNewest,
                                            .key = "p.name",
                                            .owner = "p.owner",
                                            .region = "p.region",
                                            .columns = kVersionColumns};
constexpr Listing<ParameterRow> kVersionList{.key = "v.version", .columns = kVersionColumns};

constexpr auto kPublicColumns = columns<ParameterRow>(
    "catalogue.parameter_facts", "f", text<&ParameterRow::region>("region").as("g.name"),
    text<&ParameterRow::name>("name"), integer<&ParameterRow::version>("version"),
    text<&ParameterRow::type>("type").as("'String'"),
    text<&ParameterRow::value>("value").as("replace(f.value, '{image_id}', l.id)"),
    text<&ParameterRow::data_type>("data_type"), text<&ParameterRow::tier>("tier").as("'Standard'"),
    time<&ParameterRow::last_modified_ms>("last_modified_ms"),
    // max() picks the newest image's row for each name.
    time<&ParameterRow::image_time_ms>("image_time_ms").as("max(i.creation_time_ms)"));
constexpr auto kPublic =
    sql("catalogue.parameter_facts f JOIN catalogue.image_place l ON l.facts = f.facts"
        " JOIN catalogue.region g ON g.number = l.region"
        " JOIN catalogue.image_facts i ON i.number = f.facts");
constexpr Listing<ParameterRow> kPublicList{.from = kPublic,
                                            .key = "f.name",
                                            .group = "f.name",
                                            .owner = "-",
                                            .region = "g.name",
                                            .columns = kPublicColumns};

constexpr auto kLabelColumns = columns<ParameterLabelRow>(
    "parameter_label", "b", integer<&ParameterLabelRow::version>("version"),
    text<&ParameterLabelRow::label>("label"));

constexpr auto kTagColumns =
    columns<ParameterTagRow>("parameter_tag", "t", text<&ParameterTagRow::key>("key"),
                             text<&ParameterTagRow::value>("value"));

constexpr auto kOldestColumns =
    columns<OldestVersion>("parameter_version", "v", integer<&OldestVersion::version>("version"),
                           flag<&OldestVersion::is_labelled>("is_labelled")
                               .as("EXISTS (SELECT 1 FROM parameter_label b"
                                   " WHERE b.owner = v.owner AND b.region = v.region"
                                   " AND b.name = v.name AND b.version = v.version)"));

/// Names below a path, in a form that an index serves. Below the root are those without a slash
/// too. Source: observed.
void append_path(Query& query, std::string_view name, std::string path,
                 ParameterFilter::Option option)
{
    if (path.empty() || path.back() != '/') {
        path += '/';
    }
    const bool is_root = path == "/";
    query.sql("(").sql(name).sql(" >= ").value(is_root ? "" : path);
    if (!is_root) {
        query.sql(" AND ").sql(name).sql(" < ").value(path + "\xff");
    }
    if (option == ParameterFilter::Option::kOneLevel) {
        query.sql(" AND instr(substr(").sql(name).sql(", ");
        query.value(static_cast<std::int64_t>(path.size()) + 1).sql("), '/') = 0");
    }
    query.sql(")");
}

void append_value(Query& query, std::string_view column, const std::string& value,
                  ParameterFilter::Option option)
{
    switch (option) {
        case ParameterFilter::Option::kEquals:
            query.sql(column).sql(" = ").value(value);
            return;
        case ParameterFilter::Option::kBeginsWith:
            query.sql("(").sql(column).sql(" >= ").value(value);
            query.sql(" AND ").sql(column).sql(" < ").value(value + "\xff").sql(")");
            return;
        case ParameterFilter::Option::kContains:
            query.sql("instr(").sql(column).sql(", ").value(value).sql(") > 0");
            return;
        case ParameterFilter::Option::kOneLevel:
        case ParameterFilter::Option::kRecursive:
            append_path(query, column, value, option);
            return;
    }
}

/// The value of a list's column, as its answers have it.
template <const auto& kColumns>
std::string column_named(std::string_view name)
{
    const auto found = std::ranges::find(kColumns.all, name, &Column::name);
    return found == kColumns.all.end() ? "" : found->in_sql(kColumns.alias);
}

/// Where a list's columns are found.
struct Source {
    /// The name that its order and its index are of.
    std::string_view name;
    std::string (*column)(std::string_view name);
    /// Whether its parameters have labels and tags.
    bool has_labels;
};

constexpr Source kOwnSource = {"p.name", &column_named<kVersionColumns>, true};
constexpr Source kPublicSource = {"f.name", &column_named<kPublicColumns>, false};

std::string column_of(const Source& source, ParameterFilter::Key key)
{
    switch (key) {
        case ParameterFilter::Key::kName:
        case ParameterFilter::Key::kPath:
            return std::string(source.name);
        case ParameterFilter::Key::kType:
            return source.column("type");
        case ParameterFilter::Key::kTier:
            return source.column("tier");
        case ParameterFilter::Key::kDataType:
            return source.column("data_type");
        case ParameterFilter::Key::kKeyId:
            return source.column("key_id");
        case ParameterFilter::Key::kTag:
            return "t.value";
        case ParameterFilter::Key::kLabel:
        case ParameterFilter::Key::kNothing:
            return {};
    }
    return {};
}

/// Any of the values. One condition alone stays one that an index serves.
void append_values(Query& query, const std::string& column, const ParameterFilter& filter)
{
    std::string_view before = " AND (";
    for (const auto& value : filter.values) {
        query.sql(before);
        append_value(query, column, value, filter.option);
        before = " OR ";
    }
    query.sql(filter.values.empty() ? " AND 0" : ")");
}

void append_tag(Query& query, const std::string& column, const ParameterFilter& filter)
{
    query.sql(
        " AND EXISTS (SELECT 1 FROM parameter_tag t WHERE t.owner = v.owner"
        " AND t.region = v.region AND t.name = v.name AND t.key = ");
    query.value(filter.tag);
    if (!filter.values.empty()) {
        append_values(query, column, filter);
    }
    query.sql(")");
}

void append_filter(Query& query, const Source& source, const ParameterFilter& filter)
{
    if (filter.key == ParameterFilter::Key::kLabel && source.has_labels) {
        query.sql(
            " AND EXISTS (SELECT 1 FROM parameter_label b WHERE b.owner = v.owner"
            " AND b.region = v.region AND b.name = v.name AND b.version = v.version"
            " AND b.label IN ");
        query.list(filter.values).sql(")");
        return;
    }
    const auto column = column_of(source, filter.key);
    const bool is_tag = filter.key == ParameterFilter::Key::kTag;
    if (column.empty() || (is_tag && !source.has_labels)) {
        query.sql(" AND 0");
    } else if (is_tag) {
        append_tag(query, column, filter);
    } else {
        append_values(query, column, filter);
    }
}

}  // namespace

std::optional<ParameterRow> select_parameter(Database& db, const ParameterKey& key)
{
    static constexpr auto kNamed =
        "FROM " + kNewest + " WHERE p.owner = ? AND p.region = ? AND p.name = ?";
    return select_row<kVersionColumns>(db, kNamed, key.owner, key.region, key.name);
}

std::optional<ParameterRow> select_parameter_version(Database& db, const ParameterKey& key,
                                                     std::int64_t version)
{
    return select_row<kVersionColumns>(db,
                                       "FROM parameter_version v WHERE v.owner = ?"
                                       " AND v.region = ? AND v.name = ? AND v.version = ?",
                                       key.owner, key.region, key.name, version);
}

std::optional<std::int64_t> select_labelled_version(Database& db, const ParameterKey& key,
                                                    std::string_view label)
{
    Statement select(db,
                     "SELECT version FROM parameter_label WHERE owner = ? AND region = ?"
                     " AND name = ? AND label = ?");
    select.bind(key.owner, key.region, key.name, label);
    const auto versions = select.values<std::int64_t>();
    return versions.empty() ? std::nullopt : std::optional(versions.front());
}

std::optional<ParameterRow> select_public_parameter(Database& db, std::string_view region,
                                                    std::string_view name)
{
    static constexpr auto kNamed =
        "FROM " + kPublic + " WHERE g.name = ? AND f.name = ? GROUP BY f.name";
    return select_row<kPublicColumns>(db, kNamed, region, name);
}

void want_parameters(ListQuery& wanted, const std::vector<ParameterFilter>& filters)
{
    const auto& source = wanted.owner.empty() ? kPublicSource : kOwnSource;
    for (const auto& filter : filters) {
        append_filter(wanted.also, source, filter);
    }
}

std::vector<ParameterRow> select_parameters(Database& db, const ListQuery& wanted)
{
    return wanted.owner.empty() ? select_page<kPublicList>(db, wanted)
                                : select_page<kNewestList>(db, wanted);
}

void want_versions_of(ListQuery& wanted, std::string name)
{
    wanted.among.push_back({"v.name", {std::move(name)}});
}

std::vector<ParameterRow> select_parameter_versions(Database& db, const ListQuery& wanted)
{
    return select_page<kVersionList>(db, wanted);
}

std::vector<ParameterLabelRow> select_parameter_labels(Database& db, const ParameterKey& key)
{
    return select_rows<kLabelColumns>(db,
                                      "FROM parameter_label b WHERE b.owner = ? AND b.region = ?"
                                      " AND b.name = ? ORDER BY b.version, b.label",
                                      key.owner, key.region, key.name);
}

std::int64_t count_parameters(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db, "SELECT count(*) FROM parameter WHERE owner = ? AND region = ?");
    select.bind(owner, region);
    select.step();
    return select.row().integer();
}

std::int64_t count_parameter_versions(Database& db, const ParameterKey& key)
{
    Statement select(db,
                     "SELECT count(*) FROM parameter_version WHERE owner = ? AND region = ?"
                     " AND name = ?");
    select.bind(key.owner, key.region, key.name);
    select.step();
    return select.row().integer();
}

void insert_parameter_version(Database& db, const ParameterRow& row)
{
    Statement(db,
              "INSERT INTO parameter (owner, region, name, version) VALUES (?, ?, ?, ?)"
              " ON CONFLICT (owner, region, name) DO UPDATE SET version = excluded.version")
        .execute(row.owner, row.region, row.name, row.version);
    insert_row<kVersionColumns>(db, row);
}

OldestVersion select_oldest_version(Database& db, const ParameterKey& key)
{
    return select_row<kOldestColumns>(db,
                                      "FROM parameter_version v WHERE v.owner = ?"
                                      " AND v.region = ? AND v.name = ? ORDER BY v.version LIMIT 1",
                                      key.owner, key.region, key.name)
        .value();
}

void delete_parameter_version(Database& db, const ParameterKey& key, std::int64_t version)
{
    Statement(db,
              "DELETE FROM parameter_version WHERE owner = ? AND region = ? AND name = ?"
              " AND version = ?")
        .execute(key.owner, key.region, key.name, version);
}

void set_parameter_label(Database& db, const ParameterKey& key, std::string_view label,
                         std::int64_t version)
{
    Statement(db,
              "INSERT INTO parameter_label (owner, region, name, label, version)"
              " VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner, region, name, label)"
              " DO UPDATE SET version = excluded.version")
        .execute(key.owner, key.region, key.name, label, version);
}

std::vector<ParameterTagRow> select_parameter_tags(Database& db, const ParameterKey& key)
{
    return select_rows<kTagColumns>(db,
                                    "FROM parameter_tag t WHERE t.owner = ? AND t.region = ?"
                                    " AND t.name = ? ORDER BY t.key",
                                    key.owner, key.region, key.name);
}

void set_parameter_tag(Database& db, const ParameterKey& key, const ParameterTagRow& tag)
{
    Statement(db,
              "INSERT INTO parameter_tag (owner, region, name, key, value)"
              " VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner, region, name, key)"
              " DO UPDATE SET value = excluded.value")
        .execute(key.owner, key.region, key.name, tag.key, tag.value);
}

void delete_parameter_tag(Database& db, const ParameterKey& key, std::string_view tag)
{
    Statement(db,
              "DELETE FROM parameter_tag WHERE owner = ? AND region = ? AND name = ? AND key = ?")
        .execute(key.owner, key.region, key.name, tag);
}

bool delete_parameter(Database& db, const ParameterKey& key)
{
    Statement(db, "DELETE FROM parameter WHERE owner = ? AND region = ? AND name = ?")
        .execute(key.owner, key.region, key.name);
    return db.changes() == 1;
}

}  // namespace amilab
