#include "server/wire/protocols.h"

#include <stdexcept>

#include "server/wire/check.h"
#include "server/wire/json.h"
#include "server/wire/wire_errors.h"
#include "server/wire/xml.h"

namespace amilab::wire {

namespace {

// Forms: ec2 and query.

bool is_never_meant(const ServiceSchema&, const JsonRequest&)
{
    return false;
}

const OperationSchema& operation_of_form(const ServiceSchema& service, const JsonRequest&,
                                         const Parameters* form)
{
    const auto action = action_of(*form, service);
    if (const auto* operation = find_operation(service, action)) {
        return *operation;
    }
    throw operation_exists(service, action) ? unsupported_operation(action)
                                            : invalid_action(action);
}

std::vector<NamedValue> read_no_form(const ServiceSchema&, const OperationSchema&,
                                     const JsonRequest&)
{
    throw std::logic_error("a form is read before its service is known");
}

Rendered render_xml_error(const ServiceSchema& service, const ApiError& error,
                          std::string_view request_id)
{
    return {render_error(service, error, request_id)};
}

std::string_view xml_content_type(const ServiceSchema&)
{
    return kXmlContentType;
}

// The json protocols.

bool is_meant_by_target(const ServiceSchema& service, const JsonRequest& request)
{
    const auto target = request.header ? request.header("X-Amz-Target") : std::nullopt;
    return target && !action_of_target(*target, service).empty();
}

bool is_meant_by_route(const ServiceSchema& service, const JsonRequest& request)
{
    const auto target = request.header ? request.header("X-Amz-Target") : std::nullopt;
    return target.value_or("").empty() &&
           match_route(service, request.method, request.path) != nullptr;
}

const OperationSchema& operation_of_target(const ServiceSchema& service, const JsonRequest& request,
                                           const Parameters*)
{
    constexpr int kBadRequest = 400;
    const auto target = request.header ? request.header("X-Amz-Target") : std::nullopt;
    const auto action = action_of_target(target.value_or(""), service);
    if (request.method != "POST" || action.empty() || !operation_exists(service, action)) {
        throw unknown_operation(kBadRequest);
    }
    if (const auto* operation = find_operation(service, action)) {
        return *operation;
    }
    throw unsupported_json_operation(action);
}

const OperationSchema& operation_of_route(const ServiceSchema& service, const JsonRequest& request,
                                          const Parameters*)
{
    constexpr int kNotFound = 404;
    const auto* operation = match_route(service, request.method, request.path);
    if (operation == nullptr) {
        throw unknown_operation(kNotFound);
    }
    return *operation;
}

Rendered render_error_as_json(const ServiceSchema& service, const ApiError& error, std::string_view)
{
    return render_json_error(service, error);
}

constexpr ProtocolRules kForm{.is_form = true,
                              .is_meant = &is_never_meant,
                              .find_operation = &operation_of_form,
                              .read = &read_no_form,
                              .render_error = &render_xml_error,
                              .content_type = &xml_content_type};
constexpr ProtocolRules kJson{.is_form = false,
                              .is_meant = &is_meant_by_target,
                              .find_operation = &operation_of_target,
                              .read = &read_members,
                              .render_error = &render_error_as_json,
                              .content_type = &json_content_type};
constexpr ProtocolRules kRestJson{.is_form = false,
                                  .is_meant = &is_meant_by_route,
                                  .find_operation = &operation_of_route,
                                  .read = &read_members,
                                  .render_error = &render_error_as_json,
                                  .content_type = &json_content_type};

}  // namespace

const ProtocolRules& rules_of(Protocol protocol)
{
    switch (protocol) {
        case Protocol::kEc2:
        case Protocol::kQuery:
            break;
        case Protocol::kJson:
            return kJson;
        case Protocol::kRestJson:
            return kRestJson;
    }
    return kForm;
}

}  // namespace amilab::wire
