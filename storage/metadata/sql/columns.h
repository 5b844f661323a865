#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/sql/statement.h"

/// The columns of a table, named once beside the members of a row: of them are made the list of a
/// SELECT, the reader of its rows, the INSERT and its values, and what filters compare.
///
///     constexpr auto kVolumeColumns = columns<VolumeRow>(
///         "volume", "v",
///         text<&VolumeRow::id>("id"), integer<&VolumeRow::size_gib>("size_gib"),
///         time<&VolumeRow::create_time_ms>("create_time_ms"),
///         text<&VolumeRow::state>("state").as("iif(v.ready_ms <= $now, 'ready', 'pending')"));
namespace amilab {

/// How filters see a value: as text, a number's digits (3.0 is "3" too), "true" or "false", ISO
/// 8601, or any member of a list that is kept separated by commas.
enum class ColumnType : std::uint8_t { kText, kInteger, kReal, kFlag, kTime, kList };

struct Column {
    std::string_view name;
    ColumnType type;
    /// Reads the next value of a SELECT into the member of a row, and binds that to a placeholder.
    /// `row` is of the type that the column is one of.
    void (*read)(Statement::Row& values, void* row);
    void (*bind)(Statement& statement, int index, const void* row);
    /// SQL that the value is read by; `$now` stands for the present time.
    std::string_view expression = {};
    /// Whether the table holds it.
    bool is_stored = true;
    /// What of the vocabulary that the member is of; empty: it is of none.
    std::span<const std::string_view> words = {};

    /// The value in SQL, in a SELECT where the table has the alias.
    std::string in_sql(std::string_view alias) const;
};

/// A column of `Row`.
template <class Row>
struct ColumnOf {
    Column column;

    /// Derived: no table holds it.
    constexpr ColumnOf as(std::string_view sql) const { return read_as(sql, false); }
    /// Stored as it is, and told by what it has come to.
    constexpr ColumnOf read_as(std::string_view sql, bool is_stored = true) const
    {
        auto changed = *this;
        changed.column.expression = sql;
        changed.column.is_stored = is_stored;
        return changed;
    }
};

// What columns are made of.
namespace column {

template <class Row_, class Member_>
struct MemberOf {
    using Row = Row_;
    using Member = Member_;
};
template <class Row, class Member>
constexpr MemberOf<Row, Member> member_of(Member Row::*);
template <auto kMember>
using RowOf = typename decltype(member_of(kMember))::Row;

template <class Value>
struct WordsOf {
    static constexpr std::span<const std::string_view> kAll{};
};
template <Vocabulary Word>
struct WordsOf<Word> {
    static constexpr std::span<const std::string_view> kAll{kWords<Word>};
};
template <class Value>
struct WordsOf<std::optional<Value>> : WordsOf<Value> {
};

template <auto kMember>
void read(Statement::Row& values, void* row)
{
    values.read(static_cast<RowOf<kMember>*>(row)->*kMember);
}
template <auto kMember>
void bind(Statement& statement, int index, const void* row)
{
    // No table holds a list of numbers, so that nobody binds one.
    if constexpr (requires { statement.bind_value(index, RowOf<kMember>().*kMember); }) {
        statement.bind_value(index, static_cast<const RowOf<kMember>*>(row)->*kMember);
    }
}
template <auto kMember>
constexpr ColumnOf<RowOf<kMember>> make(std::string_view name, ColumnType type)
{
    ColumnOf<RowOf<kMember>> made{{name, type, &read<kMember>, &bind<kMember>}};
    made.column.words = WordsOf<typename decltype(member_of(kMember))::Member>::kAll;
    return made;
}

}  // namespace column

template <auto kMember>
constexpr auto text(std::string_view name)
{
    return column::make<kMember>(name, ColumnType::kText);
}
template <auto kMember>
constexpr auto integer(std::string_view name)
{
    return column::make<kMember>(name, ColumnType::kInteger);
}
template <auto kMember>
constexpr auto real(std::string_view name)
{
    return column::make<kMember>(name, ColumnType::kReal);
}
template <auto kMember>
constexpr auto flag(std::string_view name)
{
    return column::make<kMember>(name, ColumnType::kFlag);
}
/// Milliseconds since 1970.
template <auto kMember>
constexpr auto time(std::string_view name)
{
    return column::make<kMember>(name, ColumnType::kTime);
}
/// A comma-separated list; NULL is the empty one.
template <auto kMember>
constexpr auto list(std::string_view name)
{
    return column::make<kMember>(name, ColumnType::kList);
}

/// The columns that a table's rows are read by.
template <class Row_>
struct Columns {
    using Row = Row_;
    std::string_view table;
    /// What the table is called in a SELECT.
    std::string_view alias;
    std::span<const Column> all;
};

/// What Columns look at.
template <class Row_, std::size_t kCount>
struct ColumnList {
    using Row = Row_;
    std::string_view table;
    std::string_view alias;
    std::array<Column, kCount> all;

