#include "server/services/ec2/volumes/volume_types.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "server/services/ec2/volumes/errors.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

struct Range {
    std::int64_t min;
    std::int64_t max;
};

enum class Iops { kNone, kBySize, kOptional, kRequired };

struct TypeLimits {
    VolumeType type;
    Range size_gib;
    Iops iops = Iops::kNone;
    Range iops_range{};
    std::int64_t most_iops_per_gib = 0;
};

constexpr Range kGp3Throughput{125, 2000};
// One MiB/s for four operations a second.
constexpr std::int64_t kIopsPerThroughput = 4;
constexpr Range kGp2Iops{100, 16'000};
constexpr std::int64_t kGp2IopsPerGib = 3;

constexpr std::array<TypeLimits, 7> kLimits = {{
    {VolumeType::kGp2, {1, 16'384}, Iops::kBySize},
    {VolumeType::kGp3, {1, 65'536}, Iops::kOptional, {3'000, 80'000}, 500},
    {VolumeType::kIo1, {4, 16'384}, Iops::kRequired, {100, 64'000}, 50},
    {VolumeType::kIo2, {4, 65'536}, Iops::kRequired, {100, 256'000}, 1'000},
    {VolumeType::kSc1, {125, 16'384}},
    {VolumeType::kSt1, {125, 16'384}},
    {VolumeType::kStandard, {1, 1'024}},
}};
static_assert(std::all_of(kLimits.begin(), kLimits.end(), [](const TypeLimits& limits) {
    return has_provisioned_iops(text_of(limits.type)) == (limits.iops_range.max != 0);
}));

const TypeLimits& find_limits(std::string_view name)
{
    const auto found = std::find_if(kLimits.begin(), kLimits.end(),
                                    [&](const TypeLimits& one) { return name == one.type; });
    if (found == kLimits.end()) {
        throw unknown_volume_type(name);
    }
    return *found;
}

void check_size(const TypeLimits& limits, std::int64_t size_gib)
{
    if (size_gib < limits.size_gib.min) {
        throw volume_too_small(text_of(limits.type), size_gib, limits.size_gib.min);
    }
    if (size_gib > limits.size_gib.max) {
        throw limits.type == VolumeType::kIo2
            ? io2_beyond_limits()
            : volume_too_large(text_of(limits.type), size_gib, limits.size_gib.max);
    }
}

void check_iops(const TypeLimits& limits, const VolumeSpec& spec)
{
    const auto iops = *spec.iops;
    if (iops < limits.iops_range.min) {
        throw volume_value_too_low("iops", iops, limits.iops_range.min);
    }
    // The minimum is there for any size.
    const bool too_dense =
        iops > limits.iops_range.min && iops > spec.size_gib * limits.most_iops_per_gib;
    if (limits.type == VolumeType::kIo2 && (too_dense || iops > limits.iops_range.max)) {
        throw io2_beyond_limits();
    }
    if (iops > limits.iops_range.max) {
        throw volume_value_too_high("iops", iops, limits.iops_range.max);
    }
    if (too_dense) {
        throw iops_ratio_too_high(iops, spec.size_gib, limits.most_iops_per_gib);
    }
}

void complete_iops(const TypeLimits& limits, VolumeSpec& spec)
{
    if (spec.iops && (limits.iops == Iops::kNone || limits.iops == Iops::kBySize)) {
        throw volume_parameter_not_supported("iops", text_of(limits.type));
    }
    switch (limits.iops) {
        case Iops::kNone:
            return;
        case Iops::kBySize:
            spec.iops = std::clamp(spec.size_gib * kGp2IopsPerGib, kGp2Iops.min, kGp2Iops.max);
            return;
        case Iops::kRequired:
            if (!spec.iops) {
                throw volume_parameter_required("iops", text_of(limits.type));
            }
            break;
        case Iops::kOptional:
            if (!spec.iops) {
                spec.iops = limits.iops_range.min;
            }
            break;
    }
    check_iops(limits, spec);
}

void complete_throughput(const TypeLimits& limits, VolumeSpec& spec)
{
    if (limits.type != VolumeType::kGp3) {
        if (spec.throughput) {
            throw volume_parameter_not_supported("throughput", text_of(limits.type));
        }
        return;
    }
    const auto throughput = spec.throughput.value_or(kGp3Throughput.min);
    if (throughput < kGp3Throughput.min) {
        throw volume_value_too_low("throughput", throughput, kGp3Throughput.min);
    }
    if (throughput > kGp3Throughput.max) {
        throw volume_value_too_high("throughput", throughput, kGp3Throughput.max);
    }
    if (throughput * kIopsPerThroughput > *spec.iops) {
        throw throughput_ratio_too_high(throughput, *spec.iops, 1.0 / kIopsPerThroughput);
    }
    spec.throughput = throughput;
}

}  // namespace

bool can_boot(std::string_view volume_type)
{
    return volume_type != VolumeType::kSt1 && volume_type != VolumeType::kSc1;
}

void require_boot_type(std::string_view root_device, std::string_view volume_type)
{
    if (!can_boot(volume_type)) {
        throw root_type_refused(root_device, volume_type);
    }
}

VolumeSpec complete_volume_spec(VolumeSpec spec)
{
    const auto& limits = find_limits(spec.volume_type);
    check_size(limits, spec.size_gib);
    complete_iops(limits, spec);
    complete_throughput(limits, spec);
    return spec;
}

}  // namespace amilab::ec2
