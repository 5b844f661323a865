#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

/// SQL that is put together of other SQL when the program is compiled, so that a rule which several
/// columns and filters need is written once:
///
///     inline constexpr auto kIsReady = sql("v.ready_ms <= $now");
///     inline constexpr auto kState = "iif(" + kIsReady + ", 'ready', 'pending')";
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

/// "('gp3', 'io1')" of plain words, for IN.
template <const auto& kWords>
constexpr auto sql_list()
{
    // Each word has two quotes, and two characters before it or, the last, behind it.
    constexpr auto kLength = [] {
        std::size_t length = 0;
        for (const std::string_view word : kWords) {
            length += word.size() + 4;
        }
        return length;
    }();
    SqlText<kLength> text;
    auto* end = text.characters.data();
    const auto append = [&](std::string_view part) {
        end = std::copy(part.begin(), part.end(), end);
    };
    for (const std::string_view word : kWords) {
        append(end == text.characters.data() ? "('" : ", '");
        append(word);
        append("'");
    }
    append(")");
    return text;
}

}  // namespace amilab
