#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "server/wire/parameters.h"
#include "server/wire/schema.h"

/// Requests of the json and rest-json protocols, taken apart into members.
namespace amilab::wire {

/// What HTTP brought, undecoded.
struct JsonRequest {
    std::string_view method;
    std::string_view path;
    std::string_view query;
    std::string_view body;
    /// The first header of that name, in any case of letters.
    std::function<std::optional<std::string_view>(std::string_view)> header;
};

/// "AmazonSSM.GetParameter" → "GetParameter", when the prefix is the service's; else empty.
std::string_view action_of_target(std::string_view target, const ServiceSchema& service);

/// The served operation whose method and path these are; a null pointer when there is none.
const OperationSchema* match_route(const ServiceSchema& service, std::string_view method,
                                   std::string_view path);

/// The members of a request of a `json` service, from the body. Null is absent. Throws ApiError:
/// SerializationException (no JSON, or no object).
std::vector<NamedValue> read_json_members(const OperationSchema& operation,
                                          const JsonRequest& request);
/// The members of a request of a `rest-json` service, from path, query, headers and, unless that is
/// bytes, body. Null is absent. Throws ApiError: SerializationException (no JSON, or no object),
/// ValidationException (an unknown parameter in the query or name in the body).
std::vector<NamedValue> read_rest_json_members(const OperationSchema& operation,
                                               const JsonRequest& request);

}  // namespace amilab::wire
