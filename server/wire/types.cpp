#include "server/wire/types.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <openssl/evp.h>

#include "storage/base/text.h"

namespace amilab::wire {
namespace {

/// Takes exactly `digits` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits)
{
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() < digits || !std::all_of(text.begin(), text.begin() + digits, is_digit)) {
        return std::nullopt;
    }
    int number = 0;
    std::from_chars(text.data(), text.data() + digits, number);
    text.remove_prefix(digits);
    return number;
}

/// Whether a byte of UTF-8 text continues the character before it.
bool is_continued(char byte)
{
    constexpr unsigned kTopBits = 0xC0;
    constexpr unsigned kContinued = 0x80;
    return (static_cast<unsigned char>(byte) & kTopBits) == kContinued;
}

bool take(std::string_view& text, char wanted)
{
    if (!text.starts_with(wanted)) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

/// Milliseconds of ".f", ".ff", ...; digits after the third are dropped.
std::optional<std::int64_t> take_fraction(std::string_view& text)
{
    if (!take(text, '.')) {
        return 0;
    }
    std::int64_t ms = 0;
    std::size_t count = 0;
    for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
        if (count < 3) {
            ms = ms * 10 + (text[count] - '0');
        }
    }
    if (count == 0) {
        return std::nullopt;
    }
    for (std::size_t place = count; place < 3; ++place) {
        ms *= 10;
    }
    text.remove_prefix(count);
    return ms;
}

/// Milliseconds since midnight of "hh:mm[:ss[.fff]]".
std::optional<std::int64_t> take_time(std::string_view& text)
{
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 23 || !take(text, ':')) {
        return std::nullopt;
    }
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) {
        return std::nullopt;
    }
    std::int64_t ms = (*hours * 60 + *minutes) * std::int64_t{60'000};
    if (take(text, ':')) {
        const auto seconds = take_number(text, 2);
        const auto fraction = seconds && *seconds <= 59 ? take_fraction(text) : std::nullopt;
        if (!fraction) {
            return std::nullopt;
        }
        ms += *seconds * std::int64_t{1000} + *fraction;
    }
    return ms;
}

/// Milliseconds to subtract for "", "Z", "+hh:mm", "-hhmm".
std::optional<std::int64_t> take_zone(std::string_view& text)
{
    if (text.empty() || take(text, 'Z') || take(text, 'z')) {
        return 0;
    }
    const int sign = text.front() == '-' ? -1 : 1;
    if (!take(text, '+') && !take(text, '-')) {
        return std::nullopt;
    }
    const auto hours = take_number(text, 2);
    take(text, ':');
    const auto minutes = take_number(text, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) {
        return std::nullopt;
    }
    return sign * (*hours * 60 + *minutes) * std::int64_t{60'000};
}

}  // namespace

std::string format_timestamp(Timestamp time)
{
    constexpr std::int64_t kYear0 = -62'167'219'200'000;
    constexpr std::int64_t kYear9999 = 253'402'300'799'999;
    const std::chrono::sys_time<std::chrono::milliseconds> point{
        std::chrono::milliseconds(std::clamp(time.ms, kYear0, kYear9999))};
    const auto day = std::chrono::floor<std::chrono::days>(point);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{point - day};
    // Not by a format, which costs twenty times as much: a list has four of them in each instance.
    std::string text = "0000-00-00T00:00:00.000Z";
    const auto put = [&text](std::size_t at, std::size_t digits, std::int64_t number) {
        for (; digits > 0; --digits, number /= 10) {
            text[at + digits - 1] = static_cast<char>('0' + number % 10);
        }
    };
    put(0, 4, static_cast<int>(date.year()));
    put(5, 2, static_cast<unsigned>(date.month()));
    put(8, 2, static_cast<unsigned>(date.day()));
    put(11, 2, clock.hours().count());
    put(14, 2, clock.minutes().count());
    put(17, 2, clock.seconds().count());
    put(20, 3, clock.subseconds().count());
    return text;
}

std::optional<Timestamp> parse_timestamp(std::string_view text)
{
    const auto year = take_number(text, 4);
    const auto month = year && take(text, '-') ? take_number(text, 2) : std::nullopt;
    const auto day = month && take(text, '-') ? take_number(text, 2) : std::nullopt;
    if (!day) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) {
        return std::nullopt;
    }
    const std::chrono::milliseconds midnight = std::chrono::sys_days(date).time_since_epoch();
    if (text.empty()) {
        return Timestamp{midnight.count()};
    }
    const auto time = take(text, 'T') || take(text, ' ') ? take_time(text) : std::nullopt;
    const auto zone = time ? take_zone(text) : std::nullopt;
    if (!zone || !text.empty()) {
        return std::nullopt;
    }
    return Timestamp{midnight.count() + *time - *zone};
}

std::optional<std::string> decode_base64(std::string_view text)
{
    const auto is_alphabet = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
    };
    std::string packed;
    packed.reserve(text.size());
    std::size_t padding = 0;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            continue;
        }
        if (c == '=' ? ++padding > 2 : (padding > 0 || !is_alphabet(c))) {
            return std::nullopt;
        }
        packed += c;
    }
    if (packed.size() % 4 != 0) {
        return std::nullopt;
    }
    std::string bytes(packed.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(packed.data()),
                                     static_cast<int>(packed.size()));
    if (size != static_cast<int>(bytes.size())) {
        return std::nullopt;
    }
    bytes.resize(bytes.size() - padding);
    return bytes;
}

std::string encode_base64(std::string_view bytes)
{
    // EVP_EncodeBlock ends its text with a zero byte.
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                    reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
    text.pop_back();
    return text;
}

bool is_utf8(std::string_view text)
{
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    const auto* const end = at + text.size();
    while (at != end) {
        const unsigned lead = *at++;
        if (lead < 0x80) {
            continue;
        }
        const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead < 0xC2 || lead > 0xF4 || end - at < more) {
            return false;
        }
        // The second byte has narrower bounds where overlong forms, surrogates or too large
        // values would begin.
        const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (*at < low || *at > high) {
            return false;
        }
        for (int i = 1; i < more; ++i) {
            if ((at[i] & 0xC0U) != 0x80) {
                return false;
            }
        }
        at += more;
    }
    return true;
}

std::string_view beginning(std::string_view text, std::size_t most_bytes)
{
    auto size = std::min(text.size(), most_bytes);
    while (size < text.size() && size > 0 && is_continued(text[size])) {
        --size;
    }
    return text.substr(0, size);
}

bool is_xml_text(std::string_view utf8)
{
    const bool has_control = std::any_of(utf8.begin(), utf8.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
    });
    return !has_control && utf8.find("\xef\xbf\xbe") == std::string_view::npos &&
           utf8.find("\xef\xbf\xbf") == std::string_view::npos;
}

std::string media_type(std::string_view content_type)
{
    auto type = content_type.substr(0, content_type.find(';'));
    while (type.ends_with(' ') || type.ends_with('\t')) {
        type.remove_suffix(1);
    }
    // Not by a locale, which costs as much as parsing the form: every call has one.
    std::string lower(type);
    std::ranges::transform(lower, lower.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return lower;
}

std::string_view trimmed(std::string_view text)
{
    return amilab::trimmed(text, " \t");
}

bool is_account_id(std::string_view text)
{
    constexpr std::size_t kDigits = 12;
    return text.size() == kDigits &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::size_t characters(std::string_view utf8)
{
    return static_cast<std::size_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char byte) { return !is_continued(byte); }));
}

}  // namespace amilab::wire
