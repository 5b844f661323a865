#include "server/services/ec2/conversion_tasks/import_manifest.h"

#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/api_error.h"
#include "tests/server/services/ec2/conversion_tasks/manifests.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;

/// Why a manifest of 25 bytes in three parts is refused once it is changed.
std::string refusal_of(const std::function<void(Manifest&)>& change)
{
    auto manifest = manifest_of("disk", 25, 10);
    change(manifest);
    try {
        ec2::parse_import_manifest(manifest.text());
    } catch (const ApiError& error) {
        return error.what();
    }
    return {};
}

TEST(ImportManifest, TellsOfPartsOneBehindTheOther)
{
    const auto manifest = ec2::parse_import_manifest(manifest_of("disk", 25, 10).text());
    EXPECT_EQ(manifest.format, DiskFileFormat::kRaw);
    EXPECT_EQ(manifest.size_bytes, 25U);
    EXPECT_EQ(manifest.volume_size_gib, 1);
    ASSERT_EQ(manifest.parts.size(), 3U);
    EXPECT_EQ(manifest.parts[0].end, 10U);
    EXPECT_EQ(manifest.parts[2].end, 25U);
    EXPECT_EQ(manifest.parts[1].get_url, presigned_url("disks/disk.part1"));
}

TEST(ImportManifest, IsRefusedWhenItIsNone)
{
    for (const std::string text : {"", "manifest", "<manifest>", "<other/>", "{}"}) {
        EXPECT_THROW(ec2::parse_import_manifest(text), ApiError) << text;
    }
}

TEST(ImportManifest, IsRefusedWhenItSaysWhatItMayNot)
{
    EXPECT_THAT(refusal_of([](Manifest& one) { one.version = "2011-01-01"; }),
                HasSubstr("version"));
    EXPECT_THAT(refusal_of([](Manifest& one) { one.format = "VDI"; }), HasSubstr("file-format"));
    EXPECT_THAT(refusal_of([](Manifest& one) { one.volume_size = "-1"; }),
                HasSubstr("volume-size"));
    EXPECT_THAT(refusal_of([](Manifest& one) { one.volume_size = "99999999999999999999"; }),
                HasSubstr("volume-size"));
    EXPECT_THAT(refusal_of([](Manifest& one) { one.count = "4"; }),
                HasSubstr("3 parts and counts 4"));
    EXPECT_THAT(refusal_of([](Manifest& one) { one.parts[1].url.clear(); }), HasSubstr("get-url"));
    EXPECT_THAT(
        refusal_of([](Manifest& one) { one.parts[1].url.append(ec2::kMostImportUrlBytes, 'x'); }),
        HasSubstr("get-url"));
}

TEST(ImportManifest, IsRefusedWhenItsRangesAreNotTheFile)
{
    EXPECT_THAT(refusal_of([](Manifest& one) { one.size_bytes = 26; }),
                HasSubstr("its parts have 25 bytes and the image 26"));
    EXPECT_THAT(refusal_of([](Manifest& one) { one.parts[1].first = 9; }),
                HasSubstr("does not begin at 10"));
    EXPECT_THAT(refusal_of([](Manifest& one) { one.parts[1].last = 8; }),
                HasSubstr("of the part 1 does not begin at 10"));
    EXPECT_THAT(refusal_of([](Manifest& one) { one.parts.erase(one.parts.begin()); }),
                HasSubstr("does not begin at 0"));
    EXPECT_THAT(refusal_of([](Manifest& one) { one.parts.clear(); }), HasSubstr("count of parts"));
}

TEST(ImportManifest, HasABoundOfParts)
{
    const auto manifest = manifest_of("disk", ec2::kMostImportParts + 1, 1);
    EXPECT_THROW(ec2::parse_import_manifest(manifest.text()), ApiError);
}

}  // namespace
}  // namespace amilab::test
