#include "storage/disk_formats/tar_archive.h"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/disk_images.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names(const std::string& archive)
{
    MemoryImage image(archive);
    std::vector<std::string> found;
    for (const auto& member : list_tar(image)) {
        found.push_back(member.name);
    }
    return found;
}

struct Refusal {
    std::optional<DiskImageFault> fault;
    std::string why;
};

Refusal refusal(const std::string& archive)
{
    try {
        names(archive);
        return {};
    } catch (const DiskImageError& error) {
        return {error.fault(), error.what()};
    }
}

/// An archive of one file of 5 bytes whose header has something else at a place.
std::string archive_with(std::size_t offset, const std::string& bytes)
{
    auto archive = tar_of({{"disk", "12345"}});
    archive.replace(offset, bytes.size(), bytes);
    put_tar_sum(archive, 0);
    return archive;
}

TEST(TarArchive, ListsItsFilesWithTheirPlaces)
{
    MemoryImage image(tar_of({{"./a", "12345"}, {"folder/", "", '5'}, {"folder/b", ""}}));
    const auto members = list_tar(image);
    ASSERT_EQ(members.size(), 2U);
    EXPECT_EQ(members[0].name, "a");
    EXPECT_EQ(members[0].offset, 512U);
    EXPECT_EQ(members[0].size_bytes, 5U);
    EXPECT_EQ(members[1].name, "folder/b");
    EXPECT_EQ(members[1].offset, 2048U);
    EXPECT_EQ(members[1].size_bytes, 0U);
}

TEST(TarArchive, TakesLongNamesOfGnuAndPax)
{
    const std::string name(300, 'n');
    EXPECT_THAT(names(tar_of({{"././@LongLink", name + '\0', 'L'}, {"n", "1"}})),
                ElementsAre(name));
    EXPECT_THAT(names(tar_of({{"PaxHeaders/n", pax_record("path", name), 'x'}, {"n", "1"}})),
                ElementsAre(name));
    EXPECT_THAT(names(tar_of({{"global", pax_record("comment", "by hand"), 'g'}, {"n", "1"}})),
                ElementsAre("n"));
    auto archive = archive_with(345, "some/folder");
    EXPECT_THAT(names(archive), ElementsAre("some/folder/disk"));
    archive.replace(257, 8, std::string("ustar  \0", 8));
    put_tar_sum(archive, 0);
    EXPECT_THAT(names(archive), ElementsAre("disk")) << "GNU's has times there";
}

TEST(TarArchive, TakesSizesThatAreNotOctal)
{
    const std::string base_256("\x80\0\0\0\0\0\0\0\0\0\0\x05", 12);
    MemoryImage image(archive_with(124, base_256));
    EXPECT_EQ(list_tar(image).front().size_bytes, 5U);
    MemoryImage pax(tar_of({{"x", pax_record("size", "3"), 'x'}, {"n", "12345"}}));
    EXPECT_EQ(list_tar(pax).front().size_bytes, 3U);
}

