#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "storage/base/ids.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// An enum that tables hold as its number; a vocabulary's words are held as text.
template <class Number>
concept NumberedEnum = std::is_enum_v<Number> && !Vocabulary<Number>;

/// One run of one SQL text. The compiled form comes from the connection and goes back to it.
///
///     Statement select(db, "SELECT id, size_gib FROM volume WHERE owner = ?");
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

    struct Named {
        std::string_view name;
        std::string_view value;
    };
    /// Gives every placeholder the value of its name ("$id") and begins anew; one that none of the
    /// values is for is our bug and throws std::logic_error.
    Statement& bind_named(std::span<const Named> values);

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
    std::vector<std::string> texts() { return values<std::string>(); }
    /// The first column of all rows that are left, whatever its type.
    template <class Value>
    std::vector<Value> values();

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

        /// Reads the next column into a member of a row, whatever its type.
        void read(std::string& value);
        void read(double& value);
        void read(bool& value);
        void read(std::int64_t& value);
        /// The members of a comma-separated list; none of NULL.
        void read(std::vector<std::string>& value);
        void read(std::vector<std::int64_t>& value);
        template <class Tag>
        void read(Id<Tag>& value)
        {
            value = id<Id<Tag>>();
        }
        template <NumberedEnum Number>
        void read(Number& value)
        {
            value = static_cast<Number>(integer());
        }
        template <Vocabulary Word>
        void read(Word& value)
        {
            value = to_word<Word>(view());
        }
        template <class Value>
        void read(std::optional<Value>& value)
        {
            if (skip_null()) {
                value.reset();
            } else {
                read(value.emplace());
            }
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
    /// With commas between them; NULL for none.
    void bind_value(int index, const std::vector<std::string>& list);
    void bind_value(int index, std::span<const std::byte> blob);
    void bind_value(int index, double number);
    template <std::integral Integer>
    void bind_value(int index, Integer number)
    {
        bind_integer(index, static_cast<std::int64_t>(number));
    }
    template <NumberedEnum Number>
    void bind_value(int index, Number number)
    {
        bind_integer(index, static_cast<std::int64_t>(number));
    }
    template <Vocabulary Word>
    void bind_value(int index, Word word)
    {
        bind_value(index, text_of(word));
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

template <class Value>
std::vector<Value> Statement::values()
{
    std::vector<Value> values;
    while (step()) {
        row().read(values.emplace_back());
    }
    return values;
}

/// Appends a text as JSON has it.
void append_json(std::string& json, std::string_view text);
/// Texts as a JSON array, for json_each(): one SQL text whatever their number.
std::string json_list(std::span<const std::string> texts);

/// SQL text that grows with its values, for queries whose shape depends on the request. The text
/// must come from the program alone; whatever a client sent goes into values.
class Query {
public:
    explicit Query(std::string_view sql = {});
    // Of its own, so that what holds a query does not make these anew.
    Query(const Query&);
    Query(Query&&) noexcept;
    Query& operator=(const Query&);
    Query& operator=(Query&&) noexcept;
    ~Query();

    Query& sql(std::string_view text)
    {
        sql_ += text;
        return *this;
    }
    /// Makes room for SQL of so many characters.
    Query& reserve(std::size_t characters)
    {
        sql_.reserve(characters);
        return *this;
    }
    /// What `$now` stands for in what part() appends from here on.
    Query& at(std::int64_t now_ms)
    {
        now_ms_ = now_ms;
        return *this;
    }
    /// Appends SQL in which `$now` is the present time and each ? the next of the values.
    template <class... Values>
    Query& part(std::string_view sql, const Values&... values)
    {
        (keep(values), ...);
        return append_text(sql);
    }
    /// Appends a placeholder that has this value. The text is copied.
    Query& value(std::string_view text);
    Query& value(std::int64_t number);
    template <Vocabulary Word>
    Query& value(Word word)
    {
        return value(text_of(word));
    }
    /// Appends "(?, ?, ...)", or what reads a long list out of one value, so that the texts of
    /// lists are few; an empty list is "(NULL)", which nothing is in.
    Query& list(std::span<const std::string> values);

    /// Appends another's SQL and values.
    Query& append(const Query& other);

    /// A statement ready to step.
    Statement on(Database& db) const;
    const std::string& text() const { return sql_; }

private:
    using Value = std::variant<std::nullptr_t, std::string, std::int64_t, double>;

    /// Keeps a value for one of the placeholders of the next text.
    void keep(std::string_view text);
    void keep(std::nullptr_t);
    void keep(double number);
    void keep_integer(std::int64_t number);
    void keep(const std::string& text) { keep(std::string_view(text)); }
    void keep(const char* text) { keep(std::string_view(text)); }
    template <std::integral Integer>
    void keep(Integer number)
    {
        keep_integer(static_cast<std::int64_t>(number));
    }
    template <NumberedEnum Number>
    void keep(Number number)
    {
        keep_integer(static_cast<std::int64_t>(number));
    }
    template <Vocabulary Word>
    void keep(Word word)
    {
        keep(text_of(word));
    }
    template <class Tag>
    void keep(const Id<Tag>& id)
    {
        keep(std::string_view(id.text()));
    }
    template <class Held>
    void keep(const std::optional<Held>& value)
    {
        if (value) {
            keep(*value);
        } else {
            keep(nullptr);
        }
    }
    /// Moves the values of parts_ to their placeholders.
    Query& append_text(std::string_view sql);

    std::string sql_;
    std::vector<Value> values_;
    std::vector<Value> parts_;
    std::int64_t now_ms_ = 0;
};

}  // namespace amilab
