#include "tests/storage/files/memory_file_system.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace amilab
