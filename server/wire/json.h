#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "server/wire/api_error.h"
#include "server/wire/schema.h"
#include "server/wire/types.h"

/// Answers as the json and rest-json protocols write them.
namespace amilab::wire {

// Source: both observed.
inline constexpr std::string_view kJsonContentType = "application/x-amz-json-1.1";
inline constexpr std::string_view kRestJsonContentType = "application/json";

// What generated code is made of. Text that is not UTF-8 cannot come here: requests are checked.
boost::json::value to_json(std::string_view value);
boost::json::value to_json(bool value);
boost::json::value to_json(std::int64_t value);
boost::json::value to_json(double value);
/// Seconds since 1970. Source: the protocols' default for bodies (documented).
boost::json::value to_json(Timestamp value);
boost::json::value to_json(const Blob& value);
inline boost::json::value to_json(const std::string& value)
{
    return to_json(std::string_view(value));
}
template <class Value>
boost::json::value to_json(const std::vector<Value>& values);

/// Structures: their generated `render` is found beside them.
template <class Structure>
boost::json::value to_json(const Structure& value)
{
    boost::json::object object;
    render(value, object);
    return object;
}

template <class Value>
boost::json::value to_json(const std::vector<Value>& values)
{
    boost::json::array array;
    array.reserve(values.size());
    for (const Value& value : values) {
        array.push_back(to_json(value));
    }
    return array;
}

template <class Value>
void append(boost::json::object& to, std::string_view name, const Value& value)
{
    to.emplace(boost::json::string_view(name), to_json(value));
}

template <class Value>
void append(boost::json::object& to, std::string_view name, const std::optional<Value>& value)
{
    if (value) {
        append(to, name, *value);
    }
}

template <class Value>
void append_list(boost::json::object& to, std::string_view name, const std::vector<Value>& values,
                 Empty empty)
{
    if (!values.empty() || empty == Empty::kAlways) {
        append(to, name, values);
    }
}

template <class Value>
void append_list(boost::json::object& to, std::string_view name,
                 const std::optional<std::vector<Value>>& values, Empty)
{
    append(to, name, values);
}

void append_header(Headers& to, std::string_view name, const std::optional<std::string>& value);
void append_header(Headers& to, std::string_view name, std::optional<std::int64_t> value);

/// The body and headers of a successful answer.
template <class Response>
Rendered render_json_response(const OperationSchema& operation, const Response& response)
{
    constexpr int kNoContent = 204;
    Rendered rendered;
    if (operation.status != kNoContent) {
        boost::json::object body;
        render(response, body);
        rendered.body = boost::json::serialize(body);
    }
    if constexpr (requires { render_headers(response, rendered.headers); }) {
        render_headers(response, rendered.headers);
    }
    return rendered;
}

/// A refusal of a `json` service: the body names its type. Source: observed.
Rendered render_json_error(const ServiceSchema& service, const ApiError& error);
/// A refusal of a `rest-json` service: a header names its type. Source: observed.
Rendered render_rest_json_error(const ServiceSchema& service, const ApiError& error);

}  // namespace amilab::wire
