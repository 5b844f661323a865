#include "server/services/ec2/volumes/errors.h"

#include <fmt/format.h>

namespace amilab::ec2 {

ApiError volume_already_attached(const VolumeId& volume)
{
    return {"VolumeInUse", fmt::format("{} is already attached to an instance", volume.text())};
}

ApiError volume_in_use(const VolumeId& volume, const InstanceId& instance)
{
    return {"VolumeInUse",
            fmt::format("Volume {} is currently attached to {}", volume.text(), instance.text())};
}

ApiError volume_not_available(const VolumeId& volume)
{
    return {"IncorrectState", fmt::format("{} is not 'available'.", volume.text())};
}

ApiError volume_not_attached(const VolumeId& volume, std::string_view state)
{
    return {"IncorrectState",
            fmt::format("Volume '{}' is in the '{}' state.", volume.text(), state)};
}

ApiError attachment_not_found(const VolumeId& volume, const InstanceId& instance)
{
    return {"InvalidAttachment.NotFound",
            fmt::format("Volume {} can not be detached from {} because it is not attached",
                        volume.text(), instance.text())};
}

ApiError attachment_not_found(const VolumeId& volume, const InstanceId& instance,
                              std::string_view device)
{
    return {"InvalidAttachment.NotFound",
            fmt::format("The volume {} is not attached to instance {} as device {}", volume.text(),
                        instance.text(), device)};
}

ApiError instance_not_running(const InstanceId& instance)
{
    return {"IncorrectState", fmt::format("Instance '{}' is not 'running'.", instance.text())};
}

ApiError root_volume_not_detachable(const VolumeId& volume, const InstanceId& instance)
{
    return operation_not_permitted(fmt::format(
        "Unable to detach root volume '{}' from instance '{}'", volume.text(), instance.text()));
}

ApiError invalid_device_name(std::string_view device)
{
    return invalid_value(device, "device",
                         fmt::format("{} is not a valid EBS device name.", device));
}

ApiError device_in_use(std::string_view device)
{
    return invalid_parameter_value(
        fmt::format("Invalid value '{}' for unixDevice. Attachment point {} is already in use",
                    device, device));
}

ApiError zone_mismatch(const VolumeId& volume, const InstanceId& instance)
{
    return {"InvalidVolume.ZoneMismatch",
            fmt::format("The volume '{}' is not in the same availability zone as instance '{}'",
                        volume.text(), instance.text())};
}

ApiError zone_not_found(std::string_view zone)
{
    return {"InvalidZone.NotFound", fmt::format("The zone '{}' does not exist.", zone)};
}

ApiError volume_smaller_than_snapshot(std::int64_t size_gib, const SnapshotId& snapshot,
                                      std::int64_t snapshot_size_gib)
{
    return invalid_parameter_value(
        fmt::format("Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB",
                    size_gib, snapshot.text(), snapshot_size_gib));
}

ApiError multi_attach_not_supported(std::string_view volume_type)
{
    return volume_parameter_not_supported("multi-attach-enabled", volume_type);
}

ApiError multi_attach_not_in_zone(std::string_view zone)
{
    return invalid_parameter_combination(
        fmt::format("The specified zone does not support multi-attach-enabled volumes: {}", zone));
}

ApiError multi_attach_needs_nitro(const InstanceId& instance, std::string_view instance_type)
{
    return invalid_parameter_combination(
        fmt::format("Multi-Attach is not supported for the instance type {} of the instance '{}'.",
                    instance_type, instance.text()));
}

ApiError multi_attach_is_no_root(const VolumeId& volume)
{
    return invalid_parameter_combination(fmt::format(
        "The Multi-Attach enabled volume '{}' cannot be a root volume.", volume.text()));
}

ApiError multi_attach_limit_exceeded(const VolumeId& volume, std::int64_t limit)
{
    return {"AttachmentLimitExceeded",
            fmt::format("The volume '{}' is attached to {} instances, as many as a Multi-Attach "
                        "enabled volume can have.",
                        volume.text(), limit)};
}

ApiError multi_attach_needs_instance(const VolumeId& volume)
{
    return invalid_parameter_combination(
        fmt::format("The volume '{}' is attached to several instances; specify the instance ID.",
                    volume.text()));
}

ApiError nothing_to_modify()
{
    return invalid_parameter_value(
        "Invalid input: Must specify at least one of size, type, iops, throughput or "
        "multi-attach.");
}

ApiError volume_shrinks()
{
    return invalid_parameter_value("New size cannot be smaller than existing size");
}

ApiError volume_being_modified(const VolumeId& volume, std::string_view state)
{
    return {
        "IncorrectModificationState",
        fmt::format("Volume {} cannot be modified in modification state {}", volume.text(), state)};
}

ApiError volume_modified_too_often(std::string_view until)
{
    return {"VolumeModificationRateExceeded",
            fmt::format("You've reached the maximum modification rate per volume limit. Wait until "
                        "{} before you can issue the next modification request for this volume.",
                        until)};
}

ApiError io1_multi_attach_not_modifiable()
{
    return invalid_parameter_value(
        "io1 volumes with Multi-Attach enabled do not support modify-volume actions. Please review "
        "the EBS technical documentation for information on the Multi-Attach limitations and "
        "considerations.");
}

ApiError multi_attach_type_not_modifiable(const VolumeId& volume)
{
    return invalid_parameter_combination(fmt::format(
        "The type of the Multi-Attach enabled volume '{}' cannot be modified.", volume.text()));
}

ApiError io1_multi_attach_not_switchable()
{
    return invalid_parameter_combination(
        "Multi-Attach cannot be enabled or disabled for io1 volumes after creation.");
}

ApiError multi_attach_switched_while_attached(const VolumeId& volume)
{
    return {"VolumeInUse",
            fmt::format("Multi-Attach cannot be enabled for the volume '{}' while it is attached, "
                        "nor disabled while it is attached to more than one instance.",
                        volume.text())};
}

ApiError root_volume_cannot_be(const VolumeId& volume, std::string_view volume_type)
{
    return invalid_parameter_value(
        fmt::format("The volume '{}' is or was a root volume and cannot be modified to {}.",
                    volume.text(), volume_type));
}

ApiError modification_not_found(const VolumeId& volume)
{
    return {"InvalidVolumeModification.NotFound",
            fmt::format("Modification for volume '{}' does not exist.", volume.text())};
}

ApiError initialization_rate_out_of_range()
{
    return invalid_parameter_value(
        "The value specified for VolumeInitializationRate is not in the allowed range.");
}

ApiError initialization_rate_without_snapshot()
{
    return invalid_parameter_combination(
        "You can't specify VolumeInitializationRate for volumes that are not created from a "
        "snapshot.");
}

ApiError copy_smaller_than_source(std::int64_t size_gib, const VolumeId& source,
                                  std::int64_t source_size_gib)
{
    return invalid_parameter_value(
        fmt::format("Volume of size {}GB is smaller than volume '{}', expect size >= {}GB",
                    size_gib, source.text(), source_size_gib));
}

ApiError unknown_volume_type(std::string_view type)
{
    return {"UnknownVolumeType",
            fmt::format("Unsupported volume type '{}' for volume creation.", type)};
}

ApiError volume_too_small(std::string_view type, std::int64_t size_gib, std::int64_t min)
{
    return invalid_parameter_value(fmt::format(
        "The volume size is invalid for {0} volumes: {1} GiB. {0} volumes must be at least {2} GiB "
        "in size. Please specify a volume size above the minimum limit.",
        type, size_gib, min));
}

ApiError volume_too_large(std::string_view type, std::int64_t size_gib, std::int64_t max)
{
    return invalid_parameter_value(fmt::format(
        "The volume size is invalid for {0} volumes: {1} GiB. {0} volumes must be at most {2} GiB "
        "in size. Please specify a volume size below the maximum limit.",
        type, size_gib, max));
}

ApiError volume_value_too_low(std::string_view what, std::int64_t value, std::int64_t min)
{
    return invalid_parameter_value(
        fmt::format("Volume {} of {} is too low; minimum is {}.", what, value, min));
}

ApiError volume_value_too_high(std::string_view what, std::int64_t value, std::int64_t max)
{
    return invalid_parameter_value(
        fmt::format("Volume {} of {} is too high; maximum is {}.", what, value, max));
}

ApiError volume_parameter_not_supported(std::string_view parameter, std::string_view type)
{
    return invalid_parameter_combination(
               fmt::format("The parameter {} is not supported for {} volumes.", parameter, type))
        .of_parameter(parameter);
}

ApiError volume_parameter_required(std::string_view parameter, std::string_view type)
{
    return invalid_parameter_combination(
               fmt::format("The parameter {} must be specified for {} volumes.", parameter, type))
        .of_parameter(parameter);
}

ApiError iops_ratio_too_high(std::int64_t iops, std::int64_t size_gib, std::int64_t max)
{
    return invalid_parameter_value(
        fmt::format("Iops to volume size ratio of {:.6f} is too high; maximum is {}",
                    static_cast<double>(iops) / static_cast<double>(size_gib), max));
}

ApiError throughput_ratio_too_high(std::int64_t throughput, std::int64_t iops, double max)
{
    return invalid_parameter_value(fmt::format(
        "Throughput (MiBps) to iops ratio of {:.6f} is too high; maximum is {:.6f} MiBps per iops",
        static_cast<double>(throughput) / static_cast<double>(iops), max));
}

ApiError io2_beyond_limits()
{
    return invalid_parameter_combination(
        "io2 volumes configured with greater than 64 TiB or 256K IOPS or 1000:1 IOPS:GB ratio are "
        "not supported.");
}

ApiError root_type_refused(std::string_view name, std::string_view type)
{
    return invalid_block_device_mapping(fmt::format(
        "Volumes of type {} cannot be root devices, as {} is; expected gp2, gp3, io1, io2 or "
        "standard",
        type, name));
}

}  // namespace amilab::ec2
