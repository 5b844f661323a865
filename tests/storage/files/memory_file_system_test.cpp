#include "tests/storage/files/memory_file_system.h"

#include <gtest/gtest.h>
#include <algorithm>

#include "storage/files/file_io.h"

namespace amilab {
namespace {

TEST(MemoryFiles, HaveDataInFrontOfTheirEndAlone)
{
    MemoryFileSystem files;
    const auto file = files.open("/file", OpenMode::kCreate);
    write_fully(*file, 4096, std::vector<std::byte>(4, std::byte{1}));
    EXPECT_EQ(file->seek_data(0), 4096U);
    EXPECT_EQ(file->seek_data(4098), 4098U);
    EXPECT_EQ(file->seek_hole(4096), 4100U);
    EXPECT_EQ(file->seek_data(4100), std::nullopt);
}

TEST(MemoryFiles, ZerosOfPartsOfSectorsLeaveTheirOtherBytes)
{
    MemoryFileSystem files;
    const auto file = files.open("/file", OpenMode::kCreate);
    std::vector<std::byte> expected(4 * 512, std::byte{1});
    write_fully(*file, 0, expected);
    file->punch_hole(511, 1026);
    std::fill_n(expected.begin() + 511, 1026, std::byte{0});
    file->zero_range(3 * 512 + 7, 3);
    std::fill_n(expected.begin() + 3 * 512 + 7, 3, std::byte{0});
    std::vector<std::byte> found(expected.size());
    read_fully(*file, 0, found);
    EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace amilab
