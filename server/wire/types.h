#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amilab {

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
struct Timestamp {
    std::int64_t ms = 0;
    auto operator<=>(const Timestamp&) const = default;
};

/// Bytes that travel as base64.
struct Blob {
    std::string bytes;
    bool operator==(const Blob&) const = default;
};

namespace wire {

/// Of an answer, beside its body.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// What a call answers when it succeeds.
struct Rendered {
    std::string body;
    Headers headers{};
    /// Empty: the protocol's own.
    std::string_view content_type{};
};

/// When a list is rendered though it is empty.
enum class Empty : std::uint8_t { kWhenFilled, kAlways, kWhenSet };

/// "2026-01-02T03:04:05.000Z". Years outside 0000..9999 are shown as the nearest of them.
/// Source: milliseconds and Z, as EC2 answers (observed).
std::string format_timestamp(Timestamp time);

/// ISO 8601: a date, or a date and a time to the second or finer, in UTC or with an offset.
/// Nothing when it is not one. Source: the forms that SDKs send (observed); no zone means UTC
/// (assumed).
std::optional<Timestamp> parse_timestamp(std::string_view text);

/// The bytes that base64 text stands for; spaces and line ends in it are skipped, as old clients
/// wrap lines. Nothing when it is not base64.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

/// Whether `text` is UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// The beginning of `text`, at most so many bytes, with no character cut in two.
std::string_view beginning(std::string_view text, std::size_t most_bytes);

/// Whether UTF-8 text has only characters that XML 1.0 can carry: no control characters but tab and
/// line ends, no U+FFFE and U+FFFF.
bool is_xml_text(std::string_view utf8);

/// "application/json" of "Application/JSON; charset=UTF-8".
/// Source: names of media types compare without case (RFC 9110).
std::string media_type(std::string_view content_type);

/// The value of a header, or a part of one, without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// Twelve digits.
bool is_account_id(std::string_view text);

/// How many characters UTF-8 text has: the bytes that do not continue one. Limits of names,
/// descriptions and tags count these.
std::size_t characters(std::string_view utf8);

}  // namespace wire
}  // namespace amilab
