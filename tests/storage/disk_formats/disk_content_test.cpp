#include "storage/disk_formats/disk_content.h"

#include <gtest/gtest.h>

#include "tests/support/disk_images.h"

namespace amilab::test {
namespace {

DiskContent content_of(const std::string& bytes)
{
    MemoryImage disk(bytes);
    return look_at_disk(disk);
}

std::string beginning_with(std::uint64_t offset, std::string_view text)
{
    auto disk = bootable_disk();
    disk.replace(kFirstPartition + 0x438, 2, std::string(2, '\0'));
    return disk.replace(kFirstPartition + offset, text.size(), text);
}

TEST(LookAtDisk, FindsPrimaryPartitionsAndWhatIsOnThem)
{
    const auto content = content_of(bootable_disk());
    EXPECT_TRUE(content.has_partitions);
    EXPECT_TRUE(content.has_boot_code);
    EXPECT_TRUE(content.has_unix_files);
    EXPECT_FALSE(content.has_efi_system);
    EXPECT_FALSE(content.has_windows_files);
    EXPECT_FALSE(content.is_encrypted);
}

TEST(LookAtDisk, FindsPartitionsOfAGuidTable)
{
    auto disk = gpt_disk({kEfiSystemType, kLinuxType});
    auto content = content_of(disk);
    EXPECT_TRUE(content.has_partitions);
    EXPECT_TRUE(content.has_efi_system);
    EXPECT_FALSE(content.has_boot_code);
    EXPECT_FALSE(content.has_unix_files);
    put_ext4(disk, 2 * kFirstPartition);
    EXPECT_TRUE(content_of(disk).has_unix_files);
    EXPECT_FALSE(content_of(gpt_disk({kLinuxType})).has_efi_system);
}

TEST(LookAtDisk, TellsFileSystemsApart)
{
    for (const auto& [offset, text] : {std::pair<std::uint64_t, std::string_view>(0, "XFSB"),
                                       {0x10040, "_BHRfS_M"},
                                       {512, "LABELONE"}}) {
        EXPECT_TRUE(content_of(beginning_with(offset, text)).has_unix_files) << text;
    }
    EXPECT_TRUE(content_of(beginning_with(3, "NTFS    ")).has_windows_files);
    EXPECT_FALSE(content_of(beginning_with(3, "NTFS    ")).has_unix_files);
    EXPECT_TRUE(content_of(beginning_with(0, "LUKS\xba\xbe")).is_encrypted);
    EXPECT_TRUE(content_of(beginning_with(3, "-FVE-FS-")).is_encrypted);
    EXPECT_FALSE(content_of(beginning_with(0, "nothing")).has_unix_files);
}

TEST(LookAtDisk, FindsNothingWhereThereIsNoTable)
{
    for (const auto& disk : {std::string(), std::string("boot"), std::string(1 << 20, '\0')}) {
        EXPECT_FALSE(content_of(disk).has_partitions);
    }
    auto bare = disk_with(1 << 20, {{510, "\x55\xaa"}});
    EXPECT_FALSE(content_of(bare).has_partitions) << "a table with nothing in it";
}

TEST(LookAtDisk, LeavesOutWhatIsBeyondTheEnd)
{
    auto disk = bootable_disk();
    put_little(disk, 454, 0xffffffff, 4);
    EXPECT_FALSE(content_of(disk).has_partitions);
    disk = gpt_disk({kLinuxType});
    put_little(disk, 1024 + 32, ~std::uint64_t{0}, 8);
    EXPECT_TRUE(content_of(disk).has_partitions) << "the table that protects the other";
    for (const auto& [offset, value] :
         {std::pair<std::uint64_t, std::uint64_t>(72, ~std::uint64_t{0}),
          {84, 1},
          {84, 1U << 31}}) {
        disk = gpt_disk({kLinuxType});
        put_little(disk, 512 + offset, value, offset == 72 ? 8 : 4);
        EXPECT_FALSE(content_of(disk).has_unix_files);
    }
}

}  // namespace
}  // namespace amilab::test
