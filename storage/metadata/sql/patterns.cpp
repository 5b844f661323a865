#include "storage/metadata/sql/patterns.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <sqlite3.h>

namespace amilab {

namespace {

constexpr char kAny = '\xff';

bool goes_on(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// Where the character ends that begins there.
std::size_t end_of_character(std::string_view text, std::size_t at)
{
    ++at;
    while (at < text.size() && goes_on(text[at])) {
        ++at;
    }
    return at;
}

std::size_t begin_of_character(std::string_view text, std::size_t end)
{
    --end;
    while (end > 0 && goes_on(text[end])) {
        --end;
    }
    return end;
}

/// Where a match of the piece ends that begins at `at`.
std::optional<std::size_t> match_at(std::string_view piece, std::string_view text, std::size_t at)
{
    for (const char wanted : piece) {
        if (at == text.size() || (wanted != kAny && wanted != text[at])) {
            return std::nullopt;
        }
        at = wanted == kAny ? end_of_character(text, at) : at + 1;
    }
    return at;
}

/// Where a match of the piece begins that ends with the text.
std::optional<std::size_t> match_end(std::string_view piece, std::string_view text)
{
    auto end = text.size();
    for (auto wanted = piece.rbegin(); wanted != piece.rend(); ++wanted) {
        if (end == 0 || (*wanted != kAny && *wanted != text[end - 1])) {
            return std::nullopt;
        }
        end = *wanted == kAny ? begin_of_character(text, end) : end - 1;
    }
    return end;
}

/// Where the first match of the piece ends, from `at` on.
std::optional<std::size_t> find(std::string_view piece, std::string_view text, std::size_t at)
{
    const auto literal = piece.substr(0, piece.find(kAny));
    if (literal.size() == piece.size()) {
        const auto found = text.find(piece, at);
        return found == text.npos ? std::nullopt : std::optional(found + piece.size());
    }
    for (; at <= text.size(); ++at) {
        if (!literal.empty()) {
            at = text.find(literal, at);
            if (at == text.npos) {
                return std::nullopt;
            }
        } else if (at < text.size() && goes_on(text[at])) {
            continue;
        }
        if (const auto end = match_at(piece, text, at)) {
            return end;
        }
    }
    return std::nullopt;
}

}  // namespace

Pattern::Pattern(std::string_view value) : pieces_(1)
{
    for (std::size_t i = 0; i < value.size(); ++i) {
        char c = value[i];
        if (c == '*') {
            // Several in a row are one.
            if (pieces_.size() == 1 || !pieces_.back().empty()) {
                pieces_.emplace_back();
            }
            continue;
        }
        if (c == '?') {
            has_any_ = true;
            c = kAny;
        } else if (c == '\\' && i + 1 < value.size()) {
            c = value[++i];
        }
        pieces_.back() += c;
    }
}

bool Pattern::is_everything() const
{
    return pieces_.size() == 2 && pieces_[0].empty() && pieces_[1].empty();
}

std::string Pattern::prefix() const
{
    return has_any_ ? pieces_.front().substr(0, pieces_.front().find(kAny)) : pieces_.front();
}

bool Pattern::matches(std::string_view text) const
{
    auto at = match_at(pieces_.front(), text, 0);
    if (!at || pieces_.size() == 1) {
        return at == text.size();
    }
    for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
        at = find(pieces_[i], text, *at);
        if (!at) {
            return false;
        }
    }
    return match_end(pieces_.back(), text.substr(*at)).has_value();
}

namespace {

using Patterns = std::vector<Pattern>;

/// Reads what pattern_list() made: each value behind its length and a colon.
Patterns read_patterns(std::string_view list)
{
    Patterns patterns;
    while (!list.empty()) {
        std::size_t size = 0;
        const auto [colon, error] = std::from_chars(list.data(), list.data() + list.size(), size);
        const auto begin = static_cast<std::size_t>(colon - list.data()) + 1;
        if (error != std::errc() || begin + size > list.size()) {
            throw std::logic_error("no list of patterns");
        }
        patterns.emplace_back(list.substr(begin, size));
        list.remove_prefix(begin + size);
    }
    return patterns;
}

std::string_view text_of(sqlite3_value* value)
{
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return {text != nullptr ? text : "", static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

/// The patterns of the second argument. SQLite keeps them while that stays the same; where it does
/// not, `own` does.
const Patterns& patterns_of(sqlite3_context* context, sqlite3_value* list,
                            std::unique_ptr<Patterns>& own)
{
    constexpr int kList = 1;
    if (const auto* kept = static_cast<Patterns*>(sqlite3_get_auxdata(context, kList))) {
        return *kept;
    }
    auto made = std::make_unique<Patterns>(read_patterns(text_of(list)));
    auto* const given = made.release();
    sqlite3_set_auxdata(context, kList, given,
                        [](void* patterns) { delete static_cast<Patterns*>(patterns); });
    // It may have been deleted at once, for want of memory.
    if (const auto* kept = static_cast<Patterns*>(sqlite3_get_auxdata(context, kList))) {
        return *kept;
    }
    own = std::make_unique<Patterns>(read_patterns(text_of(list)));
    return *own;
}

/// What it costs to hold a text against a pattern: 16 ns, measured, where it is short, which is
/// half of what an instruction takes.
std::int64_t cost_of(std::string_view text)
{
    constexpr std::size_t kBytesOfAnInstruction = 64;
    return 1 + static_cast<std::int64_t>(text.size() / kBytesOfAnInstruction);
}

void matches_any(sqlite3_context* context, int /*count*/, sqlite3_value** arguments)
{
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) {
        return;
    }
    try {
        std::unique_ptr<Patterns> own;
        const auto& patterns = patterns_of(context, arguments[1], own);
        const auto text = text_of(arguments[0]);
        auto& instructions = *static_cast<std::int64_t*>(sqlite3_user_data(context));
        const auto cost = cost_of(text);
        const auto matches = [&](const Pattern& pattern) {
            instructions -= cost;
            return pattern.matches(text);
        };
        sqlite3_result_int(context, std::ranges::any_of(patterns, matches) ? 1 : 0);
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    } catch (const std::exception& error) {
        sqlite3_result_error(context, error.what(), -1);
    }
}

}  // namespace

std::string pattern_list(const std::vector<std::string_view>& values)
{
    std::string list;
    for (const auto value : values) {
        list += fmt::format("{}:{}", value.size(), value);
    }
    return list;
}

void add_pattern_functions(sqlite3* handle, std::int64_t& instructions)
{
    const int code =
        sqlite3_create_function_v2(handle, "matches_any", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                   &instructions, &matches_any, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        throw std::logic_error(sqlite3_errstr(code));
    }
}

}  // namespace amilab
