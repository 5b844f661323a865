#include "server/labs/disk_files.h"

#include <gtest/gtest.h>

#include "tests/server/labs/memory_disk.h"

namespace amilab::labs {
namespace {

TEST(FreeBlocks, AreWhatDumpe2fsPrintsOfEachGroup)
{
    const auto blocks = parse_free_blocks(
        "Filesystem volume name:   \nBlock size: 1\n\n"
        "Free blocks:              16342\nBlock size:               1024\n\n"
        "Group 0: (Blocks 1-8192)\n  Free blocks: 40-43, 50\n  Free inodes: 14-64\n"
        "Group 1: (Blocks 8193-16383)\n  Free blocks: \nGroup 2:\n  Free blocks: 51-60\n",
        1024);
    ASSERT_TRUE(blocks);
    EXPECT_EQ(blocks->block_bytes, 1024U);
    EXPECT_EQ(blocks->runs,
              (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{40, 43}, {50, 60}}));
    EXPECT_FALSE(parse_free_blocks("dumpe2fs 1.47.0\n", 1024));
}

TEST(FreeBlocks, HoldATextAcrossTheirBordersAndNotBeyondTheirRun)
{
    constexpr std::size_t kBlock = 8;
    std::string bytes(10 * kBlock, '.');
    bytes.replace(2 * kBlock + 6, 4, "AKIA");  // in blocks 2 and 3
    const MemoryDisk disk(bytes);
    const auto have = [&](std::uint64_t first, std::uint64_t last) {
        return runs_have(disk, 0, {.block_bytes = kBlock, .runs = {{first, last}}}, "AKIA");
    };
    EXPECT_TRUE(have(2, 3));
    EXPECT_TRUE(have(0, 99));
    EXPECT_FALSE(have(2, 2));
    EXPECT_FALSE(have(3, 9));
    EXPECT_FALSE(runs_have(disk, 0, {.block_bytes = kBlock, .runs = {{2, 2}, {4, 4}}}, "AKIA"));
    EXPECT_TRUE(runs_have(disk, kBlock, {.block_bytes = kBlock, .runs = {{1, 2}}}, "AKIA"));
}

TEST(FreeBlocks, HoldATextAcrossThePiecesThatAreRead)
{
    std::string bytes((std::size_t{1} << 20) * 2, '.');
    bytes.replace((std::size_t{1} << 20) - 2, 4, "AKIA");
    EXPECT_TRUE(runs_have(MemoryDisk(bytes), 0, {.block_bytes = 4096, .runs = {{0, 511}}}, "AKIA"));
}

TEST(FileFacts, AreWhatDebugfsPrints)
{
    const auto regular = parse_file_facts(
        "Inode: 14   Type: regular    Mode:  0644   Flags: 0x80000\n"
        "User:     0   Group:     0   Project:     0   Size: 6\nFile ACL: 0\n"
        "Fragment:  Address: 0    Number: 0    Size: 0\n");
    ASSERT_TRUE(regular);
    EXPECT_EQ(regular->kind, FileFacts::Kind::kRegular);
    EXPECT_EQ(regular->size_bytes, 6U);
    const auto link = parse_file_facts(
        "Inode: 16   Type: symlink    Mode:  0777\nUser: 0   Size: 11\n"
        "Fast link dest: \"../etc/motd\"\n");
    ASSERT_TRUE(link);
    EXPECT_EQ(link->kind, FileFacts::Kind::kLink);
    EXPECT_EQ(link->target, "../etc/motd");
    EXPECT_EQ(parse_file_facts("Inode: 12   Type: directory    Mode:  0755\n")->kind,
              FileFacts::Kind::kOther);
    EXPECT_FALSE(parse_file_facts(""));
}

TEST(FileFaults, AreWhatIsSaidBesideVersionsAndMissingFiles)
{
    EXPECT_EQ(fault_in("debugfs 1.47.0 (5-Feb-2023)\n/x: File not found by ext2_lookup \n"), "");
    EXPECT_EQ(fault_in("/x/y: Ext2 inode is not a directory \n"), "");
    EXPECT_EQ(fault_in("debugfs 1.47.0 (5-Feb-2023)\n"
                       "debugfs: Bad magic number in super-block while trying to open /tmp/x\n"
                       "stat: Filesystem not open\n"),
              "Bad magic number in super-block");
}

TEST(LinkTargets, AreRelativeToTheirFolder)
{
    EXPECT_EQ(link_target("/etc/motd", "motd.d/a"), "/etc/motd.d/a");
    EXPECT_EQ(link_target("/etc/motd", "/run/motd"), "/run/motd");
    EXPECT_EQ(link_target("/a/b/c", "../d"), "/a/b/../d");
}

}  // namespace
}  // namespace amilab::labs
