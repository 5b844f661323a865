#include "tests/storage/disk_formats/read_disk.h"

namespace amilab::test {
namespace {

constexpr std::uint64_t kMib = 1 << 20;
constexpr std::uint64_t kHeader = 512;
constexpr std::uint64_t kTable = 1536;

std::optional<DiskImageFault> fault(const std::string& image)
{
    return fault_of(DiskFileFormat::kVhd, image);
}

std::string sparse_disk()
{
    return disk_with(3 * kMib + 4096, {{0, "boot"}, {kMib + 512 * 7, "middle"}, {3 * kMib, "end"}});
}

/// Both footers, and the header's checksum, as they should be after a change.
std::string with_header_field(std::uint64_t offset, std::uint64_t value, std::size_t length)
{
    auto image = dynamic_vhd(sparse_disk());
    put_big(image, kHeader + offset, value, length);
    put_big(image, kHeader + 36, 0, 4);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 1024; ++i) {
        sum += static_cast<unsigned char>(image[kHeader + i]);
    }
    put_big(image, kHeader + 36, ~sum, 4);
    return image;
}

TEST(VhdReader, ReadsAFixedDisk)
{
    const auto disk = sparse_disk();
    EXPECT_EQ(read_disk(DiskFileFormat::kVhd, fixed_vhd(disk)), disk);
}

TEST(VhdReader, ReadsTheSectorsThatADynamicDiskHas)
{
    const auto disk = sparse_disk();
    std::uint64_t data_bytes = 0;
    EXPECT_EQ(read_disk(DiskFileFormat::kVhd, dynamic_vhd(disk), &data_bytes), disk);
    EXPECT_EQ(data_bytes, 3 * 512U);
}

TEST(VhdReader, ReadsZerosOfSectorsThatTheMapLeavesOut)
{
    auto image = dynamic_vhd(disk_with(kMib, {{0, "boot"}}));
    image[2048] = '\0';  // the first block's map
    EXPECT_EQ(read_disk(DiskFileFormat::kVhd, image), std::string(kMib, '\0'));
}

TEST(VhdReader, RefusesADiskThatIsADifferenceToAnother)
{
    EXPECT_EQ(fault(vhd_of_type(fixed_vhd(sparse_disk()), 4)), DiskImageFault::kFooters);
}

TEST(VhdReader, RefusesFootersThatAreDamagedOrDiffer)
{
    auto image = fixed_vhd(sparse_disk());
    image[image.size() - 100] ^= 1;
    EXPECT_EQ(fault(image), DiskImageFault::kFooters);
    image = dynamic_vhd(sparse_disk());
    image[100] ^= 1;
    EXPECT_EQ(fault(image), DiskImageFault::kFooters);
    EXPECT_EQ(fault(std::string(kMib, 'x')), DiskImageFault::kFooters);
    EXPECT_EQ(fault("short"), DiskImageFault::kFooters);
}

TEST(VhdReader, RefusesAnImageThatIsCutOff)
{
    const auto image = fixed_vhd(sparse_disk());
    EXPECT_EQ(fault(image.substr(kMib)), DiskImageFault::kDamaged);
    const auto dynamic = dynamic_vhd(sparse_disk());
    // Without what lies between the table and the last block.
    auto cut = dynamic.substr(0, 2048) + dynamic.substr(dynamic.size() - 512);
    EXPECT_EQ(fault(cut), DiskImageFault::kDamaged);
}

TEST(VhdReader, RefusesPlacesBeyondTheEnd)
{
    auto image = dynamic_vhd(sparse_disk());
    put_big(image, kTable, 0x7fffffff, 4);
    EXPECT_EQ(fault(image), DiskImageFault::kDamaged);
    EXPECT_EQ(fault(with_header_field(16, std::uint64_t{1} << 60, 8)), DiskImageFault::kDamaged)
        << "the table";
    EXPECT_EQ(fault(with_header_field(16, ~std::uint64_t{0}, 8)), DiskImageFault::kDamaged);
}

TEST(VhdReader, RefusesATableShorterThanTheDisk)
{
    EXPECT_EQ(fault(with_header_field(28, 1, 4)), DiskImageFault::kDamaged);
}

TEST(VhdReader, RefusesBlocksOfUnusualSizes)
{
    for (const std::uint64_t bytes : {0ULL, 512ULL, 65'537ULL, 1ULL << 31}) {
        EXPECT_EQ(fault(with_header_field(32, bytes, 4)), DiskImageFault::kUnsupported) << bytes;
    }
}

TEST(VhdReader, RefusesBlocksThatLieWithinOneAnother)
{
    auto image = dynamic_vhd(sparse_disk());
    const auto entry = image.substr(kTable, 4);
    for (std::uint64_t block = 0; block < 48; ++block) {
        image.replace(kTable + block * 4, 4, entry);
    }
    EXPECT_EQ(fault(image), DiskImageFault::kDamaged);
}

}  // namespace
}  // namespace amilab::test
