#include <zlib.h>

#include "tests/storage/disk_formats/read_disk.h"

namespace amilab::test {
namespace {

constexpr std::uint64_t kMib = 1 << 20;

std::optional<DiskImageFault> fault(const std::string& image)
{
    return fault_of(DiskFileFormat::kVmdk, image);
}

std::string sparse_disk()
{
    return disk_with(40 * kMib + 4096, {{0, "boot"}, {35 * kMib + 99, "far"}, {40 * kMib, "end"}});
}

std::string image_with(std::uint64_t offset, std::uint64_t value, std::size_t length)
{
    auto image = stream_vmdk(sparse_disk());
    put_little(image, offset, value, length);
    return image;
}

std::string with_descriptor(const std::string& from, const std::string& to)
{
    auto image = stream_vmdk(sparse_disk());
    const auto at = image.find(from, kVmdkDescriptorOffset);
    EXPECT_NE(at, std::string::npos);
    return image.replace(at, to.size(), to);
}

/// The first grain holds these bytes instead, packed.
std::string with_first_grain(const std::string& grain)
{
    auto image =
        stream_vmdk(disk_with(kMib, {{0, std::string_view(std::string(kVmdkGrainBytes, 'a'))},
                                     {kVmdkGrainBytes, std::string_view("b")}}));
    auto length = ::compressBound(grain.size());
    std::string bytes(length, '\0');
    ::compress(reinterpret_cast<Bytef*>(bytes.data()), &length,
               reinterpret_cast<const Bytef*>(grain.data()), grain.size());
    put_little(image, kVmdkFirstGrain + 8, length, 4);
    return image.replace(kVmdkFirstGrain + 12, length, bytes.substr(0, length));
}

TEST(VmdkReader, ReadsTheGrainsThatAreThere)
{
    const auto disk = sparse_disk();
    std::uint64_t data_bytes = 0;
    EXPECT_EQ(read_disk(DiskFileFormat::kVmdk, stream_vmdk(disk), &data_bytes), disk);
    EXPECT_EQ(data_bytes, 2 * kVmdkGrainBytes + 4096);
}

TEST(VmdkReader, ReadsADirectoryThatTheHeaderNames)
{
    const auto disk = sparse_disk();
    auto image = stream_vmdk(disk);
    const auto directory = image.substr(image.size() - 1024 + 56, 8);
    image.replace(56, 8, directory);
    image.resize(image.size() - 1024);  // no footer
    EXPECT_EQ(read_disk(DiskFileFormat::kVmdk, image), disk);
}

TEST(VmdkReader, ReadsGrainsThatAreNotPacked)
{
    const auto disk = sparse_disk();
    std::uint64_t data_bytes = 0;
    EXPECT_EQ(read_disk(DiskFileFormat::kVmdk, sparse_vmdk(disk), &data_bytes), disk);
    EXPECT_EQ(data_bytes, 2 * kVmdkGrainBytes + 4096);
    const auto empty = disk_with(40 * kMib, {});
    EXPECT_EQ(read_disk(DiskFileFormat::kVmdk, sparse_vmdk(empty), &data_bytes), empty);
    EXPECT_EQ(data_bytes, 0U);
}

TEST(VmdkReader, TakesAGrainThatIsNamedAsZerosForThose)
{
    constexpr std::uint64_t kFirstTable = 4 * 512;
    auto image = sparse_vmdk(disk_with(kMib, {{0, "boot"}, {kMib - 4, "end"}}));
    put_little(image, kFirstTable, 1, 4);
    EXPECT_EQ(read_disk(DiskFileFormat::kVmdk, image), disk_with(kMib, {{kMib - 4, "end"}}));
}

TEST(VmdkReader, RefusesGrainsThatAreNotWholeOrLieWithinOneAnother)
{
    constexpr std::uint64_t kFirstTable = 4 * 512;
    auto image = sparse_vmdk(sparse_disk());
    EXPECT_EQ(fault(image.substr(0, image.size() - 512)), DiskImageFault::kDamaged);
    put_little(image, 56, ~std::uint64_t{0}, 8);
    EXPECT_EQ(fault(image), DiskImageFault::kDamaged) << "a directory at the end";
    auto small = sparse_vmdk(disk_with(32 * kMib, {{0, "boot"}}));
    for (std::uint64_t entry = 1; entry < 512; ++entry) {
        small.replace(kFirstTable + entry * 4, 4, small.substr(kFirstTable, 4));
    }
    EXPECT_EQ(fault(small), DiskImageFault::kDamaged);
    put_little(small, kFirstTable, 0x7fffffff, 4);
    EXPECT_EQ(fault(small), DiskImageFault::kDamaged) << "beyond the end";
}

TEST(VmdkReader, RefusesWhatItsHeaderContradicts)
{
    const auto packed = [](std::uint64_t flags, std::uint64_t compression) {
        auto image = sparse_vmdk(sparse_disk());
        put_little(image, 8, flags, 4);
        put_little(image, 77, compression, 2);
        return image;
    };
    EXPECT_EQ(fault(packed(1, 0)), std::nullopt);
    EXPECT_EQ(fault(packed(1, 1)), DiskImageFault::kUnsupported);
    EXPECT_EQ(fault(packed(0x30001, 0)), DiskImageFault::kUnsupported);
    EXPECT_EQ(fault(packed(0x30001, 1)), DiskImageFault::kUnsupported) << "by the descriptor";
}

TEST(VmdkReader, RefusesWhatIsOfAnotherKind)
{
    EXPECT_EQ(fault(image_with(8, 1, 4)), DiskImageFault::kUnsupported) << "not packed";
    EXPECT_EQ(fault(image_with(77, 7, 2)), DiskImageFault::kUnsupported) << "packed otherwise";
    EXPECT_EQ(fault(image_with(4, 9, 4)), DiskImageFault::kUnsupported) << "another version";
    EXPECT_EQ(fault(with_descriptor("streamOptimized", "monolithicSpar\"")),
              DiskImageFault::kUnsupported);
    EXPECT_EQ(fault(std::string(kMib, 'x')), DiskImageFault::kUnsupported);
    EXPECT_EQ(fault("KDMV"), DiskImageFault::kUnsupported);
}

TEST(VmdkReader, RefusesADiskThatIsNotAllInTheFile)
{
    EXPECT_EQ(
        fault("# Disk DescriptorFile\nRW 8 FLAT \"/etc/passwd\" 0\n" + std::string(512, '\n')),
        DiskImageFault::kUnsupported)
        << "a descriptor alone";
    EXPECT_EQ(fault(with_descriptor("CID=12345678\n", "RW 1 FLAT \"x\"")),
              DiskImageFault::kUnsupported)
        << "a second extent";
    EXPECT_EQ(fault(with_descriptor("RW ", "# no")), DiskImageFault::kUnsupported) << "none";
    EXPECT_EQ(fault(with_descriptor("parentCID=ffffffff", "parentCID=12345678")),
              DiskImageFault::kUnsupported);
    EXPECT_EQ(fault(with_descriptor("CID=12345678\nparentC", "parentFileNameHint=x")),
              DiskImageFault::kUnsupported);
    EXPECT_EQ(fault(image_with(28, 0, 8)), DiskImageFault::kUnsupported) << "no descriptor";
    EXPECT_EQ(fault(image_with(36, 1 << 20, 8)), DiskImageFault::kUnsupported)
        << "a descriptor of 512 MiB";
}

TEST(VmdkReader, RefusesSizesThatNoDiskHas)
{
    EXPECT_EQ(fault(image_with(12, 0, 8)), DiskImageFault::kDamaged);
    EXPECT_EQ(fault(image_with(12, ~std::uint64_t{0}, 8)), DiskImageFault::kDamaged);
    for (const std::uint64_t sectors : {0ULL, 1ULL, 100ULL, 1ULL << 40}) {
        EXPECT_EQ(fault(image_with(20, sectors, 8)), DiskImageFault::kUnsupported) << sectors;
    }
    EXPECT_EQ(fault(image_with(44, 1 << 30, 4)), DiskImageFault::kUnsupported);
}

TEST(VmdkReader, RefusesPlacesBeyondTheEnd)
{
    EXPECT_EQ(fault(image_with(56, std::uint64_t{1} << 62, 8)), DiskImageFault::kDamaged)
        << "the directory";
    EXPECT_EQ(fault(image_with(28, std::uint64_t{1} << 30, 8)), DiskImageFault::kDamaged)
        << "the descriptor";
    const auto image = stream_vmdk(sparse_disk());
    // Of the two tables and the directory, each a sector or four from the end.
    for (const auto offset : {image.size() - 1536, image.size() - 1536 - 4096}) {
        auto broken = image;
        put_little(broken, offset, 0x7fffffff, 4);
        EXPECT_EQ(fault(broken), DiskImageFault::kDamaged) << offset;
    }
}

TEST(VmdkReader, RefusesAnImageThatIsCutOff)
{
    const auto image = stream_vmdk(sparse_disk());
    EXPECT_EQ(fault(image.substr(0, image.size() - 1024)), DiskImageFault::kDamaged);
    EXPECT_EQ(fault(image.substr(0, kVmdkFirstGrain)), DiskImageFault::kDamaged);
}

TEST(VmdkReader, RefusesAGrainThatIsOfAnotherPlace)
{
    EXPECT_EQ(fault(image_with(kVmdkFirstGrain, 128, 8)), DiskImageFault::kDamaged);
}

TEST(VmdkReader, RefusesGrainsOfAnotherLength)
{
    EXPECT_EQ(fault(with_first_grain(std::string(kVmdkGrainBytes, 'a'))), std::nullopt);
    EXPECT_EQ(fault(with_first_grain("short")), DiskImageFault::kPackedLength);
    EXPECT_EQ(fault(with_first_grain(std::string(2 * kVmdkGrainBytes, '\0'))),
              DiskImageFault::kPackedLength)
        << "a bomb";
    EXPECT_EQ(fault(image_with(kVmdkFirstGrain + 8, 0, 4)), DiskImageFault::kPackedLength);
    EXPECT_EQ(fault(image_with(kVmdkFirstGrain + 8, ~std::uint64_t{0}, 4)),
              DiskImageFault::kPackedLength);
    EXPECT_EQ(fault(image_with(kVmdkFirstGrain + 12, 0, 4)), DiskImageFault::kPackedLength)
        << "no packed bytes";
}

}  // namespace
}  // namespace amilab::test
