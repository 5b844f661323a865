#include "tests/support/service_caller.h"

#include <fmt/format.h>

#include "server/wire/protocols.h"
#include "tests/support/json_caller.h"
#include "tests/support/s3_caller.h"

namespace amilab::test {

namespace {

std::string without_request_id(const Answer& answer)
{
    auto text = answer.body;
    const auto at = text.find(answer.request_id);
    if (at != std::string::npos) {
        text.erase(at, answer.request_id.size());
    }
    return text;
}

ServiceAnswer call_json(const JsonCaller& caller, std::string_view action,
                        const Parameters& parameters)
{
    auto answer = caller.call_operation(action, parameters);
    std::string text;
    for (const auto& [name, value] : answer.headers) {
        text += fmt::format("{}: {}\n", name, value);
    }
    return {answer.status, answer.code, answer.message, text + answer.body};
}

ServiceAnswer call_s3(const S3Caller& caller, std::string_view action, const Parameters& parameters)
{
    auto answer = caller.call_operation(action, parameters);
    std::string text;
    for (const auto& [name, value] : answer.headers) {
        text += fmt::format("{}: {}\n", name, value);
    }
    // The request's id is in the document of a refusal alone.
    return {answer.status, answer.code, answer.message,
            text + (answer.ok() ? answer.body : answer.code + answer.message)};
}

}  // namespace

ServiceAnswer call_service(TestEmulator& emulator, std::string_view service,
                           std::string_view action, const Parameters& parameters,
                           std::string_view account, std::string_view region)
{
    const auto& schema = test_services().named(service)->schema;
    if (schema.protocol == wire::Protocol::kRestXml) {
        return call_s3(S3Caller(emulator, std::string(account), std::string(region)), action,
                       parameters);
    }
    if (!wire::rules_of(schema.protocol).is_form) {
        return call_json(
            JsonCaller(emulator, std::string(service), std::string(account), std::string(region)),
            action, parameters);
    }
    const auto answer = emulator.call_form(schema, action, parameters, account, region);
    return {answer.status, answer.code, answer.message, without_request_id(answer)};
}

}  // namespace amilab::test
