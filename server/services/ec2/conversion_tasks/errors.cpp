#include "server/services/ec2/conversion_tasks/errors.h"

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"

namespace amilab::ec2 {

ApiError conversion_task_not_found(const std::string& id)
{
    return {"InvalidConversionTaskId", fmt::format("The conversion task '{}' does not exist.", id)};
}

ApiError manifest_elsewhere(std::string_view host)
{
    return unsupported(
               fmt::format(
                   "The ImportManifestUrl is of the host {}: amilab reads manifests and parts "
                   "from its own S3 alone.",
                   host))
        .of_parameter("ImportManifestUrl");
}

ApiError several_disks(std::size_t count)
{
    return invalid_parameter_value(
        fmt::format("{} disk images are given. ImportInstance takes VMs of one volume.", count));
}

ApiError platform_not_imported(std::string_view platform)
{
    return invalid_parameter_value(fmt::format(
        "Value ({}) for parameter platform is invalid. Expected: Windows or Linux.", platform));
}

namespace {

/// The code is nobody's to see.
ApiError task_error(const std::string& message)
{
    return {"ClientError", message};
}

}  // namespace

ApiError manifest_not_valid(const std::string& why)
{
    return task_error(fmt::format("The import manifest is not valid: {}", why));
}

ApiError manifest_not_readable(const ApiError& refusal)
{
    return task_error(
        fmt::format("The import manifest cannot be read: {}: {}", refusal.code, refusal.what()));
}

ApiError part_not_readable(std::size_t index, const ApiError& refusal)
{
    return task_error(fmt::format("The part {} of the disk image cannot be read: {}: {}", index,
                                  refusal.code, refusal.what()));
}

ApiError part_has_other_size(std::size_t index, std::uint64_t told_bytes, std::uint64_t real_bytes)
{
    return task_error(
        fmt::format("The part {} of the disk image has {} bytes, {} in the import manifest.", index,
                    real_bytes, told_bytes));
}

ApiError part_has_changed(std::size_t index)
{
    return task_error(
        fmt::format("The part {} of the disk image has changed during the import.", index));
}

ApiError part_has_gone(std::size_t index)
{
    return task_error(
        fmt::format("The part {} of the disk image has gone during the import.", index));
}

ApiError disk_does_not_fit(std::uint64_t disk_bytes, std::int64_t volume_size_gib)
{
    return task_error(fmt::format("The disk has {} bytes and does not fit into a volume of {} GiB.",
                                  disk_bytes, volume_size_gib));
}

std::string upload_has_expired()
{
    return "The upload was not complete before the task expired.";
}

}  // namespace amilab::ec2
