#include "server/services/s3/chunked_body.h"

#include <gtest/gtest.h>

#include "server/wire/api_error.h"

namespace amilab::s3 {
namespace {

/// What a body comes to that arrives in pieces of so many bytes.
std::string content_of(ChunkedBody& body, std::string_view text, std::size_t piece)
{
    std::string content;
    while (!text.empty()) {
        const auto some = text.substr(0, piece);
        text.remove_prefix(some.size());
        body.take(std::as_bytes(std::span(some)), [&](std::span<const std::byte> bytes) {
            content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        });
    }
    return content;
}

std::string code_of(std::string_view text)
{
    ChunkedBody body;
    try {
        content_of(body, text, text.size());
        body.require_end();
    } catch (const ApiError& error) {
        return error.code;
    }
    return {};
}

TEST(ChunkedBody, IsReadWhereverItIsCut)
{
    const std::string long_chunk(9000, 'x');
    const auto text = "2328;chunk-signature=" + std::string(64, '0') + "\r\n" + long_chunk +
                      "\r\n5;chunk-signature=" + std::string(64, '1') +
                      "\r\nhello\r\n0;chunk-signature=" + std::string(64, '2') +
                      "\r\nx-amz-checksum-crc32:AAAAAA==\r\n"
                      "x-amz-trailer-signature:" +
                      std::string(64, '3') + "\r\n\r\n";
    for (const std::size_t piece : {1UL, 2UL, 7UL, 4096UL, text.size()}) {
        ChunkedBody body;
        EXPECT_EQ(content_of(body, text, piece), long_chunk + "hello") << piece;
        body.require_end();
        ASSERT_EQ(body.trailers().size(), 1U) << piece;
        EXPECT_EQ(body.trailers().front().first, "x-amz-checksum-crc32");
        EXPECT_EQ(body.trailers().front().second, "AAAAAA==");
    }
}

TEST(ChunkedBody, MayBeEmptyAndUnsigned)
{
    EXPECT_EQ(code_of("0\r\n\r\n"), "");
    EXPECT_EQ(code_of("0\r\n"), "");
    EXPECT_EQ(code_of("3\r\nabc\r\n0\r\nx-amz-checksum-sha1: YQ==\r\n\r\n"), "");
}

TEST(ChunkedBody, ThatEndsEarlyIsIncomplete)
{
    EXPECT_EQ(code_of("5\r\nhel"), "IncompleteBody");
    EXPECT_EQ(code_of("5\r\nhello\r\n"), "IncompleteBody");
    EXPECT_EQ(code_of("5"), "IncompleteBody");
    EXPECT_EQ(code_of("0\r\nx-amz-checksum-crc32:AA"), "IncompleteBody");
}

TEST(ChunkedBody, ThatIsNoneIsRefused)
{
    for (const std::string text :
         {"hello\r\n", "-1\r\n", "5x\r\nhello\r\n", "5\r\nhello!\r\n0\r\n\r\n", "0\r\n\r\nmore",
          "ffffffffffffffffff\r\n", "fffffffffffffff\r\n"}) {
        EXPECT_EQ(code_of(text), "InvalidRequest") << text;
    }
    EXPECT_EQ(code_of(std::string(2000, '1') + "\r\n"), "InvalidRequest");
    EXPECT_EQ(code_of("0\r\nno trailer\r\n\r\n"), "MalformedTrailerError");
    EXPECT_EQ(code_of("0\r\n:AAAAAA==\r\n\r\n"), "MalformedTrailerError");
}

TEST(ChunkedBody, HasShortChunksAtItsEndAlone)
{
    EXPECT_EQ(code_of("3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n"), "InvalidChunkSizeError");
}

}  // namespace
}  // namespace amilab::s3
