#include "server/wire/protocols.h"

#include <stdexcept>

#include "server/wire/check.h"
#include "server/wire/credential_scope.h"
#include "server/wire/json.h"
#include "server/wire/rest_xml.h"
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

std::vector<NamedValue> read_no_form(const OperationSchema&, const JsonRequest&)
{
    throw std::logic_error("a form is read before its service is known");
}

Rendered render_error_of_ec2(const ServiceSchema&, const ApiError& error,
                             std::string_view request_id)
{
    return {render_ec2_error(error, request_id)};
}

Rendered render_error_of_query(const ServiceSchema& service, const ApiError& error,
                               std::string_view request_id)
{
    return {render_query_error(service, error, request_id)};
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

Rendered render_error_of_json(const ServiceSchema& service, const ApiError& error, std::string_view)
{
    return render_json_error(service, error);
}

Rendered render_error_of_rest_json(const ServiceSchema& service, const ApiError& error,
                                   std::string_view)
{
    return render_rest_json_error(service, error);
}

// The rest-xml protocol.

/// Forms may be sent to any name of this machine.
bool is_meant_by_host(const ServiceSchema&, const JsonRequest& request)
{
    if (request.method == "POST" || value_in_query(request.query, "Action")) {
        return false;
    }
    const auto host = request.header ? request.header("Host") : std::nullopt;
    return !bucket_of_host(host.value_or("")).empty();
}

const OperationSchema& operation_of_rest_xml(const ServiceSchema& service,
                                             const JsonRequest& request, const Parameters*)
{
    return operation_of_resource(service, request);
}

Rendered render_error_of_rest_xml(const ServiceSchema&, const ApiError& error,
                                  std::string_view request_id)
{
    return {render_rest_xml_error(error, request_id),
            Headers(error.headers.begin(), error.headers.end())};
}

// Services that are not offered.

constexpr ServiceSchema kUnknownOfJson{.name = {},
                                       .protocol = Protocol::kJson,
                                       .version = {},
                                       .error_message = "message",
                                       .operation_names = {},
                                       .operations = {}};
constexpr ServiceSchema kUnknownOfRestJson{.name = {},
                                           .protocol = Protocol::kRestJson,
                                           .version = {},
                                           .error_message = "message",
                                           .operation_names = {},
                                           .operations = {}};
constexpr ServiceSchema kUnknownOfRestXml{.name = {},
                                          .protocol = Protocol::kRestXml,
                                          .version = {},
                                          .operation_names = {},
                                          .operations = {}};
constexpr ServiceSchema kUnknownOfQuery{.name = {},
                                        .protocol = Protocol::kQuery,
                                        .version = {},
                                        .operation_names = {},
                                        .operations = {}};

bool is_form_request(const JsonRequest& request, std::string_view type)
{
    const bool has_action = request.query.starts_with("Action=") ||
                            request.query.find("&Action=") != request.query.npos;
    return has_action || type == kFormContentType || (type.empty() && request.method == "POST");
}

constexpr ProtocolRules kEc2{.is_form = true,
                             .is_meant = &is_never_meant,
                             .find_operation = &operation_of_form,
                             .read = &read_no_form,
                             .render_error = &render_error_of_ec2,
                             .list_part = {},
                             .begin_response = &begin_ec2_response,
                             .content_type = kXmlContentType};
constexpr ProtocolRules kQuery{.is_form = true,
                               .is_meant = &is_never_meant,
                               .find_operation = &operation_of_form,
                               .read = &read_no_form,
                               .render_error = &render_error_of_query,
                               .list_part = "member",
                               .begin_response = &begin_query_response,
                               .content_type = kXmlContentType};
constexpr ProtocolRules kJson{.is_form = false,
                              .is_meant = &is_meant_by_target,
                              .find_operation = &operation_of_target,
                              .read = &read_json_members,
                              .render_error = &render_error_of_json,
                              .list_part = {},
                              .begin_response = nullptr,
                              .content_type = kJsonContentType};
constexpr ProtocolRules kRestJson{.is_form = false,
                                  .is_meant = &is_meant_by_route,
                                  .find_operation = &operation_of_route,
                                  .read = &read_rest_json_members,
                                  .render_error = &render_error_of_rest_json,
                                  .list_part = {},
                                  .begin_response = nullptr,
                                  .content_type = kRestJsonContentType};

constexpr ProtocolRules kRestXml{.is_form = false,
                                 .is_meant = &is_meant_by_host,
                                 .find_operation = &operation_of_rest_xml,
                                 .read = &read_rest_xml_members,
                                 .render_error = &render_error_of_rest_xml,
                                 .list_part = {},
                                 .begin_response = nullptr,
                                 .content_type = kRestXmlContentType,
                                 .request_id_header = "x-amz-request-id",
                                 .require_current = &require_current};

}  // namespace

const ServiceSchema* unknown_service(std::string_view service, const JsonRequest& request,
                                     std::string_view content_type)
{
    const auto target = request.header ? request.header("X-Amz-Target") : std::nullopt;
    if (!target.value_or("").empty()) {
        return &kUnknownOfJson;
    }
    if (service == "s3express") {
        return &kUnknownOfRestXml;
    }
    if (is_form_request(request, media_type(content_type))) {
        return nullptr;
    }
    const bool is_xml = service == "route53" || service == "cloudfront";
    return is_xml ? &kUnknownOfQuery : &kUnknownOfRestJson;
}

const ProtocolRules& rules_of(Protocol protocol)
{
    switch (protocol) {
        case Protocol::kEc2:
            break;
        case Protocol::kQuery:
            return kQuery;
        case Protocol::kJson:
            return kJson;
        case Protocol::kRestJson:
            return kRestJson;
        case Protocol::kRestXml:
            return kRestXml;
    }
    return kEc2;
}

pugi::xml_node begin_response(pugi::xml_document& document, const ServiceSchema& service,
                              const OperationSchema& operation, std::string_view request_id)
{
    return rules_of(service.protocol).begin_response(document, service, operation, request_id);
}

}  // namespace amilab::wire
