#include "server/services/ec2/import_tasks/errors.h"

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"

namespace amilab::ec2 {

ApiError invalid_source_location()
{
    return invalid_parameter("Invalid S3 source location");
}

ApiError source_not_in_region()
{
    return invalid_parameter("The given S3 object is not local to the region");
}

ApiError unknown_image_format(std::string_view format)
{
    return invalid_parameter(
        fmt::format("Parameter disk-image-format={} has an invalid format.", format));
}

ApiError import_task_not_found(std::string_view id)
{
    return {"InvalidConversionTaskId.Malformed",
            fmt::format("The import task '{}' does not exist.", id)};
}

ApiError import_task_has_ended(std::string_view id, ImportTaskState state)
{
    return {"IncorrectState",
            fmt::format("The import task '{}' is {} and cannot be canceled.", id, text_of(state))};
}

ApiError too_many_imports(std::int64_t limit)
{
    return {"ResourceLimitExceeded",
            fmt::format("Too many import tasks in progress. The limit is {}.", limit)};
}

ApiError import_failed(const std::string& message)
{
    return invalid_parameter(message);
}

namespace {

std::string disk_validation_failed(std::string_view why)
{
    return fmt::format("ClientError: Disk validation failed [{}]", why);
}

std::string_view not_supported(DiskFileFormat format)
{
    switch (format) {
        case DiskFileFormat::kVmdk:
            return "Unsupported VMDK File Format";
        case DiskFileFormat::kOva:
            return "Unsupported OVA format";
        case DiskFileFormat::kRaw:
        case DiskFileFormat::kVhd:
        case DiskFileFormat::kVhdx:
        case DiskFileFormat::kQcow2:
            break;
    }
    return "Unsupported specified file format";
}

}  // namespace

std::string message_of(const DiskImageError& error, DiskFileFormat format)
{
    switch (error.fault()) {
        case DiskImageFault::kUnsupported:
            return disk_validation_failed(not_supported(format));
        case DiskImageFault::kFooters:
            return "ClientError: Footers not identical";
        case DiskImageFault::kPackedLength:
            return "ClientError: Uncompressed data has an invalid length";
        case DiskImageFault::kArchive:
            return disk_validation_failed(fmt::format("OVF file parsing error: {}", error.what()));
        case DiskImageFault::kDamaged:
            break;
    }
    return disk_validation_failed(fmt::format("The disk image is damaged: {}", error.what()));
}

std::string source_not_readable(int http_status)
{
    constexpr int kForbidden = 403;
    return disk_validation_failed(
        fmt::format("We do not have access to the given resource. Reason {}",
                    http_status == kForbidden    ? "403 Forbidden"
                    : http_status == kSourceLost ? "405 Method Not Allowed"
                                                 : "404 Not Found"));
}

std::string source_changed()
{
    return disk_validation_failed("The S3 object changed during the import");
}

std::string too_many_bytes_imported(std::uint64_t most)
{
    return fmt::format("ClientError: The account may hold {} bytes at most.", most);
}

std::string import_has_no_room()
{
    return "ServerError: an internal error has occurred during conversion. The disk that holds "
           "the data directory is full.";
}

std::string import_broke_off()
{
    return "ServerError: an internal error has occurred during conversion.";
}

}  // namespace amilab::ec2
