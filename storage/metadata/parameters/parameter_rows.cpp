#include "storage/metadata/parameters/parameter_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kColumns =
    "v.owner, v.region, v.name, v.version, v.type, v.value, v.data_type, v.tier, v.description,"
    " v.last_modified_ms, v.last_modified_user";

// Public parameters have the same columns; max() picks the newest image's row for each name.
constexpr std::string_view kPublic =
    "SELECT '', l.region, f.name, f.version, 'String', replace(f.value, '{image_id}', l.id),"
    " f.data_type, 'Standard', NULL, f.last_modified_ms, '', max(i.creation_time_ms)"
    " FROM catalogue.parameter_facts AS f"
    " JOIN catalogue.image_place AS l ON l.facts = f.facts"
    " JOIN catalogue.image_facts AS i ON i.number = f.facts WHERE l.region = ";

ParameterRow read_parameter(Statement::Row row)
{
    // Braced initialisers are evaluated from left to right: the columns' order above.
    return {row.text(), row.text(), row.text(),          row.integer(), row.text(), row.text(),
            row.text(), row.text(), row.optional_text(), row.integer(), row.text()};
}

std::optional<ParameterRow> first(Statement& select)
{
    if (!select.step()) {
        return std::nullopt;
    }
    return read_parameter(select.row());
}

std::vector<ParameterRow> all(Statement& select)
{
    std::vector<ParameterRow> rows;
    while (select.step()) {
        rows.push_back(read_parameter(select.row()));
    }
    return rows;
}

/// Names below a path, in a form that an index serves.
void append_path(Query& query, std::string_view name, std::string path,
                 ParameterFilter::Option option)
{
    if (path.empty() || path.back() != '/') {
        path += '/';
    }
    query.sql("(").sql(name).sql(" >= ").value(path);
    query.sql(" AND ").sql(name).sql(" < ").value(path + "\xff");
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

/// Where a list's columns are found.
struct Source {
    std::string_view name;
    std::string_view type;
    std::string_view tier;
    std::string_view data_type;
    bool has_labels;
};

constexpr Source kOwnSource = {"p.name", "v.type", "v.tier", "v.data_type", true};
constexpr Source kPublicSource = {"f.name", "'String'", "'Standard'", "f.data_type", false};

std::string_view column_of(const Source& source, ParameterFilter::Key key)
{
    switch (key) {
        case ParameterFilter::Key::kName:
        case ParameterFilter::Key::kPath:
            return source.name;
        case ParameterFilter::Key::kType:
            return source.type;
        case ParameterFilter::Key::kTier:
            return source.tier;
        case ParameterFilter::Key::kDataType:
            return source.data_type;
        case ParameterFilter::Key::kLabel:
        case ParameterFilter::Key::kNothing:
            return {};
    }
    return {};
}

void append_filter(Query& query, const Source& source, const ParameterFilter& filter)
{
    if (filter.key == ParameterFilter::Key::kLabel && source.has_labels) {
        query.sql(
            " AND EXISTS (SELECT 1 FROM parameter_label AS b WHERE b.owner = v.owner"
            " AND b.region = v.region AND b.name = v.name AND b.version = v.version"
            " AND b.label IN ");
        query.list(filter.values).sql(")");
        return;
    }
    const auto column = column_of(source, filter.key);
    if (column.empty()) {
        query.sql(" AND 0");
        return;
    }
    // One condition alone stays one that an index serves.
    std::string_view before = " AND (";
    for (const auto& value : filter.values) {
        query.sql(before);
        append_value(query, column, value, filter.option);
        before = " OR ";
    }
    query.sql(filter.values.empty() ? " AND 0" : ")");
}

}  // namespace

std::optional<ParameterRow> select_parameter(Database& db, const ParameterKey& key)
{
    static const std::string sql = std::string("SELECT ") + std::string(kColumns) +
                                   " FROM parameter AS p JOIN parameter_version AS v"
                                   " ON v.owner = p.owner AND v.region = p.region"
                                   " AND v.name = p.name AND v.version = p.version"
                                   " WHERE p.owner = ?1 AND p.region = ?2 AND p.name = ?3";
    Statement select(db, sql);
    select.bind(key.owner, key.region, key.name);
    return first(select);
}

std::optional<ParameterRow> select_parameter_version(Database& db, const ParameterKey& key,
                                                     std::int64_t version)
{
    static const std::string sql = std::string("SELECT ") + std::string(kColumns) +
                                   " FROM parameter_version AS v WHERE v.owner = ?1"
                                   " AND v.region = ?2 AND v.name = ?3 AND v.version = ?4";
    Statement select(db, sql);
    select.bind(key.owner, key.region, key.name, version);
    return first(select);
}

std::optional<std::int64_t> select_labelled_version(Database& db, const ParameterKey& key,
                                                    std::string_view label)
{
    Statement select(db,
                     "SELECT version FROM parameter_label WHERE owner = ?1 AND region = ?2"
                     " AND name = ?3 AND label = ?4");
    select.bind(key.owner, key.region, key.name, label);
    if (!select.step()) {
        return std::nullopt;
    }
    return select.row().integer();
}

