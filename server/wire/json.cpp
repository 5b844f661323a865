#include "server/wire/json.h"

namespace amilab::wire {

namespace json = boost::json;

namespace {

/// The codes of refusals that all services share, as the json protocols spell them.
/// Source: SSM's and EBS's models (documented); a region that is none is refused as a signature
/// for the wrong scope (observed).
std::string_view code_of(const ApiError& error, std::string_view internal_error)
{
    if (error.code == "InternalError") {
        return internal_error;
    }
    if (error.code == "Unavailable") {
        return "ServiceUnavailableException";
    }
    if (error.code == "AuthFailure") {
        return "InvalidSignatureException";
    }
    return error.code;
}

}  // namespace

json::value to_json(std::string_view value)
{
    return json::string(json::string_view(value));
}

json::value to_json(bool value)
{
    return value;
}

json::value to_json(std::int64_t value)
{
    return value;
}

json::value to_json(double value)
{
    return value;
}

json::value to_json(Timestamp value)
{
    constexpr std::int64_t kMsPerSecond = 1000;
    if (value.ms % kMsPerSecond == 0) {
        return value.ms / kMsPerSecond;
    }
    return static_cast<double>(value.ms) / static_cast<double>(kMsPerSecond);
}

json::value to_json(const Blob& value)
{
    return to_json(encode_base64(value.bytes));
}

void append_header(Headers& to, std::string_view name, const std::optional<std::string>& value)
{
    if (value) {
        to.emplace_back(name, *value);
    }
}

void append_header(Headers& to, std::string_view name, std::optional<std::int64_t> value)
{
    if (value) {
        to.emplace_back(name, std::to_string(*value));
    }
}

Rendered render_json_error(const ServiceSchema& service, const ApiError& error)
{
    json::object body;
    append(body, "__type", code_of(error, "InternalServerError"));
    append(body, service.error_message, std::string_view(error.what()));
    return {.body = json::serialize(body)};
}

Rendered render_rest_json_error(const ServiceSchema& service, const ApiError& error)
{
    json::object body;
    append(body, service.error_message, std::string_view(error.what()));
    if (!error.reason.empty()) {
        append(body, "Reason", error.reason);
    }
    Rendered rendered{.body = json::serialize(body)};
    rendered.headers.emplace_back("x-amzn-ErrorType", code_of(error, "InternalServerException"));
    return rendered;
}

}  // namespace amilab::wire
