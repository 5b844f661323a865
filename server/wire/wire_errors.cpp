#include "server/wire/wire_errors.h"

#include <algorithm>

#include <fmt/format.h>

namespace amilab::wire {
namespace {

/// Values stand in messages; a long one would drown them.
std::string_view shortened(std::string_view value)
{
    constexpr std::size_t kMost = 256;
    std::size_t size = std::min(value.size(), kMost);
    // Not in the middle of a character.
    while (size < value.size() && size > 0 && (value[size] & 0xC0) == 0x80) {
        --size;
    }
    return value.substr(0, size);
}

}  // namespace

ApiError unknown_parameter(std::string_view name)
{
    return {"UnknownParameter", fmt::format("The parameter {} is not recognized", shortened(name))};
}

ApiError missing_parameter(std::string_view name)
{
    return {"MissingParameter", fmt::format("The request must contain the parameter {}", name)};
}

ApiError invalid_parameter_value(std::string_view name, std::string_view value,
                                 std::string_view why)
{
    return {"InvalidParameterValue",
            fmt::format("Value ( {} ) for parameter {} is invalid.{}{}", shortened(value),
                        shortened(name), why.empty() ? "" : " ", why)};
}

ApiError duplicate_parameter(std::string_view name)
{
    return {"InvalidQueryParameter",
            fmt::format("The parameter {} is given more than once", shortened(name))};
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
    return {"InvalidCharacter",
            name.empty()
                ? std::string("A parameter's name is not valid UTF-8")
                : fmt::format("The value of parameter {} is not valid UTF-8", shortened(name))};
}

ApiError unsupported_parameter(std::string_view name)
{
    return {"UnsupportedOperation",
            fmt::format("amilab does not offer the parameter {} yet; see docs/coverage.md", name)};
}

ApiError unsupported_operation(std::string_view action)
{
    return {"UnsupportedOperation",
            fmt::format("amilab does not offer the action {} yet; see docs/coverage.md", action)};
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

ApiError incomplete_signature(std::string_view why)
{
    return {"IncompleteSignature", std::string(why)};
}

ApiError unknown_region(std::string_view region)
{
    constexpr int kUnauthorized = 401;
    return {
        "AuthFailure",
        fmt::format("Credential should be scoped to a valid region, not '{}'.", shortened(region)),
        kUnauthorized};
}

}  // namespace amilab::wire
