#include "tests/storage/disk_formats/read_disk.h"

namespace amilab::test {
namespace {

constexpr std::uint64_t kMib = 1 << 20;
// Items of the metadata, in their order: parameters, size, sector.
constexpr std::uint64_t kItems = kVhdxMetadata + (64 << 10);

std::optional<DiskImageFault> fault(const std::string& image)
{
    return fault_of(DiskFileFormat::kVhdx, image);
}

std::string sparse_disk()
{
    return disk_with(9 * kMib + 4096, {{0, "boot"}, {5 * kMib + 77, "far"}, {9 * kMib, "end"}});
}

std::string image_with(std::uint64_t offset, std::uint64_t value, std::size_t length)
{
    auto image = dynamic_vhdx(sparse_disk());
    put_little(image, offset, value, length);
    put_vhdx_checksums(image);
    return image;
}

TEST(VhdxReader, ReadsTheBlocksThatAreThere)
{
    const auto disk = sparse_disk();
    std::uint64_t data_bytes = 0;
    EXPECT_EQ(read_disk(DiskFileFormat::kVhdx, dynamic_vhdx(disk), &data_bytes), disk);
    EXPECT_EQ(data_bytes, 2 * kMib + 4096);
}

TEST(VhdxReader, TakesTheNewerHeader)
{
    auto image = dynamic_vhdx(sparse_disk());
    // A second one, of an unknown version.
    image.replace(128 << 10, 4096, image.substr(kVhdxHeader, 4096));
    put_little(image, kVhdxHeader + 66, 9, 2);
    put_vhdx_checksums(image);
    EXPECT_EQ(fault(image), DiskImageFault::kUnsupported) << "both are as new";
    put_little(image, kVhdxHeader + 8, 1, 8);
    put_vhdx_checksums(image);
    EXPECT_EQ(fault(image), std::nullopt);
}

TEST(VhdxReader, RefusesADiskThatIsADifferenceToAnother)
{
    EXPECT_EQ(fault(image_with(kItems + 4, 2, 4)), DiskImageFault::kUnsupported);
    EXPECT_EQ(fault(image_with(kVhdxTable, 7, 1)), DiskImageFault::kDamaged);
}

TEST(VhdxReader, RefusesAnImageThatWasNotClosed)
{
    EXPECT_EQ(fault(image_with(kVhdxHeader + 48, 1, 8)), DiskImageFault::kDamaged);
}

TEST(VhdxReader, RefusesHeadersAndTablesThatAreDamaged)
{
    for (const auto offset : {kVhdxHeader + 100, kVhdxRegions + 100, kVhdxMetadata}) {
        auto image = dynamic_vhdx(sparse_disk());
        image[offset] ^= 1;
        EXPECT_EQ(fault(image), DiskImageFault::kDamaged) << offset;
    }
    EXPECT_EQ(fault(image_with(kVhdxRegions + 8, 0, 4)), DiskImageFault::kDamaged) << "no regions";
    EXPECT_EQ(fault(image_with(kVhdxMetadata + 10, 0, 2)), DiskImageFault::kDamaged) << "no items";
    EXPECT_EQ(fault("vhdxfile"), DiskImageFault::kUnsupported);
    EXPECT_EQ(fault(std::string(4 * kMib, 'x')), DiskImageFault::kUnsupported);
}

TEST(VhdxReader, RefusesSizesThatNoDiskHas)
{
    for (const std::uint64_t bytes : {0ULL, 513ULL, 1ULL << 47}) {
        EXPECT_EQ(fault(image_with(kItems + 8, bytes, 8)), DiskImageFault::kDamaged) << bytes;
    }
    for (const std::uint64_t bytes : {0ULL, 4096ULL, 3ULL << 20, 1ULL << 31}) {
        EXPECT_EQ(fault(image_with(kItems, bytes, 4)), DiskImageFault::kUnsupported) << bytes;
    }
    EXPECT_EQ(fault(image_with(kItems + 16, 1024, 4)), DiskImageFault::kUnsupported);
    EXPECT_EQ(fault(image_with(kItems + 8, std::uint64_t{1} << 40, 8)), DiskImageFault::kDamaged)
        << "a table that is too short";
}

TEST(VhdxReader, RefusesPlacesBeyondTheEnd)
{
    EXPECT_EQ(fault(image_with(kVhdxTable, (std::uint64_t{1} << 40) | 6, 8)),
              DiskImageFault::kDamaged);
    for (const auto region : {16U + 16U, 16U + 32U + 16U}) {
        EXPECT_EQ(fault(image_with(kVhdxRegions + region, std::uint64_t{1} << 60, 8)),
                  DiskImageFault::kDamaged);
    }
    EXPECT_EQ(fault(image_with(kVhdxMetadata + 32 + 16, 0xffffffff, 4)), DiskImageFault::kDamaged);
}

TEST(VhdxReader, RefusesBlocksThatLieWithinOneAnother)
{
    auto image = dynamic_vhdx(disk_with(64 * kMib, {{0, "boot"}}));
    const auto entry = image.substr(kVhdxTable, 8);
    for (std::uint64_t block = 0; block < 64; ++block) {
        image.replace(kVhdxTable + block * 8, 8, entry);
    }
    EXPECT_EQ(fault(image), DiskImageFault::kDamaged);
}

}  // namespace
}  // namespace amilab::test
