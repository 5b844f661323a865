#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/ec2/ec2.h"
#include "server/wire/schema.h"
#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/instances/instance_support.h"

// Every filter that the documentation of DescribeImages names is served: each finds what has a
// value and nothing that has not.
namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kIds = "imagesSet/item/imageId";

std::vector<std::string> matching(TestEmulator& aws, std::string_view filter,
                                  const std::string& value)
{
    return aws
        .must("DescribeImages", {{"Filter.1.Name", std::string(filter)},
                                 {"Filter.1.Value.1", value},
                                 {"IncludeDisabled", "true"}})
        .texts(kIds);
}

/// Documented filters on what nothing here ever has: no image is scanned.
const std::set<std::string_view>& filters_on_nothing()
{
    static const std::set<std::string_view> names = {
        "scan-result.critical-fix-available-since",
        "scan-result.finding-scan-date",
        "scan-result.high-fix-available-since",
        "scan-result.highest-finding-severity-label",
        "scan-result.informational-fix-available-since",
        "scan-result.low-fix-available-since",
        "scan-result.medium-fix-available-since",
    };
    return names;
}

/// Two images that differ in everything that a filter asks for.
class ImageFilters : public ::testing::Test {
protected:
    ImageFilters() { make_odd_image(); }

    /// What no filter's value below leaves out.
    void make_odd_image()
    {
        const auto source = own_image(aws, "source", {{"EnaSupport", "true"}});
        aws.must("AttachImageWatermark", {{"ImageId", source}, {"WatermarkName", "approved"}});
        const auto instance = aws.must("RunInstances", launch(source)).text(kInstanceId);
        aws.advance(60'000);
        odd = aws.must("CreateImage", {{"InstanceId", instance},
                                       {"Name", "odd one"},
                                       {"Description", "nothing like it"},
                                       {"TagSpecification.1.ResourceType", "image"},
                                       {"TagSpecification.1.Tag.1.Key", "Odd"},
                                       {"TagSpecification.1.Tag.1.Value", "yes"}})
                  .text("imageId");
        aws.must("ReplaceImageInstanceTypeSpecification",
                 {{"ImageId", odd},
                  {"InstanceTypeSpecification.SupportedInstanceType.1", "x9.*"},
                  {"InstanceTypeSpecification.UnsupportedInstanceType.1", "x9.tiny"}});
        set("kernel_id = 'aki-0000000a', ramdisk_id = 'ari-0000000a', platform = 'windows',"
            " boot_mode = 'uefi-preferred', sriov_net_support = 'simple', hypervisor = 'ovm',"
            " architecture = 'arm64_mac', image_type = 'ramdisk', root_device_name = '/dev/odd',"
            " root_device_type = 'instance-store', virtualization_type = 'paravirtual',"
            " owner_alias = 'aws-backup-vault', state = 'disabled', state_reason_code = 'Odd.Code',"
            " state_reason_message = 'an odd reason'");
        Statement(aws.generation().writer().db(),
                  "UPDATE image_mapping SET device_name = '/dev/odd', volume_size_gib = 777,"
                  " volume_type = 'sc1', encrypted = 1, delete_on_termination = 0"
                  " WHERE image_id = ?1")
            .execute(odd);
        values = {{"source-instance-id", instance},
                  {"source-image-id", source},
                  {"image-watermark.source-image-id", source}};
        const auto shown =
            aws.must("DescribeImages", {{"ImageId.1", odd}, {"IncludeDisabled", "true"}});
        values["block-device-mapping.snapshot-id"] =
            shown.text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
    }

    void set(const std::string& assignment)
    {
        Statement(aws.generation().writer().db(),
                  "UPDATE image SET " + assignment + " WHERE id = ?1")
            .execute(odd);
    }

    /// The value that the odd image has, and the other images of the account have not.
    std::string odd_value(std::string_view filter) const
    {
        static const std::map<std::string_view, std::string> known = {
            {"architecture", "arm64_mac"},
            {"block-device-mapping.delete-on-termination", "false"},
            {"block-device-mapping.device-name", "/dev/odd"},
            {"block-device-mapping.encrypted", "true"},
            {"block-device-mapping.volume-size", "777"},
            {"block-device-mapping.volume-type", "sc1"},
            {"boot-mode", "uefi-preferred"},
            {"creation-date", "2026-01-02T03:05:05.*"},
            {"description", "nothing like it"},
            {"hypervisor", "ovm"},
            {"image-type", "ramdisk"},
            {"image-watermark.source-image-creation-time", "2026-01-02T03:04:05.000Z"},
            {"image-watermark.source-image-region", kRegion},
            {"image-watermark.watermark-creation-time", "2026-01-02T03:04:05.*"},
            {"image-watermark.watermark-key", std::string(kAccount) + ":approved"},
            {"instance-type-specification.supported-instance-type", "x9.\\*"},
            {"instance-type-specification.unsupported-instance-type", "x9.tiny"},
            {"kernel-id", "aki-0000000a"},
            {"manifest-location", std::string(kAccount) + "/odd one"},
            {"name", "odd one"},
            {"owner-alias", "aws-backup-vault"},
            {"owner-id", kAccount},
            {"platform", "windows"},
            {"ramdisk-id", "ari-0000000a"},
            {"root-device-name", "/dev/odd"},
            {"root-device-type", "instance-store"},
            {"source-image-region", kRegion},
            {"sriov-net-support", "simple"},
            {"state", "disabled"},
            {"state-reason-code", "Odd.Code"},
            {"state-reason-message", "an odd reason"},
            {"tag-key", "Odd"},
            {"tag-value", "yes"},
            {"tag:<key>", "yes"},
            {"virtualization-type", "paravirtual"},
        };
        if (filter == "image-id") {
            return odd;
        }
        const auto made = values.find(std::string(filter));
        if (made != values.end()) {
            return made->second;
        }
        const auto found = known.find(filter);
        return found != known.end() ? found->second : "";
    }

    TestEmulator aws;
    std::string odd;
    std::map<std::string, std::string> values;
};

TEST_F(ImageFilters, AreServedAsDocumented)
{
    // Asked of the catalogue instead, whose images have both values.
    const std::set<std::string_view> of_catalogue = {"ena-support",
                                                     "free-tier-eligible",
                                                     "image-allowed",
                                                     "is-public",
                                                     "product-code",
                                                     "product-code.type",
                                                     "public-ssm-parameter-name"};
    const auto& schema = *wire::find_operation(ec2::kEc2.schema, "DescribeImages");
    std::size_t tried = 0;
    for (const auto name : schema.filters) {
        if (of_catalogue.contains(name) || filters_on_nothing().contains(name)) {
            continue;
        }
        const auto value = odd_value(name);
        ASSERT_FALSE(value.empty()) << name << ": a documented filter without a value to try";
        const std::string asked = name == "tag:<key>" ? "tag:Odd" : std::string(name);
        EXPECT_THAT(matching(aws, asked, value), Contains(odd)) << name << " = " << value;
        EXPECT_THAT(matching(aws, asked, "no such value"), IsEmpty()) << name;
        ++tried;
    }
    EXPECT_GE(tried, 35U);
}

TEST_F(ImageFilters, TellTheOddImageFromTheOther)
{
    for (const char* name : {"architecture",
                             "block-device-mapping.encrypted",
                             "boot-mode",
                             "description",
                             "hypervisor",
                             "image-type",
                             "instance-type-specification.supported-instance-type",
                             "kernel-id",
                             "manifest-location",
                             "name",
                             "owner-alias",
                             "platform",
                             "ramdisk-id",
                             "root-device-name",
                             "root-device-type",
                             "source-image-id",
                             "source-instance-id",
                             "sriov-net-support",
                             "state",
                             "state-reason-code",
                             "tag-key",
                             "virtualization-type",
                             "creation-date"}) {
        const auto own = aws.must("DescribeImages", {{"Owner.1", "self"},
                                                     {"IncludeDisabled", "true"},
                                                     {"Filter.1.Name", name},
                                                     {"Filter.1.Value.1", odd_value(name)}});
        EXPECT_THAT(own.texts(kIds), ElementsAre(odd)) << name;
    }
}

TEST_F(ImageFilters, OfFlagsAndOfTheCatalogueTellBothValuesApart)
{
    for (const char* name : {"is-public", "ena-support"}) {
        const auto yes = matching(aws, name, "true");
        const auto no = matching(aws, name, "false");
        EXPECT_THAT(yes, Not(IsEmpty())) << name;
        for (const auto& id : no) {
            EXPECT_THAT(yes, Not(Contains(id))) << name;
        }
    }
    EXPECT_THAT(matching(aws, "is-public", "false"), Contains(odd));
    const auto free = aws.must(
        "DescribeImages", {{"Filter.1.Name", "free-tier-eligible"}, {"Filter.1.Value.1", "true"}});
    EXPECT_THAT(free.texts(kIds), Not(IsEmpty()));
    EXPECT_THAT(free.texts("imagesSet/item/freeTierEligible"), ::testing::Each("true"));
    const auto sold = matching(aws, "product-code.type", "marketplace");
    EXPECT_THAT(sold, Not(IsEmpty()));
    EXPECT_THAT(sold, Not(Contains(odd)));
    EXPECT_THAT(matching(aws, "product-code.type", "devpay"), IsEmpty());
    const auto code = aws.must("DescribeImages", {{"ImageId.1", sold.front()}})
                          .text("imagesSet/item/productCodes/item/productCode");
    EXPECT_THAT(matching(aws, "product-code", code), Contains(sold.front()));
    EXPECT_THAT(matching(aws, "product-code", "no such code"), IsEmpty());
    EXPECT_THAT(matching(aws, "image-allowed", "*"), IsEmpty());
    aws.must("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", "audit-mode"}});
    EXPECT_THAT(matching(aws, "image-allowed", "true"), Contains(odd));
    EXPECT_THAT(matching(aws, "image-allowed", "neither"), IsEmpty());
    const auto newest = matching(aws, "public-ssm-parameter-name", "aws/service/*");
    EXPECT_THAT(newest, Not(IsEmpty()));
    EXPECT_THAT(newest, Not(Contains(odd)));
}