    constexpr operator Columns<Row>() const { return {table, alias, all}; }
};

template <class Row, class... More>
constexpr ColumnList<Row, sizeof...(More)> columns(std::string_view table, std::string_view alias,
                                                   const More&... all)
{
    return {table, alias, {static_cast<const ColumnOf<Row>&>(all).column...}};
}

/// The columns of a list and more: say those that lists alone read.
template <class Row, std::size_t kCount, class... More>
constexpr auto and_columns(const ColumnList<Row, kCount>& list, const More&... more)
{
    return [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>)
    {
        return ColumnList<Row, kCount + sizeof...(More)>{
            list.table,
            list.alias,
            {list.all[kIndex]..., static_cast<const ColumnOf<Row>&>(more).column...}};
    }
    (std::make_index_sequence<kCount>());
}

/// The type of the rows that columns or lists of them are of.
template <const auto& kColumns>
using RowOf = typename std::remove_cvref_t<decltype(kColumns)>::Row;

/// SQL of the text that filters compare a value with, and what goes around the comparison.
struct FilterText {
    std::string value;
    std::string before{};
    std::string after{};
};
FilterText as_filter_text(const std::string& expression, ColumnType type);

/// How INSERT meets a row that is there.
enum class Insert { kNew, kUnlessThere, kReplace };

// What the templates below are made of.
namespace column {

std::string select_list(std::span<const Column> columns, std::string_view alias);
std::string insert_sql(std::string_view table, std::span<const Column> columns, Insert how);
void insert(Database& db, const std::string& sql, std::span<const Column> columns, const void* row);
void read_row(std::span<const Column> columns, Statement::Row values, void* row);

/// All rows of a SELECT of the columns.
template <class Row>
std::vector<Row> rows_of(Statement& select, std::span<const Column> columns)
{
    std::vector<Row> rows;
    while (select.step()) {
        read_row(columns, select.row(), &rows.emplace_back());
    }
    return rows;
}

template <class Row>
std::vector<Row> rows_of(Database& db, std::span<const Column> columns, const Query& query)
{
    auto select = query.on(db);
    return rows_of<Row>(select, columns);
}

/// Their first, if there is one; the others are not looked for.
template <class Row>
std::optional<Row> row_of(Database& db, std::span<const Column> columns, const Query& query)
{
    std::optional<Row> row;
    auto select = query.on(db);
    if (select.step()) {
        read_row(columns, select.row(), &row.emplace());
    }
    return row;
}

template <const auto& kColumns, Insert kHow>
void insert_as(Database& db, const amilab::RowOf<kColumns>& row)
{
    static const auto sql = insert_sql(kColumns.table, kColumns.all, kHow);
    insert(db, sql, kColumns.all, &row);
}

}  // namespace column

/// "v.id, v.size_gib, iif(...)", for kColumns' alias.
template <const auto& kColumns>
const std::string& select_list()
{
    static const auto list = column::select_list(kColumns.all, kColumns.alias);
    return list;
}

/// The name of the column that a member is kept in: column_name<&Row::state>(kColumns.all).
template <auto kMember>
constexpr std::string_view column_name(std::span<const Column> columns)
{
    for (const auto& one : columns) {
        if (one.read == &column::read<kMember>) {
            return one.name;
        }
    }
    return {};
}

/// Inserts what is not derived; a row that is there already throws.
template <const auto& kColumns>
void insert_row(Database& db, const RowOf<kColumns>& row)
{
    column::insert_as<kColumns, Insert::kNew>(db, row);
}

/// Inserts the row or, where a constraint forbids it, says false.
template <const auto& kColumns>
bool insert_unless_there(Database& db, const RowOf<kColumns>& row)
{
    column::insert_as<kColumns, Insert::kUnlessThere>(db, row);
    return db.changes() == 1;
}

/// Inserts the row in place of one with its key.
template <const auto& kColumns>
void put_row(Database& db, const RowOf<kColumns>& row)
{
    column::insert_as<kColumns, Insert::kReplace>(db, row);
}

/// Deletes the row with that id, if there is one.
template <const auto& kColumns, class IdType>
void delete_row(Database& db, const IdType& id)
{
    static const auto sql = "DELETE FROM " + std::string(kColumns.table) + " WHERE id = ?";
    Statement(db, sql).execute(id);
}

/// Sets one member of the row with that id, by the member: &VolumeRow::auto_enable_io.
template <const auto& kColumns, auto kMember, class IdType, class Value>
void set_member(Database& db, const IdType& id, const Value& value)
{
    static const auto sql = "UPDATE " + std::string(kColumns.table) + " SET " +
                            std::string(column_name<kMember>(kColumns.all)) + " = ? WHERE id = ?";
    Statement(db, sql).execute(value, id);
}

/// All rows of a SELECT of the columns.
template <const auto& kColumns>
std::vector<RowOf<kColumns>> rows_of(Database& db, const Query& query)
{
    return column::rows_of<RowOf<kColumns>>(db, kColumns.all, query);
}

/// Their first, if there is one.
template <const auto& kColumns>
std::optional<RowOf<kColumns>> row_of(Database& db, const Query& query)
{
    return column::row_of<RowOf<kColumns>>(db, kColumns.all, query);
}

/// The SELECT of the columns that `tail` ends.
template <const auto& kColumns, class... Values>
Query select_of(TimeMs now_ms, std::string_view tail, const Values&... values)
{
    constexpr std::string_view kSelect = "SELECT ";
    const auto& list = select_list<kColumns>();
    Query query;
    query.reserve(kSelect.size() + list.size() + 1 + tail.size());
    query.at(now_ms).sql(kSelect).part(list).sql(" ").part(tail, values...);
    return query;
}

/// Rows of the SELECT that `tail` ends: "FROM volume v WHERE v.id = ?" and the values of its
/// placeholders. `now_ms` is what `$now` stands for, in the tail as in the columns.
template <const auto& kColumns, class... Values>
std::vector<RowOf<kColumns>> select_rows_at(Database& db, TimeMs now_ms, std::string_view tail,
                                            const Values&... values)
{
    return rows_of<kColumns>(db, select_of<kColumns>(now_ms, tail, values...));
}
template <const auto& kColumns, class... Values>
std::vector<RowOf<kColumns>> select_rows(Database& db, std::string_view tail,
                                         const Values&... values)
{
    return select_rows_at<kColumns>(db, 0, tail, values...);
}

/// The first row, if there is one.
template <const auto& kColumns, class... Values>
std::optional<RowOf<kColumns>> select_row_at(Database& db, TimeMs now_ms, std::string_view tail,
                                             const Values&... values)
{
    return row_of<kColumns>(db, select_of<kColumns>(now_ms, tail, values...));
}
template <const auto& kColumns, class... Values>
std::optional<RowOf<kColumns>> select_row(Database& db, std::string_view tail,
                                          const Values&... values)
{
    return select_row_at<kColumns>(db, 0, tail, values...);
}

}  // namespace amilab
