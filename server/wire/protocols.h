#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/wire/api_error.h"
#include "server/wire/json_request.h"
#include "server/wire/parameters.h"
#include "server/wire/schema.h"
#include "server/wire/types.h"
#include "server/wire/xml.h"

/// Protocols as values: what sets one apart is asked of these rules, and nowhere else.
namespace amilab::wire {

struct ProtocolRules {
    /// Whether requests are forms, which tell service and operation among their parameters.
    bool is_form;
    /// Whether an unsigned request means the service by its target or its path.
    bool (*is_meant)(const ServiceSchema& service, const JsonRequest& request);
    /// The served operation that a request means; `form` is what a form holds, else null. Throws
    /// ApiError, for operations that exist and are not served too.
    const OperationSchema& (*find_operation)(const ServiceSchema& service,
                                             const JsonRequest& request, const Parameters* form);
    /// The members of a request that is no form. Throws ApiError.
    std::vector<NamedValue> (*read)(const OperationSchema& operation, const JsonRequest& request);
    Rendered (*render_error)(const ServiceSchema& service, const ApiError& error,
                             std::string_view request_id);
    /// What forms have between the name of a list and the numbers of its members.
    std::string_view list_part;
    /// Of answers that are XML; null where they are JSON.
    BeginResponse begin_response;
    /// Of answers.
    std::string_view content_type;
    /// The header that has the request's id.
    std::string_view request_id_header = "x-amzn-RequestId";
    /// Throws ApiError for a presigned request that has expired by the wall clock; null where none
    /// does.
    void (*require_current)(const JsonRequest& request, std::int64_t wall_ms) = nullptr;
};

const ProtocolRules& rules_of(Protocol protocol);

/// What media type a form has.
inline constexpr std::string_view kFormContentType = "application/x-www-form-urlencoded";

/// In whose protocol a service that is not offered is refused, as its clients read it; null for
/// forms, whose bodies tell more. Source: the protocols are documented, which service has which is
/// read off the request.
const ServiceSchema* unknown_service(std::string_view service, const JsonRequest& request,
                                     std::string_view content_type);

}  // namespace amilab::wire
