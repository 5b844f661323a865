#include "storage/base/unpacking.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

namespace amilab {
namespace {

std::string packed(std::string_view text)
{
    std::string result(::compressBound(text.size()), '\0');
    auto length = static_cast<uLongf>(result.size());
    EXPECT_EQ(::compress(reinterpret_cast<Bytef*>(result.data()), &length,
                         reinterpret_cast<const Bytef*>(text.data()), text.size()),
              Z_OK);
    result.resize(length);
    return result;
}

/// What there is room for, or "none".
std::string unpacked(std::string_view bytes, std::size_t room)
{
    std::string text(room, '\0');
    const auto length =
        unpack_zlib(std::as_bytes(std::span(bytes)), std::as_writable_bytes(std::span(text)));
    return length ? text.substr(0, *length) : "none";
}

TEST(UnpackZlib, GivesWhatWasPacked)
{
    const std::string text(100'000, 'x');
    EXPECT_EQ(unpacked(packed(text), text.size()), text);
    EXPECT_EQ(unpacked(packed("few"), 100), "few");
    EXPECT_EQ(unpacked(packed(""), 1), "");
}

TEST(UnpackZlib, GivesNothingOfWhatDoesNotFitOrIsDamaged)
{
    const auto bytes = packed("content");
    EXPECT_EQ(unpacked(bytes, 6), "none");
    EXPECT_EQ(unpacked(bytes.substr(0, bytes.size() - 1), 7), "none");
    EXPECT_EQ(unpacked("", 7), "none");
    auto damaged = bytes;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    EXPECT_EQ(unpacked(damaged, 7), "none");
}

}  // namespace
}  // namespace amilab