TEST(TarArchive, RefusesSizesThatAreNoneOrTooLarge)
{
    const std::string wrong[] = {
        "77777777777",
        std::string("\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12),
        std::string("\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 12),
        std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12),
        std::string("\x81\0\0\0\0\0\0\0\0\0\0\x05", 12),
        "0000000008\0",
        "-0000000005",
        std::string(12, '\0'),
        std::string(12, '7'),
    };
    for (const auto& size : wrong) {
        EXPECT_EQ(refusal(archive_with(124, size)).fault, DiskImageFault::kDamaged) << size;
    }
    for (const auto* size : {"18446744073709551615", "18446744073709551616", "-1", "many", ""}) {
        EXPECT_EQ(refusal(tar_of({{"x", pax_record("size", size), 'x'}, {"n", "12345"}})).fault,
                  DiskImageFault::kDamaged)
            << size;
    }
}

TEST(TarArchive, RefusesNamesThatLeadElsewhere)
{
    for (const auto* name : {"/etc/passwd", "../disk", "a/../../disk", "a/..", "..", "./../x"}) {
        const auto refused = refusal(tar_of({{name, "1"}}));
        EXPECT_EQ(refused.fault, DiskImageFault::kArchive) << name;
        EXPECT_THAT(refused.why, HasSubstr("leads out of it"));
        EXPECT_EQ(refusal(tar_of({{name, "", '5'}})).fault, DiskImageFault::kArchive) << name;
        EXPECT_EQ(refusal(tar_of({{"x", pax_record("path", name), 'x'}, {"n", "1"}})).fault,
                  DiskImageFault::kArchive)
            << name;
    }
    EXPECT_EQ(refusal(tar_of({{"..disk", "1"}, {"a..", "1"}})).fault, std::nullopt);
    EXPECT_THAT(refusal(tar_of({{"", "1"}})).why, HasSubstr("no name"));
    EXPECT_THAT(refusal(tar_of({{"a", "1"}, {"./a", "1"}})).why, HasSubstr("one name"));
}

TEST(TarArchive, RefusesWhatIsNoFile)
{
    for (const char type : {'1', '2'}) {
        EXPECT_THAT(refusal(tar_of({{"a", "", type}})).why, HasSubstr("links")) << type;
    }
    EXPECT_THAT(refusal(tar_of({{"x", "target", 'K'}, {"a", "", '2'}})).why, HasSubstr("links"));
    for (const char type : {'3', '4', '6', '7', 'M', 'V'}) {
        EXPECT_THAT(refusal(tar_of({{"a", "", type}})).why, HasSubstr("no file")) << type;
    }
    EXPECT_THAT(refusal(tar_of({{"a", "", 'S'}})).why, HasSubstr("sparse"));
    EXPECT_THAT(refusal(tar_of({{"x", pax_record("GNU.sparse.major", "1"), 'x'}, {"a", "1"}})).why,
                HasSubstr("sparse"));
}

TEST(TarArchive, RefusesExtendedHeadersThatAreNone)
{
    for (const auto* text : {"x", "5", "99 path=a\n", "0 path=a\n", "9 path=a", "7 path\n", " =\n",
                             "18446744073709551615 path=a\n"}) {
        EXPECT_EQ(refusal(tar_of({{"x", text, 'x'}, {"n", "1"}})).fault, DiskImageFault::kDamaged)
            << text;
    }
    EXPECT_EQ(refusal(tar_of({{"x", pax_record("path", "a"), 'g'}, {"n", "1"}})).fault,
              DiskImageFault::kArchive);
    EXPECT_EQ(refusal(tar_of({{"x", pax_record("path", "a"), 'x'}})).fault,
              DiskImageFault::kDamaged)
        << "of no file";
    EXPECT_EQ(refusal(tar_of({{"x", std::string(65 << 10, 'n'), 'L'}, {"n", "1"}})).fault,
              DiskImageFault::kArchive);
}

TEST(TarArchive, RefusesAnArchiveThatIsCutOff)
{
    const auto archive = tar_of({{"a", std::string(700, 'a')}, {"b", "1"}});
    for (const std::size_t size : {513UL, 1000UL, 1536UL, 1600UL, 2048UL, 2049UL, 2560UL}) {
        EXPECT_EQ(refusal(archive.substr(0, size)).fault, DiskImageFault::kDamaged) << size;
    }
    EXPECT_EQ(refusal(archive.substr(0, 3072)).fault, std::nullopt) << "one block says the end";
    EXPECT_EQ(refusal(archive + "behind").fault, std::nullopt);
}

TEST(TarArchive, RefusesWhatIsNoArchive)
{
    for (const auto& bytes :
         {std::string(), std::string("ustar"), std::string(4096, '\0'), std::string(4096, 'x')}) {
        EXPECT_EQ(refusal(bytes).fault, DiskImageFault::kUnsupported);
    }
    auto archive = tar_of({{"a", "1"}});
    archive[0] = 'b';
    EXPECT_EQ(refusal(archive).fault, DiskImageFault::kDamaged) << "its sum is another";
    archive = tar_of({{"a", "1"}});
    archive.replace(1024, 4, "rest");
    EXPECT_EQ(refusal(archive).fault, DiskImageFault::kDamaged) << "no header, and no end";
}

TEST(TarArchive, RefusesTooManyFiles)
{
    std::vector<ArchiveFile> files;
    for (int i = 0; i < 1000; ++i) {
        files.push_back({std::to_string(i), ""});
    }
    EXPECT_EQ(names(tar_of(files)).size(), 1000U);
    files.push_back({"more", ""});
    EXPECT_THAT(refusal(tar_of(files)).why, HasSubstr("too many files"));
}

}  // namespace
}  // namespace amilab::test
