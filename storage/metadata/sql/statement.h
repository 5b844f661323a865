#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/base/ids.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// One run of one SQL text. The compiled form comes from the connection and goes back to it.
///
///     Statement select(db, "SELECT id, size_gib FROM volume WHERE owner = ?1");
///     select.bind(owner);
///     while (select.step()) { auto row = select.row(); ... row.text() ... row.integer() ... }
class Statement {
public:
    Statement(Database& db, std::string_view sql);
    Statement(Statement&& other) noexcept = default;
    Statement& operator=(Statement&&) = delete;

    /// Gives every placeholder its value, in order, and begins anew; another number of values than
    /// placeholders is our bug and throws std::logic_error.
    template <class... Values>
    Statement& bind(const Values&... values)
    {
        begin(sizeof...(values));
        int index = 0;
        (bind_value(++index, values), ...);
        return *this;
    }

    /// bind() and run to the end; for statements whose rows do not matter.
    template <class... Values>
    void execute(const Values&... values)
    {
        bind(values...);
        while (step()) {
        }
    }

    /// True: there is a row. False: done.
    bool step();
    /// The first column of all rows that are left.
    std::vector<std::string> texts();

    /// The columns of the current row, read from left to right. Views live until the next step.
    class Row {
    public:
        std::string text() { return std::string(view()); }
        std::string_view view();
        std::int64_t integer();
        double real();
        bool boolean() { return integer() != 0; }
        std::optional<std::string> optional_text();
        std::optional<std::int64_t> optional_integer();
        std::optional<double> optional_real();
        std::optional<bool> optional_boolean();
        std::string blob();
        template <class IdType>
        IdType id()
        {
            return IdType::trusted(text());
        }

    private:
        friend class Statement;
        explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
        bool skip_null();
        sqlite3_stmt* statement_;
        int column_ = 0;
    };
    Row row() { return Row(compiled_.get()); }

    void begin(std::size_t values);
    void bind_value(int index, std::string_view text);
    void bind_value(int index, const std::string& text)
    {
        bind_value(index, std::string_view(text));
    }
    void bind_value(int index, const char* text) { bind_value(index, std::string_view(text)); }
    void bind_value(int index, std::nullptr_t);
    void bind_value(int index, std::span<const std::byte> blob);
    void bind_value(int index, double number);
    template <std::integral Integer>
    void bind_value(int index, Integer number)
    {
        bind_integer(index, static_cast<std::int64_t>(number));
    }
    template <class Tag>
    void bind_value(int index, const Id<Tag>& id)
    {
        bind_value(index, std::string_view(id.text()));
    }
    template <class Value>
    void bind_value(int index, const std::optional<Value>& value)
    {
        if (value) {
            bind_value(index, *value);
        } else {
            bind_value(index, nullptr);
        }
    }

private:
    void bind_integer(int index, std::int64_t number);
    void check_bound(int code);

    Database* db_;
    Database::Compiled compiled_;
};

/// SQL text that grows with its values, for queries whose shape depends on the request. The text
/// must come from the program alone; whatever a client sent goes into values.
class Query {
public:
    explicit Query(std::string_view sql = {}) : sql_(sql) {}

    Query& sql(std::string_view text)
    {
        sql_ += text;
        return *this;
    }
    /// Appends a placeholder that has this value. The text is copied.
    Query& value(std::string_view text);
    Query& value(std::int64_t number);
    /// Appends "(?, ?, ...)"; an empty list is "(NULL)", which nothing is in.
    Query& list(const std::vector<std::string>& values);

    /// A statement ready to step.
    Statement on(Database& db) const;
    const std::string& text() const { return sql_; }

private:
    std::string sql_;
    std::vector<std::variant<std::string, std::int64_t>> values_;
};

}  // namespace amilab
