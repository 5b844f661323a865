#include "server/labs/partitions.h"

#include <gtest/gtest.h>

#include "tests/server/labs/memory_disk.h"

namespace amilab::labs {
namespace {

constexpr std::size_t kSector = 512;

template <class Number>
void put(std::string& bytes, std::size_t at, Number number)
{
    std::memcpy(bytes.data() + at, &number, sizeof(number));
}

void put_mbr_entry(std::string& bytes, std::size_t sector, std::size_t index, std::uint8_t type,
                   std::uint32_t first, std::uint32_t sectors)
{
    const auto at = sector * kSector + 446 + index * 16;
    put<std::uint8_t>(bytes, at + 4, type);
    put(bytes, at + 8, first);
    put(bytes, at + 12, sectors);
    put<std::uint16_t>(bytes, sector * kSector + 510, 0xAA55);
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> found_in(const std::string& bytes)
{
    std::vector<std::pair<std::uint64_t, std::uint64_t>> sectors;
    for (const auto& one : partitions_of(MemoryDisk(bytes))) {
        sectors.emplace_back(one.offset / kSector, one.length / kSector);
    }
    return sectors;
}

using Sectors = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

TEST(Partitions, ADiskWithoutATableIsWhole)
{
    EXPECT_EQ(found_in(std::string(100 * kSector, '\0')), (Sectors{{0, 100}}));
    EXPECT_EQ(found_in({}), (Sectors{{0, 0}}));
}

TEST(Partitions, OfAnMbrWithLogicalOnes)
{
    std::string bytes(1000 * kSector, '\0');
    put_mbr_entry(bytes, 0, 0, 0x83, 10, 90);
    put_mbr_entry(bytes, 0, 1, 0x05, 200, 500);
    put_mbr_entry(bytes, 200, 0, 0x83, 1, 99);
    put_mbr_entry(bytes, 200, 1, 0x05, 100, 100);
    put_mbr_entry(bytes, 300, 0, 0x83, 1, 50);
    EXPECT_EQ(found_in(bytes), (Sectors{{10, 90}, {201, 99}, {301, 50}}));
}

TEST(Partitions, ATableThatGoesInCirclesEnds)
{
    std::string bytes(1000 * kSector, '\0');
    put_mbr_entry(bytes, 0, 0, 0x05, 200, 500);
    put_mbr_entry(bytes, 200, 0, 0x83, 1, 99);
    put_mbr_entry(bytes, 200, 1, 0x05, 0, 100);
    EXPECT_EQ(found_in(bytes), (Sectors{{201, 99}}));
}

TEST(Partitions, OfAGptBeforeItsProtectiveMbr)
{
    std::string bytes(1000 * kSector, '\0');
    put_mbr_entry(bytes, 0, 0, 0xEE, 1, 999);
    bytes.replace(kSector, 8, "EFI PART");
    put<std::uint64_t>(bytes, kSector + 72, 2);
    put<std::uint32_t>(bytes, kSector + 80, 4);
    put<std::uint32_t>(bytes, kSector + 84, 128);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto at = 2 * kSector + i * 128;
        put<std::uint8_t>(bytes, at, 1);
        put<std::uint64_t>(bytes, at + 32, 40 + 100 * i);
        put<std::uint64_t>(bytes, at + 40, 139 + 100 * i);
    }
    EXPECT_EQ(found_in(bytes), (Sectors{{40, 100}, {140, 100}}));
    put<std::uint32_t>(bytes, kSector + 84, 7);
    EXPECT_EQ(found_in(bytes), Sectors());
}

TEST(Partitions, WhatLiesOutsideTheDiskIsLeftOutOrCut)
{
    std::string bytes(100 * kSector, '\0');
    put_mbr_entry(bytes, 0, 0, 0x83, 50, 90);
    put_mbr_entry(bytes, 0, 1, 0x83, 100, 10);
    put_mbr_entry(bytes, 0, 2, 0x83, 0xFFFFFFFF, 0xFFFFFFFF);
    EXPECT_EQ(found_in(bytes), (Sectors{{50, 50}}));
}

TEST(Partitions, OfThoseThatOverlapTheFirstWithExt4IsTaken)
{
    std::string bytes(100 * kSector, '\0');
    put_mbr_entry(bytes, 0, 0, 0x83, 5, 95);
    put_mbr_entry(bytes, 0, 1, 0x83, 10, 40);
    put_mbr_entry(bytes, 0, 2, 0x83, 10, 90);
    put_mbr_entry(bytes, 0, 3, 0x83, 50, 50);
    put<std::uint16_t>(bytes, 10 * kSector + 1024 + 56, 0xEF53);
    put<std::uint16_t>(bytes, 50 * kSector + 1024 + 56, 0xEF53);
    const auto found = ext4_partitions_of(MemoryDisk(bytes));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].length, 40 * kSector);
    EXPECT_EQ(found[1].offset, 50 * kSector);
}

TEST(Partitions, Ext4BeginsWithItsMagic)
{
    std::string bytes(100 * kSector, '\0');
    EXPECT_FALSE(is_ext4(MemoryDisk(bytes), {.offset = 0, .length = bytes.size()}));
    put<std::uint16_t>(bytes, 10 * kSector + 1024 + 56, 0xEF53);
    EXPECT_TRUE(is_ext4(MemoryDisk(bytes), {.offset = 10 * kSector, .length = 90 * kSector}));
    EXPECT_FALSE(is_ext4(MemoryDisk(bytes), {.offset = 10 * kSector, .length = kSector}));
    put<std::uint32_t>(bytes, 10 * kSector + 1024 + 24, 2);
    EXPECT_EQ(ext4_block_bytes(MemoryDisk(bytes), {.offset = 10 * kSector, .length = 90 * kSector}),
              4096U);
}

}  // namespace
}  // namespace amilab::labs
