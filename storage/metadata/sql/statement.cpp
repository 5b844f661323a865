#include "storage/metadata/sql/statement.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>
#include <sqlite3.h>

namespace amilab {

Statement::Statement(Database& db, std::string_view sql) : db_(&db), compiled_(db.take(sql)) {}

void Statement::begin(std::size_t values)
{
    const auto placeholders = sqlite3_bind_parameter_count(compiled_.get());
    if (static_cast<std::size_t>(placeholders) != values) {
        throw std::logic_error(fmt::format("{} values for {} placeholders: {}", values,
                                           placeholders, sqlite3_sql(compiled_.get())));
    }
    db_->charge(Database::kStatementCost);
    sqlite3_reset(compiled_.get());
}

Statement& Statement::bind_named(std::span<const Named> values)
{
    const int placeholders = sqlite3_bind_parameter_count(compiled_.get());
    begin(static_cast<std::size_t>(placeholders));
    for (int index = 1; index <= placeholders; ++index) {
        const auto* name = sqlite3_bind_parameter_name(compiled_.get(), index);
        const auto value =
            std::ranges::find(values, std::string_view(name != nullptr ? name : ""), &Named::name);
        if (value == values.end()) {
            throw std::logic_error(fmt::format("no value for placeholder {}: {}", index,
                                               sqlite3_sql(compiled_.get())));
        }
        bind_value(index, value->value);
    }
    return *this;
}

bool Statement::step()
{
    const int code = sqlite3_step(compiled_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    if (code == SQLITE_INTERRUPT && db_->is_over_budget()) {
        throw BudgetExceeded();
    }
    if (code == SQLITE_INTERRUPT && db_->is_stopped()) {
        throw Interrupted();
    }
    throw_sqlite_error(db_->handle(), code, sqlite3_sql(compiled_.get()), db_->path());
}

void Statement::check_bound(int code)
{
    if (code != SQLITE_OK) {
        throw_sqlite_error(db_->handle(), code, sqlite3_sql(compiled_.get()), db_->path());
    }
}

// Values are copied by SQLite: a statement may be stepped long after its caller's temporaries died.
void Statement::bind_value(int index, std::string_view text)
{
    check_bound(sqlite3_bind_text(compiled_.get(), index, text.data() != nullptr ? text.data() : "",
                                  static_cast<int>(text.size()), SQLITE_TRANSIENT));
}

void Statement::bind_value(int index, std::nullptr_t)
{
    check_bound(sqlite3_bind_null(compiled_.get(), index));
}

void Statement::bind_value(int index, const std::vector<std::string>& list)
{
    if (list.empty()) {
        bind_value(index, nullptr);
    } else {
        bind_value(index, fmt::to_string(fmt::join(list, ",")));
    }
}

void Statement::bind_value(int index, std::span<const std::byte> blob)
{
    check_bound(
        sqlite3_bind_blob64(compiled_.get(), index, blob.data(), blob.size(), SQLITE_TRANSIENT));
}

void Statement::bind_value(int index, double number)
{
    check_bound(sqlite3_bind_double(compiled_.get(), index, number));
}

void Statement::bind_integer(int index, std::int64_t number)
{
    check_bound(sqlite3_bind_int64(compiled_.get(), index, number));
}

void Statement::Row::read(std::string& value)
{
    value = view();
}

void Statement::Row::read(double& value)
{
    value = real();
}

void Statement::Row::read(bool& value)
{
    value = boolean();
}

void Statement::Row::read(std::int64_t& value)
{
    value = integer();
}

bool Statement::Row::skip_null()
{
    if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) {
        return false;
    }
    ++column_;
    return true;
}

std::string_view Statement::Row::view()
{
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_));
    ++column_;
    return text != nullptr ? std::string_view(text, size) : std::string_view();
}

std::int64_t Statement::Row::integer()
{
    return sqlite3_column_int64(statement_, column_++);
}
double Statement::Row::real()
{
    return sqlite3_column_double(statement_, column_++);
}

std::optional<std::string> Statement::Row::optional_text()
{
    return skip_null() ? std::nullopt : std::optional(text());
}

std::optional<std::int64_t> Statement::Row::optional_integer()
{
    return skip_null() ? std::nullopt : std::optional(integer());
}

std::optional<double> Statement::Row::optional_real()
{
    return skip_null() ? std::nullopt : std::optional(real());
}

std::optional<bool> Statement::Row::optional_boolean()
{
    return skip_null() ? std::nullopt : std::optional(boolean());
}

