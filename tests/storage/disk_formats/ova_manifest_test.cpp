#include "storage/disk_formats/ova_manifest.h"

#include <gtest/gtest.h>

namespace amilab::test {
namespace {

const std::string kSha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";  // of "abc"
const std::string kSha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string refusal(const std::string& text)
{
    try {
        parse_manifest(text);
        return {};
    } catch (const DiskImageError& error) {
        EXPECT_EQ(error.fault(), DiskImageFault::kArchive);
        return error.what();
    }
}

std::string digest(ManifestAlgorithm algorithm)
{
    const std::string text = "abc";
    ManifestDigest digest(algorithm);
    digest.add(std::as_bytes(std::span(text)).first(1));
    digest.add(std::as_bytes(std::span(text)).subspan(1));
    return digest.finish();
}

TEST(OvaManifest, TakesLinesOfEachTool)
{
    const auto lines =
        parse_manifest("SHA1(a (1).ovf)= " + kSha1 + "\r\n\nSHA256 (b=c) =" + kSha256 + "\n");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].algorithm, ManifestAlgorithm::kSha1);
    EXPECT_EQ(lines[0].file_name, "a (1).ovf");
    EXPECT_EQ(lines[0].digest, kSha1);
    EXPECT_EQ(lines[1].algorithm, ManifestAlgorithm::kSha256);
    EXPECT_EQ(lines[1].file_name, "b=c");
    EXPECT_EQ(parse_manifest("SHA1(a)= A9993E364706816ABA3E25717850C26C9CD0D89D").at(0).digest,
              kSha1);
    EXPECT_TRUE(parse_manifest("").empty());
}

TEST(OvaManifest, RefusesLinesThatAreNone)
{
    const std::string wrong[] = {"text",
                                 "MD5(a)= " + kSha1,
                                 "SHA1(a)= " + kSha256,
                                 "SHA1(a)=",
                                 "SHA1 a = " + kSha1,
                                 "SHA1(a) b= " + kSha1,
                                 "SHA1(a)= " + kSha1.substr(1) + "g",
                                 "SHA1)a(= " + kSha1};
    for (const auto& line : wrong) {
        EXPECT_EQ(refusal(line), "line 1 of the manifest is invalid") << line;
    }
    EXPECT_EQ(refusal("SHA1(a)= " + kSha1 + "\nSHA256(a)= " + kSha256),
              "line 2 of the manifest is invalid")
        << "a file twice";
}

TEST(OvaManifest, DigestsAreThoseOfTheStandard)
{
    EXPECT_EQ(digest(ManifestAlgorithm::kSha1), kSha1);
    EXPECT_EQ(digest(ManifestAlgorithm::kSha256), kSha256);
    EXPECT_EQ(digest(ManifestAlgorithm::kSha512).substr(0, 32), "ddaf35a193617abacc417349ae204131");
    EXPECT_EQ(digest(ManifestAlgorithm::kSha512).size(), 128U);
}

}  // namespace
}  // namespace amilab::test
