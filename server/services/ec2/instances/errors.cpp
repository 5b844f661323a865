#include "server/services/ec2/instances/errors.h"

#include <fmt/format.h>

#include "storage/metadata/instances/instance_rows.h"

namespace amilab::ec2 {

ApiError not_found(const ReplaceRootTaskId& id)
{
    return {"InvalidReplaceRootVolumeTaskId.NotFound",
            fmt::format("The replace root volume task ID '{}' does not exist", id.text())};
}

ApiError idempotent_instance_terminated()
{
    return {"IdempotentInstanceTerminated",
            "The client token you have provided is associated with a terminated instance. Please "
            "use a different client token."};
}

ApiError product_not_owned(std::string_view product_code)
{
    return auth_failure(fmt::format("Not authorized for product code:{}", product_code));
}

ApiError root_volume_not_replaceable(const InstanceId& instance, std::string_view why)
{
    return unsupported(fmt::format("The root volume of the instance '{}' cannot be replaced: {}",
                                   instance.text(), why));
}

ApiError root_volume_being_replaced(const InstanceId& instance, const ReplaceRootTaskId& task)
{
    return {"IncorrectState",
            fmt::format("The root volume of the instance '{}' is being replaced by '{}'.",
                        instance.text(), task.text())};
}

ApiError snapshot_not_of_root_volume(const InstanceId& instance)
{
    return invalid_parameter_value(
        fmt::format("Invalid snapshot for root volume for virt {}. The snapshot should be of one "
                    "of the root volumes attached to the instance in the past",
                    instance.text()));
}

ApiError image_does_not_fit_instance(std::string_view image, const InstanceId& instance,
                                     std::string_view why)
{
    return invalid_parameter_value(
        fmt::format("The image '{}' cannot replace the root volume of the instance '{}': {}", image,
                    instance.text(), why));
}

ApiError replacement_volume_refused(const VolumeId& volume, std::string_view why)
{
    return invalid_parameter_value(
        fmt::format("The volume '{}' cannot become a root volume: {}", volume.text(), why));
}

ApiError invalid_instance_type(std::string_view type)
{
    return {"InvalidParameterValue", fmt::format("Invalid value '{}' for InstanceType.", type)};
}

ApiError instance_count_not_positive(std::string_view which)
{
    return invalid_parameter_value(
        fmt::format("{} instance count must be greater than zero", which));
}

ApiError instance_counts_reversed(std::int64_t min_count, std::int64_t max_count)
{
    return invalid_parameter_value(fmt::format(
        "Maximum instance count ({}) must not be smaller than the minimum instance count ({})",
        max_count, min_count));
}

ApiError instance_limit_exceeded(std::int64_t wanted, std::int64_t limit)
{
    return {"InstanceLimitExceeded",
            fmt::format("You have requested more instances ({}) than your current instance limit "
                        "of {} allows for the specified instance type. Please visit "
                        "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to "
                        "this limit.",
                        wanted, limit)};
}

ApiError user_data_too_large(std::size_t limit_bytes)
{
    return invalid_parameter_value(fmt::format("User data is limited to {} bytes.", limit_bytes))
        .of_parameter("UserData");
}

ApiError device_mapped_twice(std::string_view name)
{
    return invalid_block_device_mapping(
        fmt::format("The device '{}' is used in more than one block-device mapping", name));
}

ApiError root_snapshot_changed()
{
    return invalid_block_device_mapping("snapshotId cannot be modified on root device");
}

ApiError snapshot_of_another_device_kind()
{
    return invalid_block_device_mapping("snapshotId can only be modified on EBS devices");
}

ApiError root_device_removed(std::string_view name)
{
    return invalid_block_device_mapping(
        fmt::format("The root device {} cannot be left out or made an instance store", name));
}

ApiError cannot_be_started(const InstanceId& id)
{
    return incorrect_instance_state(id, "is not in a state from which it can be started.");
}

ApiError cannot_be_stopped(const InstanceId& id)
{
    return {"IncorrectInstanceState",
            fmt::format("This instance '{}' is not in a state from which it can be stopped.",
                        id.text())};
}

ApiError captured_volume_changed(std::string_view device)
{
    return invalid_block_device_mapping(fmt::format(
        "The volume at {} is attached: of its mapping only DeleteOnTermination can be changed.",
        device));
}

ApiError cannot_be_captured(const InstanceId& id)
{
    return invalid_parameter_value(
        fmt::format("Invalid value '{}' for instanceId. Instance is not in state 'running' or "
                    "'stopping' or 'stopped'",
                    id.text()));
}

ApiError cannot_be_rebooted(const InstanceId& id)
{
    return not_in_state(id, text_of(InstanceStateName::kRunning));
}

ApiError never_ran(const InstanceId& id)
{
    return {"IncorrectInstanceState",
            fmt::format("Instance '{}' cannot be stopped as it has never reached the 'running' "
                        "state.",
                        id.text())};
}

ApiError root_is_not_ebs(const InstanceId& id, std::string_view verb)
{
    return unsupported(
        fmt::format("The instance '{}' does not have an 'ebs' root device type and cannot be {}.",
                    id.text(), verb));
}

ApiError root_is_not_attached(const InstanceId& id, std::string_view device)
{
    return {
        "InvalidParameterValue",
        fmt::format("Invalid value '{}' for instanceId. Instance does not have a volume attached "
                    "at root ({})",
                    id.text(), device)};
}

ApiError not_set_up_to_hibernate(const std::vector<InstanceId>& ids)
{
    return {"UnsupportedHibernationConfiguration",
            fmt::format("The instance can't be hibernated because it was not configured at launch "
                        "for hibernation: {}",
                        joined(ids))};
}

ApiError not_in_state(const InstanceId& id, std::string_view state)
{
    return incorrect_instance_state(id, fmt::format("is not in the '{}' state.", state));
}

ApiError not_running_or_stopped(const InstanceId& id)
{
    return incorrect_instance_state(id, "is not in the 'running' or 'stopped' states.");
}

ApiError cannot_be_modified(const InstanceId& id, std::string_view state)
{
    return incorrect_instance_state(id, fmt::format("is {} and cannot be modified.", state));
}

ApiError protected_instance(const InstanceId& id, std::string_view verb, std::string_view attribute)
{
    return operation_not_permitted(
        fmt::format("The instance '{}' may not be {}. Modify its '{}' instance attribute and try "
                    "again.",
                    id.text(), verb, attribute));
}

ApiError attribute_not_modifiable(std::string_view attribute)
{
    return invalid_value(attribute, "attribute", "It cannot be modified.");
}

ApiError invalid_instance_attribute_value(std::string_view message)
{
    return {"InvalidInstanceAttributeValue", std::string(message)};
}

ApiError no_device_mapped_at(std::string_view device)
{
    return invalid_instance_attribute_value(
        fmt::format("No device is currently mapped at {}", device));
}

ApiError ebs_optimization_not_supported()
{
    return {"Unsupported",
            "EBS-optimized instances are not supported for your requested configuration. Please "
            "check the documentation for supported configurations."};
}

ApiError tokens_enforced()
{
    return unsupported(
        "You can't launch instances with HttpTokens 'optional': the account enforces that "
        "instances "
        "require session tokens (IMDSv2).");
}

ApiError credits_not_supported(std::string_view type)
{
    return invalid_parameter_combination(
        fmt::format("The instance type {} has no CPU credits: it is no burstable performance "
                    "instance.",
                    type));
}

ApiError hibernation_not_possible(std::string_view why)
{
    return {"UnsupportedHibernationConfiguration",
            fmt::format("The instance cannot be enabled for hibernation: {}.", why)};
}

ApiError option_not_of_type(std::string_view option, std::string_view type)
{
    return {"Unsupported",
            fmt::format("{} are not supported by the instance type {}.", option, type)};
}

}  // namespace amilab::ec2
