#include "server/services/ec2/volumes/volume_types.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/wire/api_error.h"

namespace amilab::ec2 {
namespace {

/// "code: message" of the refusal; empty when the spec is taken.
std::string refusal(const VolumeSpec& spec)
{
    try {
        complete_volume_spec(spec);
        return "";
    } catch (const ApiError& error) {
        return error.code + ": " + error.what();
    }
}

VolumeSpec of(const char* type, std::int64_t size_gib, std::optional<std::int64_t> iops = {},
              std::optional<std::int64_t> throughput = {})
{
    return {.volume_type = type, .size_gib = size_gib, .iops = iops, .throughput = throughput};
}

TEST(VolumeTypes, GiveGp2ItsOperationsBySize)
{
    EXPECT_EQ(complete_volume_spec(of("gp2", 1)).iops, 100);
    EXPECT_EQ(complete_volume_spec(of("gp2", 33)).iops, 100);
    EXPECT_EQ(complete_volume_spec(of("gp2", 34)).iops, 102);
    EXPECT_EQ(complete_volume_spec(of("gp2", 5334)).iops, 16'000);
    EXPECT_EQ(complete_volume_spec(of("gp2", 16'384)).iops, 16'000);
    EXPECT_EQ(complete_volume_spec(of("gp2", 1)).throughput, std::nullopt);
}

TEST(VolumeTypes, GiveGp3ItsBaseline)
{
    const auto spec = complete_volume_spec(of("gp3", 1));
    EXPECT_EQ(spec.iops, 3000);
    EXPECT_EQ(spec.throughput, 125);
}

TEST(VolumeTypes, GiveMagneticDisksNeither)
{
    for (const auto* type : {"st1", "sc1", "standard"}) {
        const auto spec = complete_volume_spec(of(type, 500));
        EXPECT_EQ(spec.iops, std::nullopt) << type;
        EXPECT_EQ(spec.throughput, std::nullopt) << type;
    }
}

TEST(VolumeTypes, AreSevenAndNoOther)
{
    EXPECT_EQ(refusal(of("gp4", 10)),
              "UnknownVolumeType: Unsupported volume type 'gp4' for volume creation.");
    EXPECT_NE(refusal(of("", 10)), "");
    EXPECT_NE(refusal(of("GP3", 10)), "");
}

TEST(VolumeTypes, HaveALeastAndALargestSize)
{
    struct Limits {
        const char* type;
        std::int64_t min;
        std::int64_t max;
    };
    for (const auto& [type, min, max] :
         {Limits{"gp2", 1, 16'384}, Limits{"gp3", 1, 65'536}, Limits{"io1", 4, 16'384},
          Limits{"st1", 125, 16'384}, Limits{"sc1", 125, 16'384}, Limits{"standard", 1, 1024}}) {
        const std::optional<std::int64_t> iops =
            std::string_view(type) == "io1" ? std::optional(100) : std::nullopt;
        EXPECT_EQ(refusal(of(type, min, iops)), "");
        EXPECT_EQ(refusal(of(type, max, iops)), "");
        EXPECT_EQ(refusal(of(type, min - 1, iops)),
                  fmt::format("InvalidParameterValue: The volume size is invalid for {0} volumes: "
                              "{1} GiB. {0} volumes must be at least {2} GiB in size. Please "
                              "specify a volume size above the minimum limit.",
                              type, min - 1, min));
        EXPECT_EQ(refusal(of(type, max + 1, iops)),
                  fmt::format("InvalidParameterValue: The volume size is invalid for {0} volumes: "
                              "{1} GiB. {0} volumes must be at most {2} GiB in size. Please "
                              "specify a volume size below the maximum limit.",
                              type, max + 1, max));
    }
    EXPECT_EQ(refusal(of("io2", 65'536, 100)), "");
    EXPECT_NE(refusal(of("io2", 65'537, 100)), "");
    EXPECT_NE(refusal(of("io2", 3, 100)), "");
}

TEST(VolumeTypes, HaveALeastAndALargestNumberOfOperations)
{
    EXPECT_EQ(refusal(of("io1", 2000, 64'000)), "");
    EXPECT_EQ(refusal(of("io1", 2000, 99)),
              "InvalidParameterValue: Volume iops of 99 is too low; minimum is 100.");
    EXPECT_EQ(refusal(of("io1", 2000, 64'001)),
              "InvalidParameterValue: Volume iops of 64001 is too high; maximum is 64000.");
    EXPECT_EQ(refusal(of("gp3", 1000, 80'000)), "");
    EXPECT_EQ(refusal(of("gp3", 1000, 2999)),
              "InvalidParameterValue: Volume iops of 2999 is too low; minimum is 3000.");
    EXPECT_EQ(refusal(of("gp3", 1000, 80'001)),
              "InvalidParameterValue: Volume iops of 80001 is too high; maximum is 80000.");
    EXPECT_EQ(refusal(of("io2", 1000, 256'000)), "");
    EXPECT_EQ(
        refusal(of("io2", 1000, 256'001)),
        "InvalidParameterCombination: io2 volumes configured with greater than 64 TiB or 256K "
        "IOPS or 1000:1 IOPS:GB ratio are not supported.");
}

TEST(VolumeTypes, HaveALargestNumberOfOperationsForTheirSize)
{
    EXPECT_EQ(refusal(of("io1", 10, 500)), "");
    EXPECT_EQ(refusal(of("io1", 3 * 5, 4000)),
              "InvalidParameterValue: Iops to volume size ratio of 266.666667 is too high; maximum "
              "is 50");
    EXPECT_EQ(refusal(of("gp3", 30, 15'000)), "");
    EXPECT_EQ(refusal(of("gp3", 20, 15'000)),
              "InvalidParameterValue: Iops to volume size ratio of 750.000000 is too high; maximum "
              "is 500");
    // The baseline is there for any size.
    EXPECT_EQ(refusal(of("gp3", 1, 3000)), "");
    EXPECT_EQ(refusal(of("io2", 6, 6000)), "");
    EXPECT_NE(refusal(of("io2", 6, 10'000)), "");
}

TEST(VolumeTypes, SayWhetherOperationsAreGivenOrNot)
{
    EXPECT_EQ(refusal(of("gp2", 10, 100)),
              "InvalidParameterCombination: The parameter iops is not supported for gp2 volumes.");
    EXPECT_NE(refusal(of("standard", 10, 100)), "");
    EXPECT_NE(refusal(of("st1", 125, 100)), "");
    EXPECT_EQ(refusal(of("io2", 10)),
              "InvalidParameterCombination: The parameter iops must be specified for io2 volumes.");
}

TEST(VolumeTypes, TakeAThroughputForGp3Only)
{
    EXPECT_EQ(refusal(of("gp3", 100, 8000, 2000)), "");
    EXPECT_EQ(refusal(of("gp3", 100, 8000, 2001)),
              "InvalidParameterValue: Volume throughput of 2001 is too high; maximum is 2000.");
    EXPECT_EQ(refusal(of("gp3", 100, {}, 124)),
              "InvalidParameterValue: Volume throughput of 124 is too low; minimum is 125.");
    EXPECT_EQ(refusal(of("gp3", 100, {}, 750)), "");
    EXPECT_EQ(refusal(of("gp3", 100, 3000, 1000)),
              "InvalidParameterValue: Throughput (MiBps) to iops ratio of 0.333333 is too high; "
              "maximum is 0.250000 MiBps per iops");
    EXPECT_EQ(
        refusal(of("gp2", 100, {}, 125)),
        "InvalidParameterCombination: The parameter throughput is not supported for gp2 volumes.");
}

}  // namespace
}  // namespace amilab::ec2
