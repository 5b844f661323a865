#include "storage/base/crc32c.h"

#include <gtest/gtest.h>
#include <string_view>
#include <vector>

namespace amilab {
namespace {

// Source: RFC 3720, appendix B.4 (documented).
TEST(Crc32c, IsWhatTheStandardSays)
{
    const std::vector<std::byte> zeros(32);
    const std::vector<std::byte> ones(32, std::byte{0xff});
    EXPECT_EQ(crc32c(zeros), 0x8a9136aaU);
    EXPECT_EQ(crc32c(ones), 0x62a8ab43U);
    EXPECT_EQ(crc32c(std::as_bytes(std::span(std::string_view("123456789")))), 0xe3069283U);
    EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, IsTheSameOnEveryProcessor)
{
    std::vector<std::byte> bytes;
    for (int index = 0; index < 100; ++index) {
        EXPECT_EQ(crc32c(bytes), crc32c_by_table(bytes)) << index;
        bytes.push_back(static_cast<std::byte>(index * 37 + 1));
    }
}

}  // namespace
}  // namespace amilab
