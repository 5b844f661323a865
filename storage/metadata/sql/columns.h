#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/sql/statement.h"

/// The columns of a table, named once beside the members of a row: of them are made the list of a
/// SELECT, the reader of its rows, the INSERT and its values, and what filters compare.
///
///     constexpr auto kVolumeColumns = columns<VolumeRow>(
///         "volume", "v",
///         text("id", &VolumeRow::id), integer("size_gib", &VolumeRow::size_gib),
///         time("create_time_ms", &VolumeRow::create_time_ms),
///         text("state", &VolumeRow::state).as("iif(v.ready_ms <= $now, 'ready', 'pending')"));
namespace amilab {

/// How filters see a value: as text, a number's digits (3.0 is "3" too), "true" or "false", ISO
/// 8601, or any member of a list that is kept separated by commas.
enum class ColumnType : std::uint8_t { kText, kInteger, kReal, kFlag, kTime, kList };

template <class Row, class Member>
struct Column {
    std::string_view name;
    ColumnType type;
    Member Row::*member;
    /// SQL that the value is read by; `$now` stands for the present time.
    std::string_view expression = {};
    /// Whether the table holds it.
    bool is_stored = true;

    /// Derived: no table holds it.
    constexpr Column as(std::string_view sql) const { return {name, type, member, sql, false}; }
    /// Stored as it is, and told by what it has come to.
    constexpr Column read_as(std::string_view sql) const { return {name, type, member, sql}; }
};

template <class Row, class Member>
constexpr Column<Row, Member> text(std::string_view name, Member Row::*member)
{
    return {name, ColumnType::kText, member};
}
template <class Row, class Member>
constexpr Column<Row, Member> integer(std::string_view name, Member Row::*member)
{
    return {name, ColumnType::kInteger, member};
}
template <class Row, class Member>
constexpr Column<Row, Member> real(std::string_view name, Member Row::*member)
{
    return {name, ColumnType::kReal, member};
}
template <class Row, class Member>
constexpr Column<Row, Member> flag(std::string_view name, Member Row::*member)
{
    return {name, ColumnType::kFlag, member};
}
/// Milliseconds since 1970.
template <class Row, class Member>
constexpr Column<Row, Member> time(std::string_view name, Member Row::*member)
{
    return {name, ColumnType::kTime, member};
}

/// A comma-separated list; NULL is the empty one.
template <class Row, class Member>
constexpr Column<Row, Member> list(std::string_view name, Member Row::*member)
{
    return {name, ColumnType::kList, member};
}

template <class Row_, class... Columns>
struct ColumnList {
    using Row = Row_;
    std::string_view table;
    /// What the table is called in a SELECT.
    std::string_view alias;
    std::tuple<Columns...> all;
};

template <class Row, class... Columns>
constexpr ColumnList<Row, Columns...> columns(std::string_view table, std::string_view alias,
                                              const Columns&... all)
{
    return {table, alias, {all...}};
}

/// The columns of a list and more: say those that lists alone read.
template <class Row, class... Columns, class... More>
constexpr ColumnList<Row, Columns..., More...> and_columns(const ColumnList<Row, Columns...>& list,
                                                           const More&... more)
{
    return {list.table, list.alias, std::tuple_cat(list.all, std::tuple<More...>(more...))};
}

/// A column's value in SQL, in a SELECT where its table has the alias.
template <class AnyColumn>
std::string expression_of(const AnyColumn& column, std::string_view alias)
{
    if (!column.expression.empty()) {
        return std::string(column.expression);
    }
    return std::string(alias) + "." + std::string(column.name);
}

/// SQL of the text that filters compare a value with, and what goes around the comparison.
struct FilterText {
    std::string value;
    std::string before{};
    std::string after{};
};
FilterText as_filter_text(const std::string& expression, ColumnType type);

/// "v.id, v.size_gib, iif(...)", for kColumns' alias.
template <const auto& kColumns>
const std::string& select_list()
{
    static const std::string list = [] {
        std::string names;
        std::apply(
            [&](const auto&... column) {
                ((names += (names.empty() ? "" : ", ") + expression_of(column, kColumns.alias)),
                 ...);
            },
            kColumns.all);
        return names;
    }();
    return list;
}

/// The row of a SELECT that began with select_list().
template <class Row, class... Columns>
Row read_row(const ColumnList<Row, Columns...>& columns, Statement::Row values)
{
    Row row;
    std::apply([&](const auto&... column) { (values.read(row.*column.member), ...); }, columns.all);
    return row;
}

/// The name of the column that a member is kept in: column_name<kColumns, &Row::state>().
template <const auto& kColumns, auto kMember>
constexpr std::string_view column_name()
{
    std::string_view name;
    const auto look = [&](const auto& column) {
        if constexpr (std::is_same_v<decltype(kMember), std::decay_t<decltype(column.member)>>) {
            if (column.member == kMember) {
                name = column.name;
            }
        }
    };
    std::apply([&](const auto&... column) { (look(column), ...); }, kColumns.all);
    return name;
}

/// How INSERT meets a row that is there.
enum class Insert { kNew, kUnlessThere, kReplace };

template <const auto& kColumns, Insert kHow>
const std::string& insert_sql()
{
    static const std::string sql = [] {
        std::string names;
        std::string marks;
        const auto add = [&](const auto& column) {
            if (column.is_stored) {
                names += (names.empty() ? "" : ", ") + std::string(column.name);
                marks += marks.empty() ? "?" : ", ?";
            }
        };
        std::apply([&](const auto&... column) { (add(column), ...); }, kColumns.all);
        return std::string(kHow == Insert::kReplace ? "INSERT OR REPLACE INTO " : "INSERT INTO ") +
               std::string(kColumns.table) + " (" + names + ") VALUES (" + marks + ")" +
               (kHow == Insert::kUnlessThere ? " ON CONFLICT DO NOTHING" : "");
    }();
    return sql;
}

template <const auto& kColumns, Insert kHow>
void insert_as(Database& db, const typename std::decay_t<decltype(kColumns)>::Row& row)
{
    Statement statement(db, insert_sql<kColumns, kHow>());
    int count = 0;
    std::apply([&](const auto&... column) { ((count += column.is_stored ? 1 : 0), ...); },
               kColumns.all);
    statement.begin(static_cast<std::size_t>(count));
    int index = 0;
    const auto bind = [&](const auto& column) {
        if (column.is_stored) {
            statement.bind_value(++index, row.*column.member);
        }
    };
    std::apply([&](const auto&... column) { (bind(column), ...); }, kColumns.all);
    while (statement.step()) {
    }
}

/// Inserts what is not derived; a row that is there already throws.
template <const auto& kColumns>
void insert_row(Database& db, const typename std::decay_t<decltype(kColumns)>::Row& row)
{
    insert_as<kColumns, Insert::kNew>(db, row);
}

/// Inserts the row or, where a constraint forbids it, says false.
template <const auto& kColumns>
bool insert_unless_there(Database& db, const typename std::decay_t<decltype(kColumns)>::Row& row)
{
    insert_as<kColumns, Insert::kUnlessThere>(db, row);
    return db.changes() == 1;
}

/// Inserts the row in place of one with its key.
template <const auto& kColumns>
void put_row(Database& db, const typename std::decay_t<decltype(kColumns)>::Row& row)
{
    insert_as<kColumns, Insert::kReplace>(db, row);
}

/// Deletes the row with that id, if there is one.
template <const auto& kColumns, class IdType>
void delete_row(Database& db, const IdType& id)
{
    static const auto sql = "DELETE FROM " + std::string(kColumns.table) + " WHERE id = ?";
    Statement(db, sql).execute(id);
}

/// Rows of the SELECT that `tail` ends: "FROM volume v WHERE v.id = ?" and the values of its
/// placeholders. `now_ms` is what `$now` stands for, in the tail as in the columns.
template <const auto& kColumns, class... Values>
auto select_rows_at(Database& db, TimeMs now_ms, std::string_view tail, const Values&... values)
{
    Query query;
    query.at(now_ms).sql("SELECT ").part(select_list<kColumns>()).sql(" ").part(tail, values...);
    auto select = query.on(db);
    std::vector<typename std::decay_t<decltype(kColumns)>::Row> rows;
    while (select.step()) {
        rows.push_back(read_row(kColumns, select.row()));
    }
    return rows;
}
template <const auto& kColumns, class... Values>
auto select_rows(Database& db, std::string_view tail, const Values&... values)
{
    return select_rows_at<kColumns>(db, 0, tail, values...);
}

/// The first row, if there is one.
template <const auto& kColumns, class... Values>
auto select_row_at(Database& db, TimeMs now_ms, std::string_view tail, const Values&... values)
{
    auto rows = select_rows_at<kColumns>(db, now_ms, tail, values...);
    using Row = typename std::decay_t<decltype(kColumns)>::Row;
    return rows.empty() ? std::optional<Row>() : std::optional<Row>(std::move(rows.front()));
}
template <const auto& kColumns, class... Values>
auto select_row(Database& db, std::string_view tail, const Values&... values)
{
    return select_row_at<kColumns>(db, 0, tail, values...);
}

}  // namespace amilab
