#include "server/calls/errors.h"

#include <fmt/format.h>

namespace amilab {

ApiError invalid_parameter_combination(std::string_view message)
{
    return {"InvalidParameterCombination", std::string(message)};
}

ApiError invalid_request(std::string_view message)
{
    return {"InvalidRequest", std::string(message)};
}

ApiError invalid_parameter_value(std::string_view message)
{
    return {"InvalidParameterValue", std::string(message)};
}

ApiError invalid_value(std::string_view value, std::string_view parameter, std::string_view why)
{
    return invalid_parameter_value(fmt::format("Value ({}) for parameter {} is invalid.{}{}", value,
                                               parameter, why.empty() ? "" : " ", why))
        .of_parameter(parameter);
}

ApiError invalid_parameter_dependency(std::string_view parameter, std::string_view required)
{
    return ApiError("InvalidParameterDependency",
                    fmt::format("The parameter [{}] requires the parameter {} to be set.",
                                parameter, required))
        .of_parameter(parameter);
}

ApiError invalid_next_token(std::string_view /*token*/)
{
    return invalid_parameter_value("The NextToken is invalid.").of_parameter("NextToken");
}

ApiError idempotent_parameter_mismatch()
{
    return ApiError("IdempotentParameterMismatch",
                    "Arguments on this idempotent request are inconsistent with arguments used in "
                    "previous request(s).")
        .of_parameter("ClientToken");
}

ApiError encryption_not_removable()
{
    return invalid_parameter_combination(
        "Encrypted snapshots must be used to create encrypted volumes and snapshots.");
}

ApiError unencrypted_copy(const SnapshotId& source)
{
    return invalid_request(
        fmt::format("Snapshot {} is encrypted. Creating unencrypted copy from an encrypted "
                    "snapshot is not supported.",
                    source.text()));
}

ApiError invalid_kms_key(std::string_view text, std::string_view why)
{
    return invalid_value(text, "KmsKeyId", why);
}

ApiError tag_limit_exceeded()
{
    return {"TagLimitExceeded", "The maximum number of Tags for a resource has been reached."};
}

ApiError reserved_tag_key()
{
    return invalid_parameter_value("Tag keys starting with 'aws:' are reserved for internal use");
}

ApiError reserved_tag_key(std::string_view key)
{
    return invalid_parameter_value(
        fmt::format("Value ( {} ) for parameter key is invalid. Tag keys starting with 'aws:' are "
                    "reserved for internal use",
                    key));
}

ApiError tag_key_too_long(std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("Tag key exceeds the maximum length of {} characters", limit));
}

ApiError tag_value_too_long(std::size_t limit)
{
    return invalid_parameter_value(
        fmt::format("Tag value exceeds the maximum length of {} characters", limit));
}

ApiError duplicate_tag_key(std::string_view key)
{
    return invalid_parameter_value(fmt::format("Duplicate tag key '{}' specified.", key));
}

}  // namespace amilab