TEST_F(ImageFilters, OnWhatNothingHasFindNothing)
{
    for (const auto name : filters_on_nothing()) {
        EXPECT_THAT(matching(aws, name, "*"), IsEmpty()) << name;
    }
}

TEST(ImageFilter, MayBeOfAnyLength)
{
    TestEmulator aws;
    const auto mine = own_image(aws, "mine", {{"Description", "x"}, {"EnaSupport", "true"}});
    const auto described = [&](const std::string& value) {
        return aws.must(
            "DescribeImages",
            {{"Owner.1", "self"}, {"Filter.1.Name", "description"}, {"Filter.1.Value.1", value}});
    };
    EXPECT_THAT(described("*" + std::string(50'000, 'a')).texts(kIds), IsEmpty());
    EXPECT_THAT(described("*" + std::string(20'000, '[')).texts(kIds), IsEmpty());
    EXPECT_THAT(described(std::string(60'000, '*')).texts(kIds), ElementsAre(mine));
    EXPECT_THAT(described(std::string(60'000, '*') + "?").texts(kIds), ElementsAre(mine));
}

TEST(ImagePermissions, MayBeAskedForOfThousands)
{
    TestEmulator aws;
    own_image(aws, "mine");
    Parameters executable;
    Parameters restorable;
    for (int i = 1; i <= 2000; ++i) {
        const auto account = fmt::format("{:012}", i);
        executable.emplace_back(fmt::format("ExecutableBy.{}", i), account);
        restorable.emplace_back(fmt::format("RestorableBy.{}", i), account);
    }
    EXPECT_THAT(aws.must("DescribeImages", executable).texts(kIds), IsEmpty());
    EXPECT_EQ(aws.must("DescribeSnapshots", restorable).count("snapshotSet/item"), 0U);
}

TEST(ImageOwners, AreAccountsSelfOrKnownWords)
{
    TestEmulator aws;
    const auto mine = own_image(aws, "mine");
    const auto owned = [&](const std::string& owner) {
        return aws.call("DescribeImages", {{"Owner.1", owner}});
    };
    EXPECT_THAT(owned("self").texts(kIds), ElementsAre(mine));
    EXPECT_THAT(owned(kAccount).texts(kIds), ElementsAre(mine));
    EXPECT_THAT(owned(kOtherAccount).texts(kIds), IsEmpty());
    EXPECT_THAT(owned("amazon").texts(kIds), Not(IsEmpty()));
    EXPECT_TRUE(owned("aws-marketplace").ok());
    EXPECT_THAT(owned("aws-backup-vault").texts(kIds), IsEmpty());
    for (const char* word : {"ubuntu", "12345678901", "Self", ""}) {
        const auto refused = owned(word);
        EXPECT_EQ(refused.code, "InvalidUserID.Malformed") << word;
        EXPECT_EQ(refused.message, std::string("Invalid user id: \"") + word + "\"");
    }
}

}  // namespace
}  // namespace amilab::test
