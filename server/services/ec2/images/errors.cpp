#include "server/services/ec2/images/errors.h"

#include <fmt/format.h>

namespace amilab::ec2 {

ApiError image_unavailable(const ImageId& id)
{
    return {"InvalidAMIID.Unavailable",
            fmt::format("The image ID '{}' is no longer available", id.text())};
}

ApiError not_found(const UsageReportId& id)
{
    return {"InvalidImageUsageReportId.NotFound",
            fmt::format("The image usage report '{}' does not exist", id.text())};
}

ApiError not_authorized_for_image(const ImageId& id)
{
    return auth_failure(fmt::format("Not authorized for image:{}", id.text()));
}

ApiError not_authorized_for_images(const ImageId& id)
{
    return auth_failure(fmt::format("Not authorized for images: [{}]", id.text()));
}

ApiError image_name_malformed()
{
    return {"InvalidAMIName.Malformed",
            "AMI names must be between 3 and 128 characters long, and may contain letters, "
            "numbers, '(', ')', '[', ']', ' ', '.', '/', '-', ''', '@' and '_'"};
}

ApiError image_in_wrong_state(const ImageId& id, std::string_view state)
{
    return {"InvalidAMIID.Unavailable",
            fmt::format("The AMI ID '{}' is currently {} and may not be used for this operation",
                        id.text(), state)};
}

ApiError public_image_stays_deprecated(const ImageId& id)
{
    return operation_not_permitted(fmt::format(
        "The image '{}' is public: make it private to cancel its deprecation.", id.text()));
}

ApiError image_protected(const ImageId& id)
{
    return operation_not_permitted(
        fmt::format("The image '{}' is protected from deregistration. Disable its deregistration "
                    "protection and try again.",
                    id.text()));
}

ApiError image_protected_until(const ImageId& id, std::string_view time)
{
    return operation_not_permitted(
        fmt::format("The image '{}' is protected from deregistration until {}: the cooldown period "
                    "of its deregistration protection is not over.",
                    id.text(), time));
}

ApiError instance_type_not_for_image(std::string_view type, const ImageId& id)
{
    return invalid_parameter_combination(
        fmt::format("The instance type '{}' is not compatible with the instance type specification "
                    "of the image '{}'.",
                    type, id.text()));
}

ApiError not_a_windows_image(const ImageId& id)
{
    return invalid_parameter_value(fmt::format(
        "The image '{}' is not a Windows image: fast launch is for these alone.", id.text()));
}

ApiError fast_launch_not_enabled(const ImageId& id)
{
    return invalid_request(fmt::format("Fast launch is not enabled for image '{}'.", id.text()));
}

ApiError launch_template_id_not_found(std::string_view id)
{
    return {"InvalidLaunchTemplateId.NotFound",
            fmt::format("The specified launch template, with template ID {}, does not exist.", id)};
}

ApiError launch_template_name_not_found(std::string_view name)
{
    return {
        "InvalidLaunchTemplateName.NotFoundException",
        fmt::format("The specified launch template, with template name {}, does not exist.", name)};
}

ApiError invalid_manifest(std::string_view location)
{
    return {"InvalidManifest",
            fmt::format("The specified AMI has an unparsable manifest, or you may not have access "
                        "to the location of the manifest file in Amazon S3: {}",
                        location)};
}

ApiError billing_products_not_authorized()
{
    return auth_failure("Not authorized to specify billing product codes");
}

ApiError invalid_image_user(std::string_view text)
{
    return {"InvalidUserID.Malformed", fmt::format("Invalid user id: \"{}\"", text)};
}

ApiError image_storage_not_permitted()
{
    return invalid_request("You do not have permission to access the storage of this ami");
}

ApiError marketplace_image_not_copyable()
{
    return invalid_request("Images from AWS Marketplace cannot be copied to another AWS account");
}

ApiError billed_image_not_copyable()
{
    return invalid_request(
        "Images with EC2 BillingProduct codes cannot be copied to another AWS account");
}

ApiError encryption_of_snapshot_mapping(std::string_view device)
{
    return invalid_block_device_mapping(fmt::format(
        "the encrypted flag cannot be specified since device {} has a snapshot specified.",
        device));
}

ApiError encrypted_image_not_public()
{
    return unsupported(
        "Encrypted snapshots can\u2019t be shared publicly. Specify another snapshot.");
}

ApiError too_many_launch_permissions(const ImageId& id, std::size_t limit)
{
    return {"ResourceLimitExceeded",
            fmt::format("The image '{}' may be shared with {} accounts, organizations and "
                        "organizational units at most.",
                        id.text(), limit)};
}

ApiError managed_key_image_not_shared()
{
    return invalid_parameter(
        "Snapshots encrypted with the AWS Managed CMK can\u2019t be shared. Specify another "
        "snapshot.");
}

ApiError product_code_invalid()
{
    return {"InvalidProductInfo", "The product code is not valid."};
}

ApiError launch_permission_not_cancellable(const ImageId& id)
{
    return operation_not_permitted(
        fmt::format("The image '{}' is not shared with your account by its account ID. A launch "
                    "permission of an organization, an organizational unit or the public, or of "
                    "your own image, cannot be canceled.",
                    id.text()));
}

ApiError invalid_image_criterion(std::string_view value, std::string_view parameter,
                                 std::string_view why)
{
    return invalid_value(value, parameter, why);
}

ApiError image_criterion_limit_exceeded(std::string_view what, std::size_t limit)
{
    return invalid_parameter_value(fmt::format("At most {} {} can be specified.", limit, what));
}

ApiError catalogue_image_unchangeable(const ImageId& id)
{
    return operation_not_permitted(fmt::format(
        "The image {} is in the public catalogue, which amilab does not change.", id.text()));
}

ApiError ssm_alias_invalid(std::string_view alias)
{
    return {"SsmInvalidParameter", fmt::format("The following aliases are invalid: {}", alias)};
}

ApiError ssm_data_type_unsupported()
{
    return {"SsmInvalidParameter",
            "Unsupported data type. The following parameter data types are supported: "
            "aws:ec2:image"};
}

ApiError image_not_runnable(const ImageId& id, std::string_view state)
{
    return {"InvalidAMIID.Unavailable",
            fmt::format("AMI '{}' is {}, and cannot be run", id.text(), state)};
}

}  // namespace amilab::ec2
