#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/volumes/volume_type.h"

/// What AWS takes of each EBS volume type.
/// Source: EC2 API Reference, CreateVolume; EBS User Guide, "Amazon EBS volume types" (documented).
namespace amilab::ec2 {

/// Whether an instance can boot from a volume of the type: st1 and sc1 are for data (documented).
bool can_boot(std::string_view volume_type);
/// Throws InvalidBlockDeviceMapping where a root device is to be of another.
void require_boot_type(std::string_view root_device, std::string_view volume_type);

/// A volume as it is asked for, or, completed, as it will be.
struct VolumeSpec {
    std::string volume_type;
    std::int64_t size_gib;
    /// I/O operations per second. Completed: nothing for st1, sc1 and standard.
    std::optional<std::int64_t> iops;
    /// MiB/s. Completed: only gp3 has it.
    std::optional<std::int64_t> throughput;
};

/// The spec with the type's defaults. Throws UnknownVolumeType; InvalidParameterValue for what is
/// out of the type's range, or out of proportion; InvalidParameterCombination for what the type
/// does not take or cannot do without.
VolumeSpec complete_volume_spec(VolumeSpec spec);

/// The complete spec of a volume of that size whose type and performance a request may name.
template <class Request>
VolumeSpec wished_spec(const Request& request, std::int64_t size_gib)
{
    return complete_volume_spec(
        {.volume_type = request.volume_type.value_or(std::string(kDefaultVolumeType)),
         .size_gib = size_gib,
         .iops = request.iops,
         .throughput = request.throughput});
}

}  // namespace amilab::ec2