std::optional<ParameterRow> select_public_parameter(Database& db, std::string_view region,
                                                    std::string_view name)
{
    static const std::string sql = std::string(kPublic) + "?1 AND f.name = ?2 GROUP BY f.name";
    Statement select(db, sql);
    select.bind(region, name);
    return first(select);
}

std::vector<ParameterRow> select_parameters(Database& db, const ParameterQuery& wanted)
{
    const bool is_public = wanted.owner.empty();
    const auto& source = is_public ? kPublicSource : kOwnSource;
    Query query;
    if (is_public) {
        query.sql(kPublic).value(wanted.region);
    } else {
        query.sql("SELECT ").sql(kColumns);
        query.sql(
            " FROM parameter AS p JOIN parameter_version AS v ON v.owner = p.owner"
            " AND v.region = p.region AND v.name = p.name AND v.version = p.version"
            " WHERE p.owner = ");
        query.value(wanted.owner).sql(" AND p.region = ").value(wanted.region);
    }
    for (const auto& filter : wanted.filters) {
        append_filter(query, source, filter);
    }
    if (!wanted.after.empty()) {
        query.sql(" AND ").sql(source.name).sql(" > ").value(wanted.after);
    }
    if (is_public) {
        query.sql(" GROUP BY f.name");
    }
    query.sql(" ORDER BY ").sql(source.name).sql(" LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    return all(select);
}

std::vector<ParameterRow> select_parameter_history(Database& db, const ParameterKey& key,
                                                   std::int64_t after_version, std::int64_t limit)
{
    static const std::string sql = std::string("SELECT ") + std::string(kColumns) +
                                   " FROM parameter_version AS v WHERE v.owner = ?1"
                                   " AND v.region = ?2 AND v.name = ?3 AND v.version > ?4"
                                   " ORDER BY v.version LIMIT ?5";
    Statement select(db, sql);
    select.bind(key.owner, key.region, key.name, after_version, limit);
    return all(select);
}

std::vector<std::string> select_parameter_labels(Database& db, const ParameterKey& key,
                                                 std::int64_t version)
{
    Statement select(db,
                     "SELECT label FROM parameter_label WHERE owner = ?1 AND region = ?2"
                     " AND name = ?3 AND version = ?4 ORDER BY label");
    select.bind(key.owner, key.region, key.name, version);
    return select.texts();
}

std::int64_t count_parameters(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db, "SELECT count(*) FROM parameter WHERE owner = ?1 AND region = ?2");
    select.bind(owner, region);
    select.step();
    return select.row().integer();
}

std::int64_t count_parameter_versions(Database& db, const ParameterKey& key)
{
    Statement select(db,
                     "SELECT count(*) FROM parameter_version WHERE owner = ?1 AND region = ?2"
                     " AND name = ?3");
    select.bind(key.owner, key.region, key.name);
    select.step();
    return select.row().integer();
}

void insert_parameter_version(Database& db, const ParameterRow& row)
{
    Statement(db,
              "INSERT INTO parameter (owner, region, name, version) VALUES (?1, ?2, ?3, ?4)"
              " ON CONFLICT (owner, region, name) DO UPDATE SET version = excluded.version")
        .execute(row.owner, row.region, row.name, row.version);
    Statement(db,
              "INSERT INTO parameter_version (owner, region, name, version, type, value,"
              " data_type, tier, description, last_modified_ms, last_modified_user)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
        .execute(row.owner, row.region, row.name, row.version, row.type, row.value, row.data_type,
                 row.tier, row.description, row.last_modified_ms, row.last_modified_user);
}

OldestVersion select_oldest_version(Database& db, const ParameterKey& key)
{
    Statement select(db,
                     "SELECT v.version, EXISTS (SELECT 1 FROM parameter_label AS b"
                     " WHERE b.owner = v.owner AND b.region = v.region AND b.name = v.name"
                     " AND b.version = v.version) FROM parameter_version AS v WHERE v.owner = ?1"
                     " AND v.region = ?2 AND v.name = ?3 ORDER BY v.version LIMIT 1");
    select.bind(key.owner, key.region, key.name);
    select.step();
    auto row = select.row();
    const auto version = row.integer();
    return {version, row.boolean()};
}

void delete_parameter_version(Database& db, const ParameterKey& key, std::int64_t version)
{
    Statement(db,
              "DELETE FROM parameter_version WHERE owner = ?1 AND region = ?2 AND name = ?3"
              " AND version = ?4")
        .execute(key.owner, key.region, key.name, version);
}

void set_parameter_label(Database& db, const ParameterKey& key, std::string_view label,
                         std::int64_t version)
{
    Statement(db,
              "INSERT INTO parameter_label (owner, region, name, label, version)"
              " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (owner, region, name, label)"
              " DO UPDATE SET version = excluded.version")
        .execute(key.owner, key.region, key.name, label, version);
}

bool delete_parameter(Database& db, const ParameterKey& key)
{
    Statement(db, "DELETE FROM parameter WHERE owner = ?1 AND region = ?2 AND name = ?3")
        .execute(key.owner, key.region, key.name);
    return db.changes() == 1;
}

}  // namespace amilab
