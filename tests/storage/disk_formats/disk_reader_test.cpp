#include "storage/disk_formats/disk_reader.h"

#include "tests/storage/disk_formats/read_disk.h"

namespace amilab::test {
namespace {

constexpr std::uint64_t kMib = 1 << 20;

DiskFileFormat format_of(const std::string& bytes)
{
    MemoryImage image(bytes);
    return find_format(image);
}

TEST(FindFormat, LooksAtWhatAnImageBeginsOrEndsWith)
{
    const auto disk = disk_with(kMib, {{0, "boot"}});
    EXPECT_EQ(format_of(disk), DiskFileFormat::kRaw);
    EXPECT_EQ(format_of(fixed_vhd(disk)), DiskFileFormat::kVhd);
    EXPECT_EQ(format_of(dynamic_vhd(disk)), DiskFileFormat::kVhd);
    EXPECT_EQ(format_of(stream_vmdk(disk)), DiskFileFormat::kVmdk);
    EXPECT_EQ(format_of("# Disk DescriptorFile\nversion=1\n"), DiskFileFormat::kVmdk);
    EXPECT_EQ(format_of("vhdxfile"), DiskFileFormat::kVhdx);
    EXPECT_EQ(format_of("QFI\xfb"), DiskFileFormat::kQcow2);
    EXPECT_EQ(format_of(disk_with(kMib, {{257, "ustar"}})), DiskFileFormat::kOva);
    EXPECT_EQ(format_of(""), DiskFileFormat::kRaw);
}

TEST(RawReader, GivesWhatTheImageHasAndLeavesHolesOut)
{
    const auto disk = disk_with(8 * kMib, {{0, "boot"}, {5 * kMib, "far"}});
    std::uint64_t data_bytes = 0;
    EXPECT_EQ(read_disk(DiskFileFormat::kRaw, disk, &data_bytes), disk);
    EXPECT_LE(data_bytes, 4 * kMib);
}

TEST(RawReader, FillsUpALastSectorThatIsNotWhole)
{
    auto disk = disk_with(kMib + 7, {{kMib, "the end"}});
    const auto read = read_disk(DiskFileFormat::kRaw, disk);
    disk.resize(kMib + 512);
    EXPECT_EQ(read, disk);
}

TEST(RawReader, RefusesAnEmptyImage)
{
    EXPECT_EQ(fault_of(DiskFileFormat::kRaw, ""), DiskImageFault::kUnsupported);
}

TEST(OpenDiskReader, RefusesFormatsThatNothingHereReads)
{
    for (const auto format : {DiskFileFormat::kQcow2, DiskFileFormat::kOva}) {
        EXPECT_EQ(fault_of(format, std::string(kMib, 'x')), DiskImageFault::kUnsupported);
    }
}

}  // namespace
}  // namespace amilab::test
