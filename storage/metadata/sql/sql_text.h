#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "storage/base/vocabulary.h"

/// SQL that is put together of other SQL when the program is compiled, so that a rule which several
/// columns and filters need is written once:
///
///     inline constexpr auto kIsReady = sql("v.ready_ms <= $now");
///     inline constexpr auto kState = "iif(" + kIsReady + ", " + sql_word<DoorState::kOpen> + ...";
namespace amilab {

template <std::size_t kSize>
struct SqlText {
    std::array<char, kSize> characters{};

    constexpr operator std::string_view() const { return {characters.data(), kSize}; }
};

template <std::size_t kLength>
constexpr auto sql(const char (&literal)[kLength])
{
    SqlText<kLength - 1> text;
    std::copy(literal, literal + kLength - 1, text.characters.begin());
    return text;
}

/// SQL that is no literal, of so many characters: the name of a table.
template <std::size_t kSize>
constexpr auto sql_text(std::string_view characters)
{
    SqlText<kSize> text;
    std::copy_n(characters.begin(), kSize, text.characters.begin());
    return text;
}

template <std::size_t kFirst, std::size_t kSecond>
constexpr auto operator+(const SqlText<kFirst>& first, const SqlText<kSecond>& second)
{
    SqlText<kFirst + kSecond> text;
    auto* end = std::copy(first.characters.begin(), first.characters.end(), text.characters.data());
    std::copy(second.characters.begin(), second.characters.end(), end);
    return text;
}
template <std::size_t kSize, std::size_t kLength>
constexpr auto operator+(const SqlText<kSize>& text, const char (&literal)[kLength])
{
    return text + sql(literal);
}
template <std::size_t kLength, std::size_t kSize>
constexpr auto operator+(const char (&literal)[kLength], const SqlText<kSize>& text)
{
    return sql(literal) + text;
}

/// "'in-use'" of a word of a vocabulary.
template <auto kWord>
inline constexpr auto sql_word = [] {
    constexpr auto kText = text_of(kWord);
    SqlText<kText.size() + 2> text;
    text.characters.front() = '\'';
    std::copy(kText.begin(), kText.end(), text.characters.begin() + 1);
    text.characters.back() = '\'';
    return text;
}();

/// "('gp3', 'io1')" of an array of words, for IN.
template <const auto& kOf>
constexpr auto sql_list()
{
    const auto join = []<std::size_t... kIndex>(std::index_sequence<kIndex...>)
    {
        return "(" + sql_word<kOf[0]> + (sql("") + ... + (", " + sql_word<kOf[kIndex + 1]>)) + ")";
    };
    return join(std::make_index_sequence<kOf.size() - 1>{});
}

/// "'enabled'" of a text without quotes.
template <std::size_t kLength>
constexpr auto sql_quoted(const char (&text)[kLength])
{
    return "'" + sql(text) + "'";
}

/// "'igw-'": how ids of a kind begin.
template <class Tag>
inline constexpr auto sql_id_prefix = "'" + sql_text<Tag::kPrefix.size()>(Tag::kPrefix) + "-'";
/// "'igw-%'": any id of a kind, for LIKE.
template <class Tag>
inline constexpr auto sql_any_id = "'" + sql_text<Tag::kPrefix.size()>(Tag::kPrefix) + "-%'";

/// Milliseconds since 1970 as text of whole seconds, for filters: "2026-01-02T03:04:05.000Z".
template <std::size_t kSize>
constexpr auto sql_whole_seconds(const SqlText<kSize>& milliseconds)
{
    return "strftime('%Y-%m-%dT%H:%M:%S.000Z', " + milliseconds + " / 1000, 'unixepoch')";
}

}  // namespace amilab
