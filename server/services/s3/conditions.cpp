#include "server/services/s3/conditions.h"

#include <algorithm>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/services/s3/encoding.h"
#include "server/services/s3/errors.h"
#include "server/wire/read.h"
#include "server/wire/rest_xml.h"
#include "server/wire/types.h"

namespace amilab::s3 {

namespace {

constexpr TimeMs kMsInSecond = 1000;

/// Whether a list of tags has the object's. S3 takes tags without quotes too (observed).
bool has_tag(std::string_view list, std::string_view etag)
{
    return std::ranges::any_of(split(list, ','), [&](std::string_view tag) {
        tag = wire::trimmed(tag);
        if (tag.starts_with("W/")) {
            tag.remove_prefix(2);
        }
        tag = unquoted(tag);
        return tag == "*" || tag == etag;
    });
}

/// Of a second: that is as fine as headers are.
bool is_later(TimeMs modified_ms, TimeMs than_ms)
{
    return modified_ms / kMsInSecond > than_ms / kMsInSecond;
}

/// Source: code, status and elements observed.
ApiError invalid_range(std::string_view asked, std::int64_t size_bytes)
{
    return ApiError("InvalidRange", "The requested range is not satisfiable", kRangeNotSatisfiable)
        .with("RangeRequested", asked)
        .with("ActualObjectSize", fmt::format("{}", size_bytes))
        .with_header("Content-Range", fmt::format("bytes */{}", size_bytes));
}

}  // namespace

std::string to_http_date(TimeMs time_ms)
{
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                       fmt::gmtime(static_cast<std::time_t>(time_ms / kMsInSecond)));
}

std::optional<TimeMs> parse_http_date(std::string_view text)
{
    const std::string date(text);
    for (const char* form :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
        std::tm parts{};
        const auto* end = strptime(date.c_str(), form, &parts);
        if (end != nullptr && *end == '\0') {
            return static_cast<TimeMs>(timegm(&parts)) * kMsInSecond;
        }
    }
    return std::nullopt;
}

Verdict judge(const ReadConditions& conditions, std::string_view etag, TimeMs modified_ms,
              std::string_view& failed)
{
    const auto time_of = [](const std::optional<std::string>& header) {
        return header ? parse_http_date(*header) : std::nullopt;
    };
    if (conditions.if_match && !has_tag(*conditions.if_match, etag)) {
        failed = "If-Match";
        return Verdict::kFailed;
    }
    const auto unmodified = time_of(conditions.if_unmodified_since);
    if (!conditions.if_match && unmodified && is_later(modified_ms, *unmodified)) {
        failed = "If-Unmodified-Since";
        return Verdict::kFailed;
    }
    if (conditions.if_none_match) {
        failed = "If-None-Match";
        return has_tag(*conditions.if_none_match, etag) ? Verdict::kNotModified : Verdict::kHolds;
    }
    const auto modified = time_of(conditions.if_modified_since);
    failed = "If-Modified-Since";
    return modified && !is_later(modified_ms, *modified) ? Verdict::kNotModified : Verdict::kHolds;
}

void require_writable(const std::optional<std::string>& if_match,
                      const std::optional<std::string>& if_none_match, std::string_view key,
                      const std::optional<ObjectRow>& there)
{
    if (if_none_match) {
        if (wire::trimmed(*if_none_match) != "*") {
            throw wire::not_implemented("If-None-Match other than *");
        }
        if (there) {
            throw precondition_failed("If-None-Match");
        }
    }
    if (if_match) {
        if (!there) {
            throw no_such_key(key);
        }
        if (!has_tag(*if_match, there->etag)) {
            throw precondition_failed("If-Match");
        }
    }
}

std::optional<ByteRange> parse_range(std::string_view header, std::int64_t size_bytes)
{
    constexpr std::string_view kUnit = "bytes=";
    const auto asked = header;
    if (!header.starts_with(kUnit)) {
        return std::nullopt;
    }
    header.remove_prefix(kUnit.size());
    const auto dash = header.find('-');
    if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) {
        return std::nullopt;
    }
    const auto digits = [](std::string_view text) {
        return text.find_first_not_of("0123456789") == text.npos ? wire::parse_integer(text)
                                                                 : std::nullopt;
    };
    const auto first_text = header.substr(0, dash);
    const auto last_text = header.substr(dash + 1);
    const auto first = digits(first_text);
    const auto last = digits(last_text);
    if ((!first && !first_text.empty()) || (!last && !last_text.empty()) || (!first && !last) ||
        (first && last && *last < *first)) {
        return std::nullopt;
    }
    if (!first) {
        if (*last == 0) {
            throw invalid_range(asked, size_bytes);
        }
        if (size_bytes == 0) {
            return std::nullopt;  // all there is, which no Content-Range can say
        }
        return ByteRange{std::max<std::int64_t>(size_bytes - *last, 0), size_bytes};
    }
    if (*first >= size_bytes) {
        throw invalid_range(asked, size_bytes);
    }
    return ByteRange{*first, last ? std::min(*last, size_bytes - 1) + 1 : size_bytes};
}

}  // namespace amilab::s3
