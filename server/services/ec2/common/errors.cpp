#include "server/services/ec2/common/errors.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace amilab::ec2 {

namespace {

constexpr int kPreconditionFailed = 412;

}  // namespace

ApiError dry_run_operation()
{
    return {"DryRunOperation", "Request would have succeeded, but DryRun flag is set.",
            kPreconditionFailed};
}

ApiError auth_failure(std::string_view message)
{
    return {"AuthFailure", std::string(message), 403};
}

ApiError missing_parameter(std::string_view name)
{
    return ApiError("MissingParameter",
                    fmt::format("The request must contain the parameter {}", name))
        .of_parameter(name);
}

ApiError invalid_parameter(std::string_view message)
{
    return {"InvalidParameter", std::string(message)};
}

// Source: observed of PublicKeyMaterial, assumed of others.
ApiError parameter_too_long(std::string_view parameter, std::size_t limit)
{
    return invalid_parameter_value(
               fmt::format("Value for parameter {} is invalid. Length exceeds maximum of {}.",
                           parameter, limit))
        .of_parameter(parameter);
}

// Source: observed of PublicKeyMaterial, assumed of others.
ApiError parameter_not_ascii(std::string_view parameter)
{
    return invalid_parameter_value(
               fmt::format("Value for parameter {} is invalid. Character sets beyond ASCII are not "
                           "supported.",
                           parameter))
        .of_parameter(parameter);
}

void check_ascii(std::string_view text, std::string_view parameter, std::size_t most)
{
    const auto is_beyond = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    if (std::any_of(text.begin(), text.end(), is_beyond)) {
        throw parameter_not_ascii(parameter);
    }
    if (text.size() > most) {
        throw parameter_too_long(parameter, most);
    }
}

void check_new_name(std::string_view name, std::string_view parameter)
{
    if (name.empty()) {
        throw missing_parameter(parameter);
    }
    check_ascii(name, parameter);
}

ApiError parameters_not_together(std::string_view one, std::string_view other)
{
    return invalid_parameter_combination(
               fmt::format("The parameter {} cannot be used with the parameter {}", one, other))
        .of_parameter(one);
}

ApiError unsupported(std::string_view message)
{
    return {"UnsupportedOperation", std::string(message)};
}

ApiError filter_limit_exceeded(std::size_t limit)
{
    return {
        "FilterLimitExceeded",
        fmt::format("The maximum number of filter values specified on a single call is {}", limit)};
}

ApiError incorrect_state(std::string_view resource_id, std::string_view state)
{
    return {"IncorrectState", fmt::format("{} is in the state {}", resource_id, state)};
}

ApiError image_name_taken(std::string_view name, const ImageId& holder)
{
    return {"InvalidAMIName.Duplicate",
            fmt::format("AMI name {} is already in use by AMI {}", name, holder.text())};
}

ApiError invalid_block_device_mapping(std::string_view message)
{
    return {"InvalidBlockDeviceMapping", std::string(message)};
}

ApiError invalid_image_attribute_item(std::string_view value, std::string_view kind)
{
    return {"InvalidAMIAttributeItemValue",
            fmt::format("Invalid attribute item value \"{}\" for {} item type.", value, kind)};
}

ApiError snapshot_in_invalid_state(std::string_view state)
{
    return {"IncorrectState", fmt::format("Snapshot is in invalid state - {}", state)};
}

ApiError snapshot_is_archived(const SnapshotId& id)
{
    return {"IncorrectState",
            fmt::format("The snapshot '{}' is in the archive tier; restore it first.", id.text())};
}

ApiError public_access_blocked(SharedType type)
{
    const auto what = text_of(type);
    const bool is_image = type == SharedType::kImage;
    return operation_not_permitted(
        fmt::format("You can\u2019t publicly share this {} because block public access for {} is "
                    "enabled for this account. To publicly share the {}, you must call the "
                    "Disable{}BlockPublicAccess API.",
                    what, is_image ? "AMIs" : "snapshots", what, is_image ? "Image" : "Snapshot"));
}

ApiError product_not_public(SharedType type)
{
    return operation_not_permitted(fmt::format(
        "The {} has an AWS Marketplace product code and cannot be made public", text_of(type)));
}

ApiError opt_in_required(std::string_view product_code)
{
    return {"OptInRequired",
            fmt::format("In order to use this AWS Marketplace product you need to accept terms and "
                        "subscribe. To do so please visit "
                        "https://aws.amazon.com/marketplace/pp?sku={}",
                        product_code),
            401};
}

