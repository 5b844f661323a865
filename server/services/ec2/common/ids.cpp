#include "server/services/ec2/common/ids.h"

#include <fmt/format.h>

#include "server/calls/errors.h"

namespace amilab::ec2 {

ApiError malformed_id(std::string_view code, std::string_view text, std::string_view prefix)
{
    // Source: what begins rightly is not told how to (observed; Cloud Custodian cuts the id out).
    const bool begins_so = has_id_prefix(text, prefix);
    return {std::string(code),
            begins_so ? fmt::format("Invalid id: \"{}\"", text)
                      : fmt::format("Invalid id: \"{}\" (expecting \"{}-...\")", text, prefix)};
}

namespace {

/// Snapshots and volumes: the wrong prefix is a bad parameter, wrong digits a malformed id.
ApiError malformed_storage_id(std::string_view code, std::string_view text,
                              std::string_view parameter, std::string_view prefix)
{
    if (has_id_prefix(text, prefix)) {
        return malformed_id(code, text, prefix);
    }
    return ApiError("InvalidParameterValue",
                    fmt::format("Value ({}) for parameter {} is invalid. Expected: '{}-...'.", text,
                                parameter, prefix))
        .of_parameter(parameter);
}

}  // namespace

template <>
ApiError malformed_id<SnapshotId>(std::string_view text, std::string_view parameter)
{
    return malformed_storage_id("InvalidSnapshotID.Malformed", text,
                                parameter.empty() ? "snapshotId" : parameter, SnapshotTag::kPrefix);
}

template <>
ApiError malformed_id<VolumeId>(std::string_view text, std::string_view parameter)
{
    return malformed_storage_id("InvalidVolumeID.Malformed", text,
                                parameter.empty() ? "volumeId" : parameter, VolumeTag::kPrefix);
}

ApiError not_found(const VolumeId& id)
{
    return {"InvalidVolume.NotFound", fmt::format("The volume '{}' does not exist.", id.text())};
}

ApiError not_found(const std::vector<ImageId>& ids)
{
    if (ids.size() == 1) {
        return not_found(ids.front());
    }
    return {"InvalidAMIID.NotFound", fmt::format("The image ids '[{}]' do not exist", joined(ids))};
}

ApiError not_found(const ImageId& id)
{
    return {"InvalidAMIID.NotFound", fmt::format("The image id '[{}]' does not exist", id.text())};
}

ApiError not_found(const SnapshotId& id)
{
    return {"InvalidSnapshot.NotFound",
            fmt::format("The snapshot '{}' does not exist.", id.text())};
}

ApiError not_found(const std::vector<InstanceId>& ids)
{
    if (ids.size() == 1) {
        return not_found(ids.front());
    }
    return {"InvalidInstanceID.NotFound",
            fmt::format("The instance IDs '{}' do not exist", joined(ids))};
}

ApiError not_found(const InstanceId& id)
{
    return {"InvalidInstanceID.NotFound",
            fmt::format("The instance ID '{}' does not exist", id.text())};
}

void check_kernel(const std::optional<std::string>& kernel_id,
                  const std::optional<std::string>& ramdisk_id)
{
    if (kernel_id && !has_id_shape(*kernel_id, "aki")) {
        throw invalid_value(*kernel_id, "kernelId", "Expected: 'aki-...'.");
    }
    if (ramdisk_id && !has_id_shape(*ramdisk_id, "ari")) {
        throw invalid_value(*ramdisk_id, "ramdiskId", "Expected: 'ari-...'.");
    }
}

}  // namespace amilab::ec2
