#include "storage/state/save_format.h"

#include <cerrno>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/storage_error.h"
#include "tests/support/seed.h"

namespace amilab::test {
namespace {

using save_format::Frame;
using save_format::FrameKind;
using ::testing::HasSubstr;

std::vector<std::byte> bytes_of(std::size_t count, int value)
{
    return std::vector<std::byte>(count, static_cast<std::byte>(value));
}

std::vector<std::byte> small_save()
{
    save_format::SaveWriter writer;
    std::vector<std::byte> save;
    writer.begin({.rows_version = 7, .time_ms = 1234, .program = "0.1.0"}, save);
    writer.add({.kind = FrameKind::kRows, .offset = 0, .length = 100}, bytes_of(100, 1), save);
    writer.add({.kind = FrameKind::kLayerData, .id = 5, .offset = 65'536, .length = 65'536},
               bytes_of(65'536, 2), save);
    writer.add({.kind = FrameKind::kLayerZeros, .id = 5, .offset = 131'072, .length = 65'536}, {},
               save);
    writer.add({.kind = FrameKind::kBlobEnd, .id = 9, .length = 3}, {}, save);
    writer.end(save);
    return save;
}

/// What a reader makes of a save, given in pieces of `step` bytes.
std::vector<Frame> read(std::span<const std::byte> save, std::size_t step)
{
    save_format::SaveReader reader("a.save");
    std::vector<Frame> frames;
    for (std::size_t at = 0; at < save.size(); at += step) {
        reader.take(save.subspan(at, std::min(step, save.size() - at)));
        while (const auto found = reader.next()) {
            frames.push_back(found->frame);
        }
    }
    reader.require_end();
    return frames;
}

int error_of(std::span<const std::byte> save)
{
    try {
        read(save, 4096);
    } catch (const StorageError& error) {
        EXPECT_THAT(std::string(error.what()), HasSubstr("a.save"));
        return error.error_number;
    }
    return 0;
}

TEST(SaveFormat, IsReadInPiecesOfAnySize)
{
    const auto save = small_save();
    for (const std::size_t step : {1U, 7U, 4096U, 1U << 20U}) {
        const auto frames = read(save, step);
        ASSERT_EQ(frames.size(), 5U) << step;
        EXPECT_EQ(frames[1].kind, FrameKind::kLayerData);
        EXPECT_EQ(frames[1].id, 5U);
        EXPECT_EQ(frames[1].offset, 65'536U);
        EXPECT_EQ(frames[3].length, 3U);
        EXPECT_EQ(frames[4].kind, FrameKind::kEnd);
    }
}

TEST(SaveFormat, TellsWhatItsHeaderSays)
{
    save_format::SaveReader reader("a.save");
    reader.take(small_save());
    ASSERT_TRUE(reader.header());
    EXPECT_EQ(reader.header()->rows_version, 7U);
    EXPECT_EQ(reader.header()->time_ms, 1234);
    EXPECT_EQ(reader.header()->program, "0.1.0");
}

TEST(SaveFormat, NoticesEachByteThatIsAnother)
{
    const auto save = small_save();
    auto random = seeded_random();
    for (std::size_t at = 0; at < save.size(); at += at < 300 ? 1 : random() % 997) {
        auto damaged = save;
        damaged[at] ^= static_cast<std::byte>(1U << random() % 8);
        EXPECT_NE(error_of(damaged), 0) << "byte " << at;
    }
}

TEST(SaveFormat, NoticesWhereverItEndsTooEarly)
{
    const auto save = small_save();
    for (std::size_t size = 0; size < save.size(); size += size < 300 ? 1 : 509) {
        EXPECT_EQ(error_of(std::span(save).first(size)), EBADMSG) << size;
    }
}

TEST(SaveFormat, NoticesAFrameThatIsMissingOrComesTwice)
{
    constexpr std::size_t kHeader = 64;
    constexpr std::size_t kFirst = 32 + 100 + 4;
    const auto save = small_save();
    auto without = save;
    without.erase(without.begin() + kHeader, without.begin() + kHeader + kFirst);
    EXPECT_EQ(error_of(without), EBADMSG);
    auto twice = save;
    twice.insert(twice.begin() + kHeader, save.begin() + kHeader, save.begin() + kHeader + kFirst);
    EXPECT_EQ(error_of(twice), EBADMSG);
}

TEST(SaveFormat, RefusesWhatComesBehindItsEnd)
{
    auto save = small_save();
    save.push_back(std::byte{0});
    EXPECT_EQ(error_of(save), EBADMSG);
}

TEST(SaveFormat, RefusesANewerFormatByItsNumber)
{
    auto save = small_save();
    save[8] = std::byte{9};
    save_format::SaveReader reader("a.save");
    try {
        reader.take(save);
        FAIL();
    } catch (const StorageError& error) {
        EXPECT_EQ(error.error_number, EPROTO);
        EXPECT_THAT(std::string(error.what()), HasSubstr("format 9"));
    }
}

}  // namespace
}  // namespace amilab::test
