#include "server/calls/shown_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace amilab::test {
namespace {

std::string shown(std::string_view form)
{
    return ShownParameters(wire::Parameters(form)).line();
}

TEST(ShownParameters, AreNamesAndQuotedValuesInOneLine)
{
    EXPECT_EQ(shown("Action=RunInstances&Version=2016-11-15&ImageId=ami-1&"
                    "TagSpecification.1.Tag.1.Value=two%20words"),
              R"(ImageId="ami-1" TagSpecification.1.Tag.1.Value="two words")");
    EXPECT_EQ(shown("Action=DescribeRegions"), "");
}

TEST(ShownParameters, LeaveOutWhatIsSecret)
{
    EXPECT_EQ(shown("UserData=c2VjcmV0"), "UserData=(8 bytes)");
    EXPECT_EQ(shown("UserData.Value=c2VjcmV0"), "UserData.Value=(8 bytes)");
    EXPECT_EQ(shown("Name=/db/password&Value=c2VjcmV0"), R"(Name="/db/password" Value=(8 bytes))");
    EXPECT_EQ(shown("PresignedUrl=c2VjcmV0&SourceRegion=us-east-1"),
              R"(PresignedUrl=(8 bytes) SourceRegion="us-east-1")");
    EXPECT_EQ(shown("Image.ImportManifestUrl=c2VjcmV0"), "Image.ImportManifestUrl=(8 bytes)");
    EXPECT_EQ(shown("DiskContainer.1.Url=c2VjcmV0&UrlOf=x"),
              R"(DiskContainer.1.Url=(8 bytes) UrlOf="x")");
    EXPECT_EQ(shown("CopySourceSSECustomerKey=c2VjcmV0&SSECustomerAlgorithm=AES256"),
              R"(CopySourceSSECustomerKey=(8 bytes) SSECustomerAlgorithm="AES256")");
    EXPECT_EQ(shown("SSEKMSEncryptionContext=c2VjcmV0&UefiData=c2VjcmV0"),
              "SSEKMSEncryptionContext=(8 bytes) UefiData=(8 bytes)");
    EXPECT_EQ(shown("Storage.S3.UploadPolicy=c2VjcmV0&Storage.S3.UploadPolicySignature=c2VjcmV0"),
              "Storage.S3.UploadPolicy=(8 bytes) Storage.S3.UploadPolicySignature=(8 bytes)");
    EXPECT_EQ(shown("KmsKeyArn=c2VjcmV0"), "KmsKeyArn=(8 bytes)");
    EXPECT_EQ(shown("LaunchTemplateData.UserData=c2VjcmV0"),
              "LaunchTemplateData.UserData=(8 bytes)");
    EXPECT_EQ(shown("MasterUserPassword=c2VjcmV0&ClientSecret=c2VjcmV0"),
              "ClientSecret=(8 bytes) MasterUserPassword=(8 bytes)");
}

TEST(ShownParameters, LeaveOutTokensAndKeyMaterialWhateverTheCaseOfTheirNames)
{
    EXPECT_EQ(shown("ClientToken=abc&NextToken=abcd&PublicKeyMaterial=abcde"),
              "ClientToken=(3 bytes) NextToken=(4 bytes) PublicKeyMaterial=(5 bytes)");
    EXPECT_EQ(shown("blockToken=abc&userdata=abcd&clientTokenOf.1=abcde"),
              "blockToken=(3 bytes) clientTokenOf.1=(5 bytes) userdata=(4 bytes)");
}

TEST(ShownParameters, LeaveOutSignaturesAndSessionTokens)
{
    EXPECT_EQ(shown("X-Amz-Security-Token=t&X-Amz-Signature=s&X-Amz-Credential=c&Signature=s&"
                    "SecurityToken=t&AWSAccessKeyId=k"),
              "");
}

TEST(ShownParameters, ShowValuesOfTagsAndFilters)
{
    EXPECT_EQ(shown("Filter.1.Name=name&Filter.1.Value.1=x"),
              R"(Filter.1.Name="name" Filter.1.Value.1="x")");
}

TEST(ShownParameters, HoldNothingThatEndsALineOrTellsATerminal)
{
    // U+009B tells a terminal what ESC [ does.
    EXPECT_EQ(shown("Description=a%0A%C2%9B31m"), R"(Description="a\x0a\xc2\x9b31m")");
    EXPECT_EQ(shown("N%0Aa%20me=x"), R"(N\x0aa\x20me="x")");
}

TEST(ShownParameters, AreCutBetweenCharacters)
{
    // Two bytes each, the first at an odd place.
    std::string text = "x";
    std::string encoded = "x";
    for (int i = 0; i < 200; ++i) {
        text += "\u00e9";
        encoded += "%C3%A9";
    }
    const ShownParameters parameters(wire::Parameters("Description=" + encoded));
    parameters.for_each([&](const ShownParameters::One& one) {
        EXPECT_EQ(one.path, "Description");
        EXPECT_EQ(one.value, text.substr(0, 255));
        EXPECT_TRUE(one.is_cut);
        EXPECT_FALSE(one.is_hidden);
    });
    EXPECT_FALSE(parameters.is_cut());
    EXPECT_LT(parameters.bytes(), 600U);
}

TEST(ShownParameters, EndEarly)
{
    EXPECT_EQ(shown("Description=" + std::string(1000, 'x')),
              "Description=\"" + std::string(256, 'x') + "...\"");
    std::string many;
    for (int i = 1; i < 2000; ++i) {
        many += "ImageId." + std::to_string(i) + "=ami-0123456789abcdef0&";
    }
    const auto line = shown(many);
    EXPECT_LT(line.size(), 9'000U);
    EXPECT_THAT(line, testing::EndsWith(" ..."));
}

}  // namespace
}  // namespace amilab::test
