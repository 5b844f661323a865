#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

/// Closed lists of the words that clients read and tables hold: states, types, names of attributes.
/// A word is a value of an enum, so that one which the list does not have does not compile.
///
///     enum class DoorState { kOpen, kHalfOpen };
///     template <>
///     inline constexpr auto kWords<DoorState> = words("open", "half-open");
///
/// Rows have the enum where a table has the text: see Statement. SQL has it by sql_word and
/// sql_list.
namespace amilab {

/// The texts of an enum's values, in their order; none: it is no vocabulary.
template <class Word>
inline constexpr std::array<std::string_view, 0> kWords{};

template <class... Texts>
constexpr auto words(const Texts&... texts)
{
    return std::array{std::string_view(texts)...};
}

template <class Word>
concept Vocabulary = std::is_enum_v<Word> && !kWords<Word>.empty();

template <Vocabulary Word>
constexpr std::string_view text_of(Word word)
{
    return kWords<Word>.at(static_cast<std::size_t>(word));
}

/// For answers: nothing where there is nothing.
template <Vocabulary Word>
std::optional<std::string> text_of(const std::optional<Word>& word)
{
    return word ? std::optional<std::string>(text_of(*word)) : std::nullopt;
}

/// Nothing when it is no word of the list.
template <Vocabulary Word>
constexpr std::optional<Word> find_word(std::string_view text)
{
    for (std::size_t i = 0; i < kWords<Word>.size(); ++i) {
        if (kWords<Word>[i] == text) {
            return static_cast<Word>(i);
        }
    }
    return std::nullopt;
}

/// A word that is known to be one: what a constraint or a check has passed. Another is our bug and
/// throws std::logic_error.
template <Vocabulary Word>
Word to_word(std::string_view text)
{
    const auto found = find_word<Word>(text);
    if (!found) {
        throw std::logic_error("no word of its vocabulary: " + std::string(text));
    }
    return *found;
}

template <Vocabulary Word>
Word to_word(const std::optional<std::string>& text, Word otherwise)
{
    return text ? to_word<Word>(*text) : otherwise;
}

/// Whether a text that may be anything is the word.
template <Vocabulary Word>
constexpr bool operator==(std::string_view text, Word word)
{
    return text == text_of(word);
}
/// Text that the program has itself is no text that may be anything.
template <std::size_t kLength, Vocabulary Word>
constexpr bool operator==(const char (&text)[kLength], Word word) = delete;

}  // namespace amilab
