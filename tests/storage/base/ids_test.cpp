#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/network/network_ids.h"

#include <gtest/gtest.h>

namespace amilab {
namespace {

TEST(Id, TakesEightOrSeventeenLowerCaseHexDigits)
{
    EXPECT_TRUE(ImageId::from_text("ami-12345678"));
    EXPECT_TRUE(ImageId::from_text("ami-0123456789abcdef0"));
    EXPECT_TRUE(NetworkInterfaceAttachmentId::from_text("eni-attach-0123456789abcdef0"));
}

TEST(Id, RefusesOtherPrefixesLengthsAndDigits)
{
    for (const auto* text : {"", "ami", "ami-", "ami-1234567", "ami-123456789", "ami-1234567G",
                             "ami-0123456789ABCDEF0", "i-12345678", "xami-12345678",
                             "ami-0123456789abcdef01", " ami-12345678", "ami-12345678 "}) {
        EXPECT_FALSE(ImageId::from_text(text)) << text;
    }
}

TEST(Id, BeginsWithItsPrefixAndAHyphen)
{
    EXPECT_TRUE(has_id_prefix("ami-", ImageTag::kPrefix));
    EXPECT_TRUE(has_id_prefix("ami-and more", ImageTag::kPrefix));
    for (const auto* text : {"", "ami", "amiur-12345678", "xami-12345678"}) {
        EXPECT_FALSE(has_id_prefix(text, ImageTag::kPrefix)) << text;
    }
}

}  // namespace
}  // namespace amilab