ApiError product_needs_stopped_instance(const VolumeId& volume, const InstanceId& instance)
{
    return incorrect_instance_state(
        instance, fmt::format("is not in the 'stopped' state; the volume '{}' has an AWS "
                              "Marketplace product code and can be attached to a stopped instance "
                              "only.",
                              volume.text()));
}

ApiError invalid_zone(std::string_view zone)
{
    return {"InvalidParameterValue", fmt::format("Invalid availability zone: [{}]", zone)};
}

ApiError malformed_user_data()
{
    return {"InvalidUserData.Malformed", "Invalid BASE64 encoding of user data."};
}

ApiError invalid_zone_id(std::string_view zone_id)
{
    return {"InvalidParameterValue", fmt::format("Invalid availability zone-id: [{}]", zone_id)};
}

ApiError incorrect_instance_state(const InstanceId& id, std::string_view why)
{
    return {"IncorrectInstanceState", fmt::format("The instance '{}' {}", id.text(), why)};
}

ApiError operation_not_permitted(std::string_view message)
{
    return {"OperationNotPermitted", std::string(message)};
}

ApiError unsupported_configuration()
{
    return {"Unsupported",
            "The requested configuration is currently not supported. Please check the "
            "documentation for supported configurations."};
}

ApiError invalid_mapped_device_name(std::string_view name)
{
    return invalid_block_device_mapping(fmt::format("Invalid device name {}", name));
}

ApiError volume_smaller_than_snapshot(std::int64_t size_gib, std::string_view snapshot,
                                      std::int64_t snapshot_size_gib)
{
    return invalid_block_device_mapping(
        fmt::format("Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB",
                    size_gib, snapshot, snapshot_size_gib));
}

// Source: codes are documented (EC2 API Reference, "Error codes"); which operation says which is
// assumed where it makes several things.
ApiError over_limit(std::string_view operation, const std::string& message)
{
    struct Code {
        std::string_view operation;
        std::string_view code;
    };
    constexpr std::array kCodes = {Code{"RunInstances", "InstanceLimitExceeded"},
                                   Code{"CreateVolume", "VolumeLimitExceeded"},
                                   Code{"CopyVolumes", "VolumeLimitExceeded"},
                                   Code{"CreateSnapshot", "SnapshotLimitExceeded"},
                                   Code{"CreateSnapshots", "SnapshotLimitExceeded"},
                                   Code{"CopySnapshot", "SnapshotLimitExceeded"}};
    const auto* known = std::find_if(kCodes.begin(), kCodes.end(),
                                     [&](const auto& code) { return code.operation == operation; });
    return {known != kCodes.end() ? std::string(known->code) : "ResourceLimitExceeded", message};
}

// Source: codes are documented, the text is assumed.
ApiError too_many_in_region(std::string_view code, std::int64_t limit, std::string_view what)
{
    return {std::string(code),
            fmt::format("You have reached your limit of {} {} in this region.", limit, what)};
}

ApiError too_many_given(std::size_t given, std::size_t limit, std::string_view what)
{
    return invalid_parameter_value(
        fmt::format("{} {} are more than the {} that are allowed", given, what, limit));
}

ApiError no_attribute_to_modify()
{
    return invalid_parameter_combination("No attributes specified.");
}

ApiError several_attributes_to_modify()
{
    return invalid_parameter_combination("Fields for multiple attribute types specified");
}

ApiError tag_without_key()
{
    return invalid_parameter_value(
        "Value ( '' ) for parameter Tag key is invalid. Tag key cannot be null or empty.");
}

ApiError tag_key_not_for_metadata(std::string_view key)
{
    return invalid_parameter_value(
        fmt::format("'{}' is not a valid tag key. Tag keys must match pattern "
                    "([0-9a-zA-Z\\\\-_+=,.@:]{{1,255}}),"
                    " and must not be a reserved name ('.', '..', '_index')",
                    key));
}

ApiError tag_without_value()
{
    return invalid_parameter_value("Tag value cannot be null. Use empty string instead.");
}

ApiError tag_specification_without_type(RefuseTagType refuse)
{
    return refuse("Tag specification resource type must have a value");
}

ApiError tag_specification_without_tags()
{
    return invalid_parameter_value("Tag specification must have at least one tag");
}

ApiError duplicate_tag_specification(std::string_view resource_type)
{
    return invalid_parameter_value(
        fmt::format("Duplicate tag specification for resource type '{}'.", resource_type));
}

ApiError not_taggable_here(std::string_view resource_type, RefuseTagType refuse)
{
    return refuse(fmt::format("'{}' is not a valid taggable resource type for this operation.",
                              resource_type));
}

}  // namespace amilab::ec2
