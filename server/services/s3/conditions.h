#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/s3/object_rows.h"

/// What requests make their answer hang on: conditions and ranges, as RFC 9110 has them.
namespace amilab::s3 {

/// "Fri, 02 Jan 2026 03:04:05 GMT"
std::string to_http_date(TimeMs time_ms);
/// In the three forms of RFC 9110; nothing for anything else.
std::optional<TimeMs> parse_http_date(std::string_view text);

struct ReadConditions {
    std::optional<std::string> if_match{};
    std::optional<std::string> if_none_match{};
    std::optional<std::string> if_modified_since{};
    std::optional<std::string> if_unmodified_since{};
};

enum class Verdict : std::uint8_t { kHolds, kNotModified, kFailed };
/// What they come to for an object; `failed` names the condition that does not hold.
Verdict judge(const ReadConditions& conditions, std::string_view etag, TimeMs modified_ms,
              std::string_view& failed);

/// Throws ApiError (PreconditionFailed, NoSuchKey) unless what is to be written may be, where
/// `there` is now. Source: "Conditional writes" (documented): If-None-Match is * alone.
void require_writable(const std::optional<std::string>& if_match,
                      const std::optional<std::string>& if_none_match, std::string_view key,
                      const std::optional<ObjectRow>& there);

/// The bytes from `first` up to `end`.
struct ByteRange {
    std::int64_t first = 0;
    std::int64_t end = 0;

    std::int64_t size() const { return end - first; }
};
/// The range that a header asks of so many bytes; nothing for a header that is to be ignored: bad
/// syntax, several ranges, the last of no bytes (RFC 9110, 14.1.2: that is satisfiable). Throws
/// ApiError (InvalidRange).
std::optional<ByteRange> parse_range(std::string_view header, std::int64_t size_bytes);

}  // namespace amilab::s3
