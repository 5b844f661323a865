#include "server/services/s3/encoding.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "server/wire/query.h"
#include "server/wire/types.h"

namespace amilab::s3 {

namespace urls = boost::urls;

namespace {

/// "a=C3=BC_b" of "aü b".
std::optional<std::string> decode_q(std::string_view text)
{
    std::string in_percents;
    for (const char c : text) {
        switch (c) {
            case '%':
                in_percents += "%25";
                break;
            case '=':
                in_percents += '%';
                break;
            case '_':
                in_percents += ' ';
                break;
            default:
                in_percents += c;
        }
    }
    return wire::percent_decoded(in_percents);
}

/// An encoded word at the beginning of a text, and how long it is there.
struct Word {
    std::string text;
    std::size_t length;
};

std::optional<Word> find_word_at_begin(std::string_view text)
{
    constexpr std::string_view kBegin = "=?utf-8?";
    constexpr std::string_view kEnd = "?=";
    constexpr std::size_t kEncodingLength = 2;  // "B?"
    const auto behind = kBegin.size() + kEncodingLength;
    if (text.size() < behind || !boost::algorithm::iequals(text.substr(0, kBegin.size()), kBegin) ||
        text[behind - 1] != '?') {
        return std::nullopt;
    }
    const auto end = text.find(kEnd, behind);
    if (end == text.npos) {
        return std::nullopt;
    }
    const auto encoded = text.substr(behind, end - behind);
    const auto encoding = text[kBegin.size()];
    std::optional<std::string> decoded;
    if (encoding == 'B' || encoding == 'b') {
        decoded = wire::decode_base64(encoded);
    } else if (encoding == 'Q' || encoding == 'q') {
        decoded = decode_q(encoded);
    }
    return decoded ? std::optional(Word{std::move(*decoded), end + kEnd.size()}) : std::nullopt;
}

}  // namespace

std::string percent_encoded(std::string_view text)
{
    return urls::encode({text.data(), text.size()}, urls::unreserved_chars);
}

std::string in_quotes(std::string_view etag)
{
    return fmt::format("\"{}\"", etag);
}

std::string_view unquoted(std::string_view etag)
{
    const bool has_quotes = etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"');
    return has_quotes ? etag.substr(1, etag.size() - 2) : etag;
}

std::string encoded_word(std::string_view text)
{
    const bool is_printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    const bool has_blank_ends = text.starts_with(' ') || text.ends_with(' ');
    const bool reads_as_it_is = is_printable && !has_blank_ends && with_decoded_words(text) == text;
    return reads_as_it_is ? std::string(text)
                          : fmt::format("=?UTF-8?B?{}?=", wire::encode_base64(text));
}

std::string with_decoded_words(std::string_view text)
{
    std::string result;
    // Blanks between two words are no part of the text.
    std::size_t blanks = 0;
    bool follows_word = false;
    while (!text.empty()) {
        if (auto word = find_word_at_begin(text)) {
            result.resize(result.size() - (follows_word ? blanks : 0));
            result += word->text;
            text.remove_prefix(word->length);
            blanks = 0;
            follows_word = true;
            continue;
        }
        const bool is_blank = text.front() == ' ';
        blanks = is_blank ? blanks + 1 : 0;
        follows_word = follows_word && is_blank;
        result += text.front();
        text.remove_prefix(1);
    }
    return result;
}

std::string encoded_key(std::string_view key, bool is_encoded)
{
    constexpr auto kLeft =
        urls::unreserved_chars + urls::grammar::lut_chars("*/") - urls::grammar::lut_chars('~');
    return is_encoded ? urls::encode({key.data(), key.size()}, kLeft) : std::string(key);
}

}  // namespace amilab::s3
