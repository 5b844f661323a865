#include "server/services/ssm/errors.h"

#include <fmt/format.h>

namespace amilab::ssm {

namespace {

ApiError invalid(std::string message)
{
    return {"ValidationException", message};
}

}  // namespace

ApiError parameter_not_found()
{
    return {"ParameterNotFound", ""};
}

ApiError parameter_version_not_found(std::string_view name, std::string_view version)
{
    return {"ParameterVersionNotFound",
            fmt::format("Systems Manager could not find version {} of {}. Verify the version and "
                        "try again.",
                        version, name)};
}

ApiError parameter_already_exists()
{
    return {"ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option in "
            "the request to true."};
}

ApiError parameter_limit_exceeded()
{
    return {"ParameterLimitExceeded",
            "You have reached the maximum number of parameters of an account in a Region."};
}

ApiError over_limit(std::string_view, const std::string& message)
{
    return {"ParameterLimitExceeded", message};
}

ApiError oldest_version_has_label(std::string_view name, std::int64_t version)
{
    return {"ParameterMaxVersionLimitExceeded",
            fmt::format("You attempted to create a new version of {} by calling the PutParameter "
                        "API with the overwrite flag. Version {}, the oldest version, can't be "
                        "deleted because it has a label associated with it. Move the label to "
                        "another version of the parameter, and try again.",
                        name, version)};
}

ApiError too_many_labels()
{
    return {"ParameterVersionLabelLimitExceeded",
            "A parameter version can have maximum 10 labels. Move one or more labels to another "
            "version and try again."};
}

ApiError too_many_levels()
{
    return {"HierarchyLevelLimitExceededException", "A hierarchy can have a maximum of 15 levels."};
}

ApiError type_changed()
{
    return {"HierarchyTypeMismatchException",
            "Parameter Store does not support changing a parameter type in a hierarchy."};
}

ApiError invalid_name()
{
    return invalid(
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, "
        "it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix "
        "of letters, numbers and the following 3 symbols .-_");
}

ApiError name_not_qualified()
{
    return invalid("Parameter name must be a fully qualified name.");
}

ApiError name_with_spaces()
{
    return invalid("Parameter names can't contain spaces.");
}

ApiError reserved_name(std::string_view name)
{
    return {"AccessDeniedException",
            fmt::format("No access to reserved parameter name: {}.", name)};
}

ApiError invalid_path()
{
    return invalid(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
        "with a forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" "
        "(case-insensitive). It must use only letters, numbers, or the following symbols: . "
        "(period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, "
        "if specified, must use the forward slash symbol \"/\". Valid example: "
        "/get/parameters2-/by1./path0_.");
}

ApiError name_too_long()
{
    return invalid("A parameter name can have a maximum of 1011 characters.");
}

ApiError type_missing()
{
    return invalid("A parameter type is required when you create a parameter.");
}

ApiError value_too_long(std::string_view tier, std::size_t most)
{
    return invalid(
        fmt::format("{} tier parameters support a maximum parameter value of {} "
                    "characters.",
                    tier, most));
}

ApiError value_nests_parameters()
{
    return invalid(
        "Parameter value can't nest another parameter. Do not use \"{{}}\" in the value.");
}

ApiError unsupported_data_type(std::string_view data_type)
{
    return invalid(
        fmt::format("The following data type is not supported: {} (Data type names are "
                    "all lowercase.)",
                    data_type));
}

ApiError value_is_no_image(std::string_view value)
{
    return invalid(
        fmt::format("{} is not the ID of an image that you can use in this Region, as "
                    "the data type aws:ec2:image requires.",
                    value));
}

ApiError data_type_changed()
{
    return invalid("The data type of a parameter can't be changed.");
}

ApiError tier_lowered()
{
    return invalid(
        "This parameter uses the advanced-parameter tier. You can't downgrade a "
        "parameter from the advanced-parameter tier to the standard-parameter tier.");
}

ApiError image_type_of_secret()
{
    return invalid("The data type aws:ec2:image is for parameters of type String alone.");
}

ApiError data_type_not_offered(std::string_view data_type)
{
    return {
        "UnsupportedOperationException",
        fmt::format("amilab does not offer parameters of data type {}; see `amilab help coverage`",
                    data_type)};
}

ApiError key_of_no_secret()
{
    return invalid("KeyId is required for SecureString type parameter only.");
}

ApiError invalid_key(std::string_view key_id)
{
    return {"InvalidKeyId", fmt::format("Invalid keyId {}", key_id)};
}

ApiError pattern_mismatch(std::string_view pattern)
{
    return {
        "ParameterPatternMismatchException",
        fmt::format("Parameter value, cannot be validated against allowedPattern: {}", pattern)};
}

ApiError invalid_pattern(std::string_view pattern)
{
    return {"InvalidAllowedPatternException",
            fmt::format("The allowed pattern is not a valid regular expression: {}", pattern)};
}

ApiError tags_with_overwrite()
{
    return invalid(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with "
        "tags, please remove overwrite flag. To update tags for an existing parameter, please use "
        "AddTagsToResource or RemoveTagsFromResource.");
}

ApiError invalid_tag(std::string_view key)
{
    return invalid(
        fmt::format("The tag {} is given twice, is reserved, or has characters that tags may not "
                    "have.",
                    key));
}

ApiError too_many_tags()
{
    return {"TooManyTagsError", "A parameter has 50 tags at most."};
}

ApiError resource_not_found()
{
    return {"InvalidResourceId",
            "The resource ID is not valid. Verify that you entered the correct ID and try again."};
}

ApiError resource_type_not_offered(std::string_view type)
{
    return {"UnsupportedOperationException",
            fmt::format("amilab does not offer tags on resources of type {}; see `amilab help "
                        "coverage`",
                        type)};
}

ApiError invalid_list_token(std::string_view token)
{
    return {"InvalidNextToken", fmt::format("The token '{}' is invalid", token)};
}

ApiError invalid_filter_key(std::string_view key, std::string_view valid)
{
    return {"InvalidFilterKey",
            fmt::format("The following filter key is not valid: {}. Valid filter keys include: "
                        "[{}].",
                        key, valid)};
}

ApiError invalid_filter_option(std::string_view option, std::string_view valid)
{
    return {"InvalidFilterOption",
            fmt::format("The following filter option is not valid: {}. Valid options include: "
                        "[{}].",
                        option, valid)};
}

ApiError filter_values_missing(std::string_view key)
{
    return {"InvalidFilterValue",
            fmt::format("The following filter values are missing : null for filter key {}", key)};
}

ApiError both_kinds_of_filters()
{
    return invalid("You can use either Filters or ParameterFilters in a single request.");
}

}  // namespace amilab::ssm
