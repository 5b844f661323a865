#include "server/wire/types.h"

#include <gtest/gtest.h>

namespace amilab::wire {
namespace {

TEST(Timestamps, AreWrittenWithMillisecondsAndZ)
{
    EXPECT_EQ(format_timestamp({0}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(format_timestamp({1'767'323'045'678}), "2026-01-02T03:04:05.678Z");
    EXPECT_EQ(format_timestamp({-1}), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamps, StayWithinFourDigitsOfYear)
{
    EXPECT_EQ(format_timestamp({std::numeric_limits<std::int64_t>::max()}),
              "9999-12-31T23:59:59.999Z");
    EXPECT_EQ(format_timestamp({std::numeric_limits<std::int64_t>::min()}),
              "0000-01-01T00:00:00.000Z");
}

TEST(Timestamps, AreReadInEveryFormThatSdksSend)
{
    const Timestamp wanted{1'767'323'045'000};
    for (const auto* text :
         {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05",
          "2026-01-02 03:04:05Z", "2026-01-02T05:34:05+02:30", "2026-01-02T00:04:05-0300",
          "2026-01-02T03:04:05.000000000Z", "2026-01-02T03:04:05z"}) {
        EXPECT_EQ(parse_timestamp(text), wanted) << text;
    }
    EXPECT_EQ(parse_timestamp("2026-01-02"), Timestamp{wanted.ms - 11'045'000});
    EXPECT_EQ(parse_timestamp("2026-01-02T03:04Z"), Timestamp{wanted.ms - 5'000});
    EXPECT_EQ(parse_timestamp("2026-01-02T03:04:05.6789Z"), Timestamp{wanted.ms + 678});
    EXPECT_EQ(parse_timestamp("2026-01-02T03:04:05.6Z"), Timestamp{wanted.ms + 600});
    EXPECT_TRUE(parse_timestamp("2024-02-29"));
}

TEST(Timestamps, AreRefusedWhenNoSuchTimeExists)
{
    for (const auto* text : {"",
                             "2026",
                             "2026-1-2",
                             "2026-13-01",
                             "2026-02-29",
                             "2026-00-10",
                             "2026-01-00",
                             "2026-01-02T",
                             "2026-01-02T24:00:00Z",
                             "2026-01-02T03:60:00Z",
                             "2026-01-02T03:04:60Z",
                             "2026-01-02T03:04:05.Z",
                             "2026-01-02T03:04:05ZZ",
                             "2026-01-02T03:04:05+25:00",
                             "2026-01-02T03:04:05+2",
                             "tomorrow",
                             "1767323045",
                             "2026-01-02T03:04:05Z ",
                             "-026-01-02",
                             "2026-01-02T+3:04:05Z"}) {
        EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
    }
}

TEST(Base64, RoundTripsBytesOfEveryLength)
{
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes) << i;
        bytes += static_cast<char>(i * 7);
    }
    EXPECT_EQ(encode_base64("any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
}

TEST(Base64, SkipsLineEndsAndRefusesTheRest)
{
    EXPECT_EQ(decode_base64("YW55\r\nIGNh cm5hbA==\n"), "any carnal");
    EXPECT_EQ(decode_base64(""), "");
    for (const auto* text : {"Y", "YW5", "YW5!", "YW=5", "=", "====", "Y===", "YW55=", "YW5_"}) {
        EXPECT_EQ(decode_base64(text), std::nullopt) << text;
    }
}

TEST(Utf8, TakesEveryLengthAtItsBounds)
{
    for (const auto* text :
         {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
          "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "aé€😀z"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndCutTexts)
{
    for (const auto* text :
         {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x20", "\xE0\x9F\xBF", "\xE2\x82",
          "\xE2\x82\x20", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98", "\xF4\x90\x80\x80",
          "\xF5\x80\x80\x80", "\xFF", "ok\xFE"}) {
        EXPECT_FALSE(is_utf8(text)) << text;
    }
}

}  // namespace
}  // namespace amilab::wire
