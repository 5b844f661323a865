#include "server/services/ec2/export_tasks/disk_writer.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "server/services/ec2/export_tasks/ova.h"
#include "server/wire/api_error.h"
#include "storage/base/units.h"
#include "tests/support/seed.h"

namespace amilab::ec2 {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kMib = 1 << 20;
constexpr std::uint64_t kBlock = 64 << 10;

/// A file of which long runs of zeros are kept as such.
class Memory final : public FileSink {
public:
    /// Of the bytes from there on; all are there.
    std::string read(std::uint64_t offset, std::size_t length) const
    {
        std::string text(length, '\0');
        for (const auto& [at, run] : runs_) {
            const auto begin = std::max(at, offset);
            const auto end = std::min(at + run.size(), offset + length);
            if (begin < end) {
                std::memcpy(text.data() + (begin - offset), run.data() + (begin - at), end - begin);
            }
        }
        return text;
    }
    template <class Number>
    Number little(std::uint64_t offset) const
    {
        Number number = 0;
        std::memcpy(&number, read(offset, sizeof(number)).data(), sizeof(number));
        return number;
    }
    template <class Number>
    Number big(std::uint64_t offset) const
    {
        auto text = read(offset, sizeof(Number));
        std::ranges::reverse(text);
        Number number = 0;
        std::memcpy(&number, text.data(), sizeof(number));
        return number;
    }
    /// What takes memory.
    std::uint64_t held_bytes() const { return held_bytes_; }

private:
    void put(std::span<const std::byte> bytes) override
    {
        runs_.emplace(size_bytes(),
                      std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
        held_bytes_ += bytes.size();
    }
    void put_zeros(std::uint64_t /*count*/) override {}

    std::map<std::uint64_t, std::string> runs_;
    std::uint64_t held_bytes_ = 0;
};

/// What a disk holds: text by its offset, in whole blocks.
using Content = std::map<std::uint64_t, std::string>;

DiskPlan plan_of(std::uint64_t size_bytes, const Content& content)
{
    DiskPlan plan{.size_bytes = size_bytes, .id = "export-ami-0123456789abcdef0"};
    plan.has_data.resize(size_bytes / DiskPlan::kBlockBytes);
    for (const auto& [offset, text] : content) {
        plan.has_data[offset / DiskPlan::kBlockBytes] = true;
    }
    return plan;
}

void write(DiskImageFormat format, FileSink& file, std::uint64_t size_bytes, const Content& content)
{
    const auto writer = make_disk_writer(format, file, plan_of(size_bytes, content));
    for (const auto& [offset, text] : content) {
        writer->write(offset, std::as_bytes(std::span(text)));
    }
    writer->finish();
}

Content some_content(std::uint64_t size_bytes)
{
    auto dice = test::seeded_random();
    Content content;
    for (int i = 0; i < 20; ++i) {
        const auto offset = dice() % (size_bytes / kMib) * kMib + dice() % 8 * kBlock;
        std::string text((1 + dice() % 8) * kBlock, '\0');
        for (std::size_t at = 0; at < text.size(); at += 1 + dice() % 5000) {
            text[at] = static_cast<char>(dice());
        }
        content.emplace(offset, std::move(text));
    }
    content.emplace(size_bytes - kBlock, std::string(kBlock, 'z'));
    // One of each mebibyte: the first.
    std::erase_if(content, [&](const auto& one) {
        const auto same = content.lower_bound(one.first / kMib * kMib);
        return same->first != one.first;
    });
    return content;
}

/// What a reader of its own finds of the disk from the offset on, a block.
std::string read_vmdk(const Memory& file, std::uint64_t offset)
{
    const auto footer = file.size_bytes() - 2 * 512;
    const auto directory = file.little<std::uint64_t>(footer + 56) * 512;
    const auto grain = offset / kBlock;
    const auto table = file.little<std::uint32_t>(directory + grain / 512 * 4);
    const auto sector =
        table == 0 ? 0 : file.little<std::uint32_t>(std::uint64_t{table} * 512 + grain % 512 * 4);
    std::string text(kBlock, '\0');
    if (sector != 0) {
        const auto at = std::uint64_t{sector} * 512;
        EXPECT_EQ(file.little<std::uint64_t>(at), offset / 512);
        const auto packed = file.read(at + 12, file.little<std::uint32_t>(at + 8));
        auto length = static_cast<uLongf>(text.size());
        EXPECT_EQ(::uncompress(reinterpret_cast<Bytef*>(text.data()), &length,
                               reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
                  Z_OK);
    }
    return text;
}

std::string read_vhd(const Memory& file, std::uint64_t offset)
{
    const auto table = file.big<std::uint64_t>(512 + 16);
    const auto sector = file.big<std::uint32_t>(table + offset / DiskPlan::kBlockBytes * 4);
    if (sector == 0xffff'ffff) {
        return std::string(kBlock, '\0');
    }
    return file.read(std::uint64_t{sector} * 512 + 512 + offset % DiskPlan::kBlockBytes, kBlock);
}

std::string read_raw(const Memory& file, std::uint64_t offset)
{
    return file.read(offset, kBlock);
}

void expect_content(const Content& content, std::uint64_t size_bytes,
                    const std::function<std::string(std::uint64_t)>& read)
{
    for (const auto& [offset, text] : content) {
        for (std::uint64_t at = 0; at < text.size(); at += kBlock) {
            EXPECT_EQ(read(offset + at), text.substr(at, kBlock)) << offset + at;
        }
        const auto behind = offset / kMib * kMib + kMib - kBlock;
        if (offset + text.size() <= behind) {
            EXPECT_EQ(read(behind), std::string(kBlock, '\0')) << behind;
        }
    }
    EXPECT_EQ(read(size_bytes / 2 / kMib * kMib + kMib / 2 + 7 * kBlock),
              std::string(kBlock, '\0'));
}

TEST(RawWriter, GivesTheBytesThemselves)
{
    Memory file;
    const auto content = some_content(kGiB);
    write(DiskImageFormat::kRaw, file, kGiB, content);
    EXPECT_EQ(file.size_bytes(), kGiB);
    expect_content(content, kGiB, [&](auto offset) { return read_raw(file, offset); });
}

TEST(VmdkWriter, GivesAFileThatReadsAsTheDisk)
{
    Memory file;
    const auto content = some_content(kGiB);
    write(DiskImageFormat::kVmdk, file, kGiB, content);
    EXPECT_EQ(file.read(0, 4), "KDMV");
    EXPECT_EQ(file.little<std::uint64_t>(12), kGiB / 512);
    EXPECT_THAT(file.read(512, 20 * 512), HasSubstr("createType=\"streamOptimized\""));
    EXPECT_THAT(file.read(512, 20 * 512), HasSubstr("RW 2097152 SPARSE"));
    EXPECT_EQ(file.size_bytes() % 512, 0U);
    expect_content(content, kGiB, [&](auto offset) { return read_vmdk(file, offset); });
}

TEST(VhdWriter, GivesAFileThatReadsAsTheDisk)
{
    Memory file;
    const auto content = some_content(kGiB);
    write(DiskImageFormat::kVhd, file, kGiB, content);
    EXPECT_EQ(file.read(0, 8), "conectix");
    EXPECT_EQ(file.read(0, 512), file.read(file.size_bytes() - 512, 512));
    EXPECT_EQ(file.big<std::uint64_t>(48), kGiB);
    for (const auto& [begin, length, at] :
         {std::tuple{0U, 512U, 64U}, std::tuple{512U, 1024U, 36U}}) {
        auto text = file.read(begin, length);
        std::fill_n(text.begin() + at, 4, '\0');
        std::uint32_t sum = 0;
        for (const auto character : text) {
            sum += static_cast<unsigned char>(character);
        }
        EXPECT_EQ(file.big<std::uint32_t>(begin + at), ~sum);
    }
    expect_content(content, kGiB, [&](auto offset) { return read_vhd(file, offset); });
}

TEST(DiskWriters, LeaveOutWhatADiskDoesNotHold)
{
    for (const auto format : {DiskImageFormat::kRaw, DiskImageFormat::kVmdk}) {
        Memory file;
        write(format, file, 16 * 1024 * kGiB, {{5 * kGiB, std::string(kBlock, 'x')}});
        EXPECT_LT(file.held_bytes(), 4 * kMib);
    }
    Memory file;
    write(DiskImageFormat::kVhd, file, 2040 * kGiB, {{5 * kGiB, std::string(kBlock, 'x')}});
    EXPECT_LT(file.size_bytes(), 8 * kMib);
}

TEST(VhdWriter, RefusesDisksThatNoVhdHas)
{
    Memory file;
    EXPECT_THROW(write(DiskImageFormat::kVhd, file, 2041 * kGiB, {}), ApiError);
}

TEST(VhdWriter, WritesBlocksThatWerePlannedAndTurnedOutEmpty)
{
    Memory file;
    auto plan = plan_of(kGiB, {{0, "x"}, {4 * kMib, "x"}});
    const auto writer = make_vhd_writer(file, plan);
    const std::string text(kBlock, 'y');
    writer->write(4 * kMib, std::as_bytes(std::span(text)));
    writer->finish();
    EXPECT_EQ(read_vhd(file, 0), std::string(kBlock, '\0'));
    EXPECT_EQ(read_vhd(file, 4 * kMib), text);
}

TEST(DiskGeometry, IsTheSpecifications)
{
    const auto told = [](std::uint64_t size_bytes) {
        const auto geometry = geometry_of(size_bytes);
        return std::tuple(geometry.cylinders, geometry.heads, geometry.sectors);
    };
    EXPECT_EQ(told(40 * kMib), std::tuple(963, 5, 17));
    EXPECT_EQ(told(kGiB), std::tuple(2080, 16, 63));
    EXPECT_EQ(told(100 * kGiB), std::tuple(51400, 16, 255));
    EXPECT_EQ(told(2040 * kGiB), std::tuple(65535, 16, 255));
}

TEST(Ova, HeadersHaveTheSizeAndTheirSum)
{
    const auto header = tar_header("disk.vmdk", 12'345);
    const std::string text(reinterpret_cast<const char*>(header.data()), header.size());
    EXPECT_EQ(text.substr(0, 9), "disk.vmdk");
    EXPECT_EQ(text.substr(124, 11), "00000030071");
    EXPECT_EQ(text.substr(257, 5), "ustar");
    auto blank = text;
    blank.replace(148, 8, 8, ' ');
    std::uint32_t sum = 0;
    for (const auto character : blank) {
        sum += static_cast<unsigned char>(character);
    }
    EXPECT_EQ(std::stoul(text.substr(148, 6), nullptr, 8), sum);
    const auto large = tar_header("disk.vmdk", 16 * kGiB);
    EXPECT_EQ(large[124], std::byte{0x80});
    EXPECT_EQ(large[131], std::byte{4});
}

TEST(Ova, DescriptorsNameTheDisk)
{
    const auto text = ovf_document("i-1", {"d.vmdk", 100, kGiB});
    EXPECT_THAT(text, HasSubstr("ovf:href=\"d.vmdk\""));
    EXPECT_THAT(text, HasSubstr("ovf:size=\"100\""));
    EXPECT_THAT(text, HasSubstr("ovf:capacity=\"1073741824\""));
}

}  // namespace
}  // namespace amilab::ec2
