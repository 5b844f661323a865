#include "server/calls/emulator.h"

#include <fmt/format.h>

#include "server/calls/account_calls.h"
#include "server/calls/request_id.h"
#include "server/calls/settle.h"
#include "server/wire/protocols.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"
#include "storage/state/generation.h"

namespace amilab {

namespace {

wire::JsonRequest json_request(const RequestHeader& header, std::string_view body)
{
    return {header.method, header.path, header.query, body, header.header};
}

/// Throws ApiError (IncompleteSignature).
std::optional<wire::CredentialScope> scope_of(const RequestHeader& header)
{
    auto scope = wire::scope_from_authorization(header.authorization);
    if (!scope) {
        scope = wire::scope_from_query(header.query);
    }
    return scope ? scope : wire::scope_from_old_query(header.query);
}

/// Of temporary credentials, in the place where the signature is; empty without one.
std::string session_token_of(const RequestHeader& header)
{
    std::string token(header.find(kSessionTokenName).value_or(""));
    return header.authorization.empty()
               ? wire::value_in_query(header.query, kSessionTokenName).value_or(token)
               : token;
}

/// What a call that is refused asks for, as its client has it. Throws ApiError where that cannot be
/// read.
std::string asked_operation(bool is_form, const RequestHeader& header, std::string_view body)
{
    if (const auto target = header.find("X-Amz-Target")) {
        return std::string(target->substr(target->rfind('.') + 1));
    }
    if (is_form) {
        const wire::Parameters form(header.query, body);
        if (const auto action = form.find("Action")) {
            return std::string(*action);
        }
    }
    return fmt::format("{}:{}", header.method, header.path);
}

/// A page of another site can have a browser GET any URL, and have it say nothing of where that
/// comes from; over plain http, to a name that is no loopback's, browsers add nothing by themselves
/// either. A header it cannot add; a signature in the query string it can, and nobody verifies it.
void require_no_blind_change(const Operation& operation, const RequestHeader& header)
{
    const bool is_get = header.method == "GET" || header.method == "HEAD";
    if (is_get && operation.kind != OperationKind::kRead && !header.is_to_loopback &&
        header.authorization.empty()) {
        throw wire::unsigned_change(operation.schema->name);
    }
}

}  // namespace

Emulator::Emulator(DataDirectory& data, std::span<const Service* const> services, Options options)
    : data_(data),
      options_(std::move(options)),
      caller_rules_(std::make_shared<CallerRules>(
          CallerRules::Options{.default_account = options_.default_account,
                               .default_region = options_.default_region,
                               .strict_accounts = options_.strict_accounts,
                               .listen_address = options_.listen_address,
                               .allowed_hosts = options_.allowed_hosts})),
      services_(std::make_shared<Services>(services,
                                           Ports{.has_strict_roles = options_.has_strict_roles,
                                                 .machines = options_.machines,
                                                 .has_aws_quotas = options_.has_aws_quotas},
                                           caller_rules_))
{
}

void Emulator::settle()
{
    settle_all(*services_, *data_.current());
}

void Emulator::settle_some()
{
    amilab::settle_some(*services_, *data_.current(), {});
}

/// By name, else by version, else by action.
const Service& Emulator::find_form_service(const wire::Parameters& parameters,
                                           std::string_view scope_service) const
{
    if (!scope_service.empty()) {
        const auto* service = services_->named(scope_service);
        if (service == nullptr) {
            throw wire::service_not_offered(scope_service);
        }
        return *service;
    }
    const auto* service = services_->of_version(parameters.find("Version").value_or(""));
    if (service == nullptr) {
        service = services_->of_action(parameters.find("Action").value_or(""));
    }
    return service != nullptr ? *service : *services_->named("ec2");
}

std::string Emulator::account_of(const Settings& settings, const std::string& access_key) const
{
    return caller_rules_->account_of(settings, access_key);
}

/// Null: a form may tell it.
const Service* Emulator::find_service(const RequestHeader& header,
                                      const std::optional<wire::CredentialScope>& scope) const
{
    if (scope) {
        return services_->named(scope->service);
    }
    const auto request = json_request(header, {});
    const auto* service = services_->meant_by(request);
    return service != nullptr ? service : services_->taking_unsigned(*data_.current(), request);
}

void Emulator::read_header(ApiCall& call, const RequestHeader& header) const
{
    call.service_ = &services_->named("ec2")->schema;
    // The service decides how the rest is read; its requests say it in their signature.
    const auto scope = scope_of(header);
    call.caller_ =
        caller_rules_->caller_of(call.generation_->settings(), scope, session_token_of(header));
    if (scope) {
        call.scope_service_ = scope->service;
    }
    const auto http = json_request(header, {});
    const auto* service = find_service(header, scope);
    if (scope && service == nullptr) {
        if (const auto* unknown =
                wire::unknown_service(scope->service, http, header.content_type)) {
            call.service_ = unknown;
            throw wire::service_not_offered(scope->service);
        }
    }
    if (service == nullptr || wire::rules_of(service->schema.protocol).is_form) {
        return;  // the form tells
    }
    call.service_ = &service->schema;
    require_account(call.caller_, service->schema.protocol);
    call.caller_.host = header.find("host").value_or("");
    const auto& rules = wire::rules_of(service->schema.protocol);
    if (rules.require_current != nullptr) {
        rules.require_current(http, Clock::wall_ms());
    }
    const auto& operation = rules.find_operation(service->schema, http, nullptr);
    call.operation_ = services_->find_operation(*service, operation.name);
}

void Emulator::read_members(ApiCall& call, const RequestHeader& header, std::string_view body) const
{
    const auto& rules = wire::rules_of(call.service_->protocol);
    call.parameters_ = std::make_unique<wire::Parameters>(
        rules.read(*call.operation_->schema, json_request(header, body)));
}

void Emulator::read_form(ApiCall& call, const RequestHeader& header, std::string_view body) const
{
    const bool is_form = header.content_type.empty() ||
                         wire::media_type(header.content_type) == wire::kFormContentType;
    if (header.method != "POST" && header.method != "GET" && header.method != "HEAD") {
        throw ApiError(
            "InvalidRequest",
            fmt::format("The method {} is not supported; use GET or POST.", header.method), 405);
    }
    if (!is_form && !body.empty()) {
        throw ApiError("InvalidRequest",
                       fmt::format("The content type {} is not supported; use {}.",
                                   header.content_type, wire::kFormContentType),
                       415);
    }
    call.parameters_ = std::make_unique<wire::Parameters>(header.query, body);
    if (call.scope_service_.empty()) {
        // A form may carry what else a query string does.
        if (const auto credential = call.parameters_->find("X-Amz-Credential")) {
            const auto scope = wire::scope_from_credential(*credential);
            call.caller_ =
                caller_rules_->caller_of(call.generation_->settings(), scope,
                                         call.parameters_->find(kSessionTokenName).value_or(""));
            call.scope_service_ = scope.service;
        }
    }
    const auto& service = find_form_service(*call.parameters_, call.scope_service_);
    call.service_ = &service.schema;
    require_account(call.caller_, service.schema.protocol);
    const auto& rules = wire::rules_of(service.schema.protocol);
    if (!rules.list_part.empty()) {
        call.parameters_ = std::make_unique<wire::Parameters>(header.query, body, rules.list_part);
    }
    const auto& operation =
        rules.find_operation(service.schema, json_request(header, body), call.parameters_.get());
    call.operation_ = services_->find_operation(service, operation.name);
    require_no_blind_change(*call.operation_, header);
}

void Emulator::parse_request(ApiCall& call) const
{
    call.call_ = call.operation_->parse(*call.parameters_);
}

/// Of every call, once all is known about it that its request tells.
void Emulator::note_call(ApiCall& call, const RequestHeader& header, std::string_view body) const
{
    if (call.operation_ == nullptr) {
        try {
            const bool is_form = wire::rules_of(call.service_->protocol).is_form;
            call.asked_operation_ = asked_operation(is_form, header, body);
        } catch (const ApiError&) {
            // Nobody can tell.
        }
    }
    if (!call.caller_.account.empty()) {
        call.generation_->companions().get<AccountCalls>().note(call.caller_.account,
                                                                call.called_ms_);
    }
}

ApiAnswer Emulator::refuse(const RequestHeader& header, const ApiError& error) const
{
    ApiCall call(*services_);
    call.request_id_ = make_request_id();
    const Service* service = nullptr;
    try {
        service = find_service(header, scope_of(header));
    } catch (const ApiError&) {
        // A signature that nobody can read names no service.
    }
    call.service_ = &(service != nullptr ? service : services_->named("ec2"))->schema;
    return call.refuse(error);
}

ApiCall Emulator::begin(const RequestHeader& header) const
{
    ApiCall call(*services_);
    call.request_id_ = make_request_id();
    call.generation_ = data_.current();
    call.called_ms_ = call.generation_->timing().clock.now_ms();
    call.data_path_ = data_.path();
    try {
        read_header(call, header);
        if (call.is_stream()) {
            read_members(call, header, {});
            parse_request(call);
        }
    } catch (const ApiError& error) {
        call.refusal_ = std::make_unique<ApiError>(error);
    }
    if (call.is_stream()) {
        note_call(call, header, {});
    }
    return call;
}

void Emulator::read_body(ApiCall& call, const RequestHeader& header, std::string_view body) const
{
    call.body_ = body;
    try {
        if (call.operation_ == nullptr) {
            read_form(call, header, body);
        } else {
            read_members(call, header, body);
        }
        parse_request(call);
    } catch (const ApiError& error) {
        call.refusal_ = std::make_unique<ApiError>(error);
    }
}

void Emulator::take_body(ApiCall& call, const RequestHeader& header, std::string_view body) const
{
    if (!call.refusal_) {
        read_body(call, header, body);
    }
    note_call(call, header, body);
}

ApiCall Emulator::parse(const RequestHeader& header, std::string_view body) const
{
    auto call = begin(header);
    if (!call.is_stream()) {
        take_body(call, header, body);
    }
    return call;
}

}  // namespace amilab
