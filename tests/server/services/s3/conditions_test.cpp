#include "server/services/s3/conditions.h"

#include <gtest/gtest.h>

#include "server/wire/api_error.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::s3 {
namespace {

constexpr TimeMs kModified = test::kStartMs;  // Fri, 02 Jan 2026 03:04:05 GMT

Verdict verdict(const ReadConditions& conditions)
{
    std::string_view failed;
    return judge(conditions, "abc", kModified, failed);
}

TEST(Conditions, OfTagsComeBeforeThoseOfTimes)
{
    const std::string before = "Fri, 02 Jan 2026 03:04:04 GMT";
    const std::string at = "Fri, 02 Jan 2026 03:04:05 GMT";
    EXPECT_EQ(verdict({}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_match = "\"abc\""}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_match = "abc"}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_match = "\"x\", \"abc\""}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_match = "*"}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_match = "\"x\""}), Verdict::kFailed);
    EXPECT_EQ(verdict({.if_none_match = "\"abc\""}), Verdict::kNotModified);
    EXPECT_EQ(verdict({.if_none_match = "\"x\""}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_modified_since = at}), Verdict::kNotModified);
    EXPECT_EQ(verdict({.if_modified_since = before}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_unmodified_since = before}), Verdict::kFailed);
    EXPECT_EQ(verdict({.if_unmodified_since = at}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_match = "abc", .if_unmodified_since = before}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_none_match = "x", .if_modified_since = at}), Verdict::kHolds);
    EXPECT_EQ(verdict({.if_modified_since = "yesterday"}), Verdict::kHolds);
}

TEST(Conditions, ReadTheThreeFormsOfDates)
{
    EXPECT_EQ(to_http_date(kModified), "Fri, 02 Jan 2026 03:04:05 GMT");
    for (const auto* date : {"Fri, 02 Jan 2026 03:04:05 GMT", "Friday, 02-Jan-26 03:04:05 GMT",
                             "Fri Jan  2 03:04:05 2026"}) {
        EXPECT_EQ(parse_http_date(date), kModified) << date;
    }
    EXPECT_EQ(parse_http_date("2026-01-02T03:04:05Z"), std::nullopt);
}

std::string code_of(std::string_view header, std::int64_t size)
{
    try {
        parse_range(header, size);
    } catch (const ApiError& error) {
        return error.code;
    }
    return {};
}

TEST(Ranges, AreCutToWhatThereIs)
{
    const auto range = [](std::string_view header) {
        const auto parsed = parse_range(header, 10);
        return parsed ? std::pair(parsed->first, parsed->end)
                      : std::pair<std::int64_t, std::int64_t>{-1, -1};
    };
    using Pair = std::pair<std::int64_t, std::int64_t>;
    EXPECT_EQ(range("bytes=0-0"), Pair(0, 1));
    EXPECT_EQ(range("bytes=3-"), Pair(3, 10));
    EXPECT_EQ(range("bytes=3-99"), Pair(3, 10));
    EXPECT_EQ(range("bytes=-4"), Pair(6, 10));
    EXPECT_EQ(range("bytes=-99"), Pair(0, 10));
    for (const auto* ignored : {"bytes=5-3", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1,3-4",
                                "bytes=0", "bytes=+1-2", "bytes=99999999999999999999-"}) {
        EXPECT_EQ(range(ignored), Pair(-1, -1)) << ignored;
    }
}

TEST(Ranges, BehindTheEndAreRefused)
{
    EXPECT_EQ(code_of("bytes=10-", 10), "InvalidRange");
    EXPECT_EQ(code_of("bytes=-0", 10), "InvalidRange");
    EXPECT_EQ(code_of("bytes=0-", 0), "InvalidRange");
    EXPECT_EQ(code_of("bytes=-0", 0), "InvalidRange");
    EXPECT_FALSE(parse_range("bytes=-1", 0)) << "the last byte of none: all there is";
}

}  // namespace
}  // namespace amilab::s3
