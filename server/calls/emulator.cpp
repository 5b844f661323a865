#include "server/calls/emulator.h"

#include <fmt/format.h>

#include "server/calls/request_id.h"
#include "server/calls/settle.h"
#include "server/wire/protocols.h"
#include "server/wire/types.h"
#include "storage/state/generation.h"

namespace amilab {

namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

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

Caller Emulator::caller_of(const std::optional<wire::CredentialScope>& scope) const
{
    if (!scope) {
        return {options_.default_account, options_.default_region, ""};
    }
    return {wire::is_account_id(scope->access_key) ? scope->access_key : options_.default_account,
            scope->region, scope->access_key};
}

void Emulator::read_request(ApiCall& call, const ApiRequest& request) const
{
    call.service_ = &services_.named("ec2")->schema;
    // The service decides how the rest is read; its requests say it in their signature.
    auto scope = wire::scope_from_authorization(request.authorization);
    if (!scope) {
        scope = wire::scope_from_query(request.query);
    }
    call.caller_ = caller_of(scope);
    const wire::JsonRequest http{request.method, request.path, request.query, request.body,
                                 request.header};
    const auto* service = scope ? services_.named(scope->service) : services_.meant_by(http);
    if (service == nullptr || wire::rules_of(service->schema.protocol).is_form) {
        service = &read_form(call, request, scope ? std::string_view(scope->service) : "");
    }
    call.service_ = &service->schema;
    const auto& rules = wire::rules_of(service->schema.protocol);
    const auto& operation = rules.find_operation(service->schema, http, call.parameters_.get());
    if (!rules.is_form) {
        call.parameters_ =
            std::make_unique<wire::Parameters>(rules.read(operation, http));
    }
    call.operation_ = services_.find_operation(*service, operation.name);
    call.call_ = call.operation_->parse(*call.parameters_);
}

const Service& Emulator::read_form(ApiCall& call, const ApiRequest& request,
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
    return find_form_service(*call.parameters_, service_name);
}

ApiCall Emulator::parse(const ApiRequest& request) const
{
    ApiCall call(services_);
    call.request_id_ = make_request_id();
    call.generation_ = data_.current();
    call.data_path_ = data_.path();
    call.body_ = request.body;
    try {
        read_request(call, request);
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
