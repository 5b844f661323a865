#include "server/wire/wire_errors.h"

#include <fmt/format.h>

#include "server/wire/types.h"

namespace amilab::wire {
namespace {

constexpr int kUnauthorized = 401;
/// What S3 expects where nothing says another.
constexpr const char* kUsualRegion = "us-east-1";

/// Values stand in messages; a long one would drown them.
std::string_view shortened(std::string_view value)
{
    return beginning(value, kMostQuotedBytes);
}

/// In words that do not say what is wrong with them.
ApiError credentials_not_valid()
{
    return {"AuthFailure", std::string(kKeyIsNobodys), kUnauthorized};
}

/// EC2 says it in its own way, the others by their protocol.
ApiError bad_session_token(Protocol protocol, const ApiError& of_ec2, const char* query_code,
                           const char* json_code, const char* text)
{
    switch (protocol) {
        case Protocol::kEc2:
            break;
        case Protocol::kQuery:
        case Protocol::kRestXml:
            return {query_code, text, kForbidden};
        case Protocol::kJson:
            return {json_code, text};
        case Protocol::kRestJson:
            return {json_code, text, kForbidden};
    }
    return of_ec2;
}

}  // namespace

ApiError unknown_parameter(std::string_view name)
{
    return ApiError("UnknownParameter",
                    fmt::format("The parameter {} is not recognized", shortened(name)))
        .of_parameter(name);
}

ApiError missing_parameter(std::string_view name)
{
    return ApiError("MissingParameter",
                    fmt::format("The request must contain the parameter {}", name))
        .of_parameter(name);
}

ApiError invalid_parameter_value(std::string_view name, std::string_view value,
                                 std::string_view why)
{
    return ApiError("InvalidParameterValue",
                    fmt::format("Value ( {} ) for parameter {} is invalid.{}{}", shortened(value),
                                shortened(name), why.empty() ? "" : " ", why))
        .of_parameter(name);
}

ApiError duplicate_parameter(std::string_view name)
{
    return ApiError("InvalidQueryParameter",
                    fmt::format("The parameter {} is given more than once", shortened(name)))
        .of_parameter(name);
}

ApiError too_many_parameters(std::string_view what)
{
    return {"InvalidQueryParameter", fmt::format("The request has too many {}", what)};
}

ApiError malformed_query_string(std::string_view why)
{
    return {"MalformedQueryString",
            fmt::format("The query string contains a syntax error: {}", why)};
}

ApiError invalid_character(std::string_view name)
{
    return ApiError("InvalidCharacter", name.empty()
                                            ? std::string("A parameter's name is not valid UTF-8")
                                            : fmt::format("The value of parameter {} is not valid "
                                                          "UTF-8",
                                                          shortened(name)))
        .of_parameter(name);
}

ApiError unsigned_change(std::string_view action)
{
    return {"MissingAuthenticationToken",
            fmt::format("{} changes something, and this server was reached by a name that other "
                        "machines may have: call it by POST, or with an Authorization header.",
                        action),
            403};
}

ApiError unsupported_parameter(std::string_view name)
{
    return ApiError("UnsupportedOperation",
                    fmt::format("amilab does not offer the parameter {} yet; see `amilab help "
                                "coverage`",
                                name))
        .of_parameter(name);
}

ApiError service_not_offered(std::string_view service)
{
    return {
        "UnsupportedOperation",
        fmt::format(
            "amilab does not offer the service {}; `amilab help coverage` lists what it offers.",
            shortened(service))};
}

ApiError unsupported_operation(std::string_view action)
{
    // Source: what regions without EC2-Classic answer (observed; Terraform's aws provider goes on
    // after these words alone). No region has it any more.
    if (action.find("ClassicLink") != std::string_view::npos) {
        return {"UnsupportedOperation",
                "The functionality you requested is not available in this region."};
    }
    return {
        "UnsupportedOperation",
        fmt::format("amilab does not offer the action {} yet; see `amilab help coverage`", action)};
}

ApiError invalid_action(std::string_view action)
{
    return {"InvalidAction",
            fmt::format("The action {} is not valid for this web service.", shortened(action))};
}

ApiError missing_action()
{
    return {"MissingAction", "The request must contain the parameter Action"};
}

ApiError no_such_version(std::string_view version, std::string_view service)
{
    return {"NoSuchVersion", fmt::format("The requested version ({}) of service {} does not exist",
                                         shortened(version), service)};
}

ApiError invalid_filter(std::string_view name)
{
    return {"InvalidParameterValue", fmt::format("The filter '{}' is invalid", shortened(name))};
}

ApiError serialization_error(std::string_view why)
{
    return {"SerializationException", std::string(why)};
}

ApiError constraints_failed(const std::vector<std::string>& failures, std::string_view first_path)
{
    return ApiError("ValidationException",
                    fmt::format("{} validation error{} detected: {}", failures.size(),
                                failures.size() == 1 ? "" : "s", fmt::join(failures, "; ")),
                    400, "INVALID_PARAMETER_VALUE")
        .of_parameter(first_path);
}

std::string constraint_failure(std::string_view value, std::string_view path,
                               std::string_view constraint)
{
    return fmt::format("Value {} at '{}' failed to satisfy constraint: {}", shortened(value), path,
                       constraint);
}

ApiError unknown_member(std::string_view path)
{
    return ApiError("ValidationException",
                    fmt::format("The member {} is not recognized", shortened(path)), 400,
                    "INVALID_PARAMETER_VALUE")
        .of_parameter(path);
}

ApiError unsupported_member(std::string_view path)
{
    return ApiError("UnsupportedOperationException", unsupported_parameter(path).what())
        .of_parameter(path);
}

ApiError unsupported_json_operation(std::string_view action)
{
    return {"UnsupportedOperationException", unsupported_operation(action).what()};
}

ApiError unknown_operation(int http_status)
{
    return {"UnknownOperationException", "The request means no operation of this service.",
            http_status};
}

ApiError incomplete_signature(std::string_view why)
{
    return {"IncompleteSignature", std::string(why)};
}

ApiError unknown_region(std::string_view region, Protocol protocol)
{
    if (protocol == Protocol::kRestXml) {
        return ApiError("AuthorizationHeaderMalformed",
                        fmt::format("The authorization header is malformed; the region '{}' is "
                                    "wrong; expecting '{}'",
                                    shortened(region), kUsualRegion))
            .with("Region", kUsualRegion);
    }
    return {
        "AuthFailure",
        fmt::format("Credential should be scoped to a valid region, not '{}'.", shortened(region)),
        kUnauthorized};
}

ApiError unknown_access_key()
{
    return credentials_not_valid();
}

ApiError session_token_invalid(Protocol protocol)
{
    return bad_session_token(protocol, credentials_not_valid(), "InvalidClientTokenId",
                             "UnrecognizedClientException",
                             "The security token included in the request is invalid.");
}

ApiError session_token_expired(Protocol protocol)
{
    return bad_session_token(protocol, {"RequestExpired", "Request has expired."}, "ExpiredToken",
                             "ExpiredTokenException",
                             "The security token included in the request is expired");
}

ApiError region_not_opted_in()
{
    return credentials_not_valid();
}

}  // namespace amilab::wire
