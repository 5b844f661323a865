#include "storage/disk_formats/ova_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/storage/disk_formats/read_disk.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kMib = 1 << 20;

std::string some_disk(std::string_view text)
{
    return disk_with(3 * kMib, {{0, text}, {2 * kMib + 99, "far"}});
}

/// Compares everything, a few bytes at a time.
void check(OvaReader& reader)
{
    std::vector<std::byte> buffer(1000);
    while (reader.check_more(buffer)) {
    }
}

/// Why it is refused; empty when it is read.
std::string refusal(const std::vector<ArchiveFile>& files)
{
    try {
        MemoryImage image(tar_of(files));
        OvaReader reader(image);
        check(reader);
        return {};
    } catch (const DiskImageError& error) {
        EXPECT_EQ(error.fault(), DiskImageFault::kArchive);
        return error.what();
    }
}

std::string digest_line(const std::string& name, const std::string& bytes,
                        ManifestAlgorithm algorithm = ManifestAlgorithm::kSha256)
{
    ManifestDigest digest(algorithm);
    digest.add(std::as_bytes(std::span(bytes)));
    return fmt::format("{}({})= {}\n", text_of(algorithm), name, digest.finish());
}

TEST(OvaReader, FindsTheDisksThatItsDescriptorNames)
{
    const auto first = some_disk("first");
    const auto second = some_disk("second");
    const auto archive = tar_of({{"vm.ovf", ovf_of({"1.vmdk", "2.vmdk"})},
                                 {"2.vmdk", stream_vmdk(second)},
                                 {"vm.nvram", "something else"},
                                 {"1.vmdk", stream_vmdk(first)}});
    MemoryImage image(archive);
    OvaReader reader(image);
    check(reader);
    ASSERT_EQ(reader.disks().size(), 2U);
    const auto bytes_of = [&](const ArchivedDisk& disk) {
        EXPECT_EQ(disk.format, DiskFileFormat::kVmdk);
        return archive.substr(disk.offset, disk.size_bytes);
    };
    EXPECT_EQ(read_disk(DiskFileFormat::kVmdk, bytes_of(reader.disks()[0])), first);
    EXPECT_EQ(read_disk(DiskFileFormat::kVmdk, bytes_of(reader.disks()[1])), second);
}

TEST(OvaReader, AWindowIsAnImageOfItsOwn)
{
    MemoryImage image("head" + std::string("\0\0data\0\0", 8) + "tail");
    ImageWindow window(image, 4, 8);
    EXPECT_EQ(window.size_bytes(), 8U);
    std::string text(4, 'x');
    window.read(2, std::as_writable_bytes(std::span(text)));
    EXPECT_EQ(text, "data");
    EXPECT_EQ(window.next_data(0), 2U);
    EXPECT_EQ(window.next_data(3), 3U);
    EXPECT_EQ(window.next_data(6), 8U) << "what follows is not of it";
    EXPECT_EQ(window.next_data(8), 8U);
}

TEST(OvaReader, TakesRawAndVhdWhereTheDescriptorSaysSo)
{
    const auto disk = some_disk("disk");
    for (const auto& [word, bytes] :
         {std::pair("raw", disk), std::pair("vhd", dynamic_vhd(disk))}) {
        const auto archive = tar_of({{"vm.ovf", ovf_of({"d"}, word)}, {"d", bytes}});
        MemoryImage image(archive);
        const OvaReader reader(image);
        const auto& found = reader.disks().at(0);
        EXPECT_EQ(read_disk(found.format, archive.substr(found.offset, found.size_bytes)), disk)
            << word;
    }
}

TEST(OvaReader, TakesNamesThatAreEscapedInTheDescriptor)
{
    EXPECT_THAT(refusal({{"vm.ovf", ovf_of({"my%20disk%2d1"})}, {"my disk-1", "d"}}), IsEmpty());
    EXPECT_THAT(refusal({{"vm.ovf", ovf_of({"my%20disk"})}, {"my%20disk", "d"}}), IsEmpty());
    EXPECT_THAT(refusal({{"vm.ovf", ovf_of({"100%"})}, {"100%", "d"}}), IsEmpty());
}

