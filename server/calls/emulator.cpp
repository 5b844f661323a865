#include "server/calls/emulator.h"

#include <fmt/format.h>

#include "server/calls/request_id.h"
#include "server/calls/settle.h"
#include "server/wire/check.h"
#include "server/wire/json_request.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab {

namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

std::string_view header_of(const ApiRequest& request, std::string_view name)
{
    return request.header ? request.header(name).value_or("") : std::string_view();
}

}  // namespace

Emulator::Emulator(DataDirectory& data, std::span<const Service* const> services, Options options)
    : data_(data), options_(std::move(options)), services_(services)
{
}

void Emulator::settle()
{
    const auto generation = data_.current();
    auto writer = generation->writer();
    settle_due(services_, *generation, writer);
}

/// By name, else by version, else by action.
const Service& Emulator::find_form_service(const wire::Parameters& parameters,
                                           std::string_view scope_service) const
{
    if (!scope_service.empty()) {
        const auto* service = services_.named(scope_service);
        if (service == nullptr) {
            throw ApiError("UnsupportedOperation",
                           fmt::format("amilab does not offer the service {}; docs/coverage.md "
                                       "lists what it offers.",
                                       scope_service));
        }
        return *service;
    }
    const auto* service = services_.of_version(parameters.find("Version").value_or(""));
    if (service == nullptr) {
        service = services_.of_action(parameters.find("Action").value_or(""));
    }
    return service != nullptr ? *service : *services_.named("ec2");
}

/// Of a request that no signature says the service of: by its target, else by its path; a null
/// pointer when it speaks another protocol.
const Service* Emulator::find_json_service(const ApiRequest& request) const
{
    const auto target = header_of(request, "X-Amz-Target");
    return target.empty() ? services_.of_route(request.method, request.path)
                          : services_.of_target(target);
}

Caller Emulator::caller_of(const std::optional<wire::CredentialScope>& scope) const
{
    if (!scope) {
        return {options_.default_account, options_.default_region, ""};
    }
    return {wire::is_account_id(scope->access_key) ? scope->access_key : options_.default_account,
            scope->region, scope->access_key};
}

void Emulator::find_operation(ApiCall& call, const ApiRequest& request) const
{
    call.service_ = &services_.named("ec2")->schema;
    // The service decides how the rest is read; its requests say it in their signature.
    auto scope = wire::scope_from_authorization(request.authorization);
    if (!scope) {
        scope = wire::scope_from_query(request.query);
    }
    call.caller_ = caller_of(scope);
    const Service* service = scope ? services_.named(scope->service) : nullptr;
    if (!scope) {
        service = find_json_service(request);
    }
    if (service != nullptr && is_json(service->schema.protocol)) {
        return find_json_operation(call, request, *service);
    }
    find_form_operation(call, request, scope ? std::string_view(scope->service) : "");
}

void Emulator::find_json_operation(ApiCall& call, const ApiRequest& request,
                                   const Service& service) const
{
    call.service_ = &service.schema;
    if (service.schema.protocol == wire::Protocol::kJson) {
        constexpr int kBadRequest = 400;
        const auto action =
            wire::action_of_target(header_of(request, "X-Amz-Target"), service.schema);
        if (request.method != "POST" || action.empty() ||
            !wire::operation_exists(service.schema, action)) {
            throw wire::unknown_operation(kBadRequest);
        }
        call.operation_ = services_.find_operation(service, action);
        if (call.operation_ == nullptr) {
            throw wire::unsupported_json_operation(action);
        }
    } else {
        constexpr int kNotFound = 404;
        const auto* schema = wire::match_route(service.schema, request.method, request.path);
        call.operation_ =
            schema != nullptr ? services_.find_operation(service, schema->name) : nullptr;
        if (call.operation_ == nullptr) {
            throw wire::unknown_operation(kNotFound);
        }
    }
    call.parameters_ = std::make_unique<wire::Parameters>(wire::read_members(
        service.schema, *call.operation_->schema,
        {request.method, request.path, request.query, request.body, request.header}));
    call.call_ = call.operation_->parse(*call.parameters_);
}

void Emulator::find_form_operation(ApiCall& call, const ApiRequest& request,
                                   std::string_view scope_service) const
{
    const bool is_form = request.content_type.empty() ||
                         request.content_type.substr(0, kFormType.size()) == kFormType;
    if (request.method != "POST" && request.method != "GET" && request.method != "HEAD") {
        throw ApiError(
            "InvalidRequest",
            fmt::format("The method {} is not supported; use GET or POST.", request.method), 405);
    }
    if (!is_form && !request.body.empty()) {
        throw ApiError("InvalidRequest",
                       fmt::format("The content type {} is not supported; use {}.",
                                   request.content_type, kFormType),
                       415);
    }
    call.parameters_ = std::make_unique<wire::Parameters>(request.query, request.body);
    std::string service_name(scope_service);
    if (service_name.empty()) {
        // A form may carry what else a query string does.
        if (const auto credential = call.parameters_->find("X-Amz-Credential")) {
            const auto scope = wire::scope_from_credential(*credential);
            call.caller_ = caller_of(scope);
            service_name = scope.service;
        }
    }
    const auto& service = find_form_service(*call.parameters_, service_name);
    call.service_ = &service.schema;
    const auto action = wire::action_of(*call.parameters_, service.schema);
    call.operation_ = services_.find_operation(service, action);
    if (call.operation_ == nullptr) {
        throw wire::operation_exists(service.schema, action) ? wire::unsupported_operation(action)
                                                             : wire::invalid_action(action);
    }
    call.call_ = call.operation_->parse(*call.parameters_);
}

ApiCall Emulator::parse(const ApiRequest& request) const
{
    ApiCall call(services_);
    call.request_id_ = make_request_id();
    call.generation_ = data_.current();
    call.data_path_ = data_.path();
    call.body_ = request.body;
    try {
        find_operation(call, request);
        if (const auto account =
                call.generation_->access_keys().account_of(call.caller_.access_key)) {
            call.caller_.account = *account;
        }
    } catch (const ApiError& error) {
        call.refusal_ = std::make_unique<ApiError>(error);
    }
    return call;
}

}  // namespace amilab