std::string Statement::Row::blob()
{
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column_));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_));
    ++column_;
    return bytes != nullptr ? std::string(bytes, size) : std::string();
}

void append_json(std::string& json, std::string_view text)
{
    constexpr unsigned char kFirstPrintable = 0x20;
    json += '"';
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < kFirstPrintable) {
            json += fmt::format("\\u{:04x}", c);
            continue;
        }
        if (c == '"' || c == '\\') {
            json += '\\';
        }
        json += c;
    }
    json += '"';
}

std::string json_list(std::span<const std::string> texts)
{
    std::string list = "[";
    for (const auto& text : texts) {
        if (list.size() > 1) {
            list += ',';
        }
        append_json(list, text);
    }
    return list + "]";
}

void Statement::Row::read(std::vector<std::string>& value)
{
    value.clear();
    if (skip_null()) {
        return;
    }
    const auto text = view();
    for (std::size_t begin = 0;;) {
        const auto end = text.find(',', begin);
        value.emplace_back(text.substr(begin, end - begin));
        if (end == std::string_view::npos) {
            return;
        }
        begin = end + 1;
    }
}

void Statement::Row::read(std::vector<std::int64_t>& value)
{
    std::vector<std::string> texts;
    read(texts);
    value.clear();
    for (const auto& text : texts) {
        std::from_chars(text.data(), text.data() + text.size(), value.emplace_back());
    }
}

Query::Query(std::string_view sql) : sql_(sql) {}
Query::Query(const Query&) = default;
Query::Query(Query&&) noexcept = default;
Query& Query::operator=(const Query&) = default;
Query& Query::operator=(Query&&) noexcept = default;
Query::~Query() = default;

Query& Query::value(std::string_view text)
{
    sql_ += '?';
    values_.emplace_back(std::string(text));
    return *this;
}

Query& Query::value(std::int64_t number)
{
    sql_ += '?';
    values_.emplace_back(number);
    return *this;
}

Query& Query::append(const Query& other)
{
    sql_ += other.sql_;
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
    return *this;
}

void Query::keep(std::string_view text)
{
    parts_.emplace_back(std::string(text));
}

void Query::keep(std::nullptr_t)
{
    parts_.emplace_back(nullptr);
}

void Query::keep(double number)
{
    parts_.emplace_back(number);
}

void Query::keep_integer(std::int64_t number)
{
    parts_.emplace_back(number);
}

Query& Query::append_text(std::string_view sql)
{
    constexpr std::string_view kNow = "$now";
    auto next = parts_.begin();
    // One character at a time is quicker to find than any of two.
    auto mark = next == parts_.end() ? sql.npos : sql.find('?');
    auto now = sql.find(kNow);
    std::size_t at = 0;
    while (std::min(mark, now) != sql.npos) {
        const auto end = std::min(mark, now);
        sql_ += sql.substr(at, end - at);
        if (end == now) {
            value(now_ms_);
            at = end + kNow.size();
            now = sql.find(kNow, at);
        } else {
            sql_ += '?';
            values_.push_back(std::move(*next++));
            at = end + 1;
            mark = next == parts_.end() ? sql.npos : sql.find('?', at);
        }
    }
    sql_ += sql.substr(at);
    if (next != parts_.end()) {
        throw std::logic_error(fmt::format("more values than placeholders: {}", sql));
    }
    parts_.clear();
    return *this;
}

namespace {

/// Up to so many values are placeholders of their own, so that a list's texts are as many and one.
constexpr std::size_t kFewValues = 8;

/// SQLite ends a text of JSON at a zero byte.
bool fits_json(const std::string& value)
{
    return value.find('\0') == std::string::npos;
}

}  // namespace

Query& Query::list(std::span<const std::string> values)
{
    if (values.empty()) {
        return sql("(NULL)");
    }
    if (values.size() > kFewValues && std::ranges::all_of(values, fits_json)) {
        return sql("(SELECT value FROM json_each(").value(json_list(values)).sql("))");
    }
    sql("(");
    for (std::size_t i = 0; i < values.size(); ++i) {
        sql(i == 0 ? "" : ", ").value(values[i]);
    }
    return sql(")");
}

Statement Query::on(Database& db) const
{
    Statement statement(db, sql_);
    statement.begin(values_.size());
    int index = 0;
    for (const auto& value : values_) {
        ++index;
        std::visit([&](const auto& held) { statement.bind_value(index, held); }, value);
    }
    return statement;
}

}  // namespace amilab