TEST(OvaReader, RefusesAnythingButOneDescriptor)
{
    EXPECT_EQ(refusal({{"disk.vmdk", "d"}}), "the OVA has no OVF");
    EXPECT_EQ(refusal({{".ovf", "d"}}), "the OVA has no OVF");
    EXPECT_EQ(refusal({{"a.ovf", ovf_of({"d"})}, {"b.OVF", ovf_of({"d"})}, {"d", "d"}}),
              "the OVA has several files that end with .ovf");
    EXPECT_EQ(refusal({{"a.ovf", std::string((1 << 20) + 1, ' ')}}), "file 'a.ovf' is too long");
}

TEST(OvaReader, RefusesDisksThatAreNotThereOrNotAsLong)
{
    EXPECT_EQ(refusal({{"vm.ovf", ovf_of({"d.vmdk"})}}), "file 'd.vmdk' is not in the OVA");
    EXPECT_EQ(refusal({{"vm.ovf", ovf_of({"http://example.com/d.vmdk"})}, {"d.vmdk", "d"}}),
              "file 'http://example.com/d.vmdk' is not in the OVA");
    EXPECT_EQ(refusal({{"vm.ovf", ovf_of({"../d.vmdk"})}, {"d.vmdk", "d"}}),
              "file '../d.vmdk' is not in the OVA");
    auto text = ovf_of({"d"});
    text.replace(text.find("ovf:id=\"file1\""), 14, "ovf:id=\"file1\" ovf:size=\"7\"");
    EXPECT_EQ(refusal({{"vm.ovf", text}, {"d", "d"}}), "file 'd' has 1 bytes and not 7");
    EXPECT_THAT(refusal({{"vm.ovf", text}, {"d", "1234567"}}), IsEmpty());
}

TEST(OvaReader, ComparesFilesWithTheManifest)
{
    const auto ovf = ovf_of({"d"});
    const std::string bytes(12'345, 'd');
    for (const auto algorithm :
         {ManifestAlgorithm::kSha1, ManifestAlgorithm::kSha256, ManifestAlgorithm::kSha512}) {
        const auto manifest =
            digest_line("vm.ovf", ovf, algorithm) + digest_line("d", bytes, algorithm);
        EXPECT_THAT(refusal({{"vm.ovf", ovf}, {"vm.mf", manifest}, {"d", bytes}}), IsEmpty());
        auto other = bytes;
        other.back() = 'e';
        EXPECT_EQ(refusal({{"vm.ovf", ovf}, {"vm.mf", manifest}, {"d", other}}),
                  "file 'd' has another digest than the manifest says");
        EXPECT_EQ(refusal({{"vm.ovf", ovf + " "}, {"vm.mf", manifest}, {"d", bytes}}),
                  "file 'vm.ovf' has another digest than the manifest says");
    }
    EXPECT_THAT(refusal({{"vm.ovf", ovf}, {"vm.mf", digest_line("d", "")}, {"d", ""}}), IsEmpty());
}

TEST(OvaReader, RefusesAManifestThatIsWrong)
{
    const auto ovf = ovf_of({"d"});
    EXPECT_EQ(refusal({{"vm.ovf", ovf}, {"d", "d"}, {"vm.mf", digest_line("x", "d")}}),
              "the manifest names 'x', which is not in the OVA");
    EXPECT_EQ(refusal({{"vm.ovf", ovf}, {"d", "d"}, {"vm.mf", "SHA1(d)= 0"}}),
              "line 1 of the manifest is invalid");
    EXPECT_EQ(refusal({{"vm.ovf", ovf}, {"d", "d"}, {"a.mf", ""}, {"b.mf", ""}}),
              "the OVA has several files that end with .mf");
}

}  // namespace
}  // namespace amilab::test
