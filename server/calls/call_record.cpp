#include "server/calls/call_record.h"

#include <initializer_list>
#include <string_view>
#include <utility>

#include "server/wire/types.h"

namespace amilab {

namespace {

constexpr std::size_t kMostMessageBytes = 1024;

void set(std::string& name, std::string_view text)
{
    name = wire::beginning(text, CallRecord::kMostNameBytes);
}

}  // namespace

void CallRecord::tell(const ApiCall& call)
{
    time_ms = call.called_ms();
    request_id = call.request_id();
    set(account, call.caller().account);
    set(region, call.caller().region);
    set(service, call.service_name());
    if (const auto name = call.operation_name(); !name.empty()) {
        set(operation, name);
    }
    if (call.parameters() != nullptr) {
        parameters = ShownParameters(*call.parameters());
    }
}

void CallRecord::tell(AnsweredError refusal, const wire::Parameters* all_parameters)
{
    error = shown_error(std::move(refusal), all_parameters);
    // Each anew: cut where it is, a text would keep the memory of the whole.
    error.message = std::string(wire::beginning(error.message, kMostMessageBytes));
    error.parameter = std::string(wire::beginning(error.parameter, kMostNameBytes));
}

std::size_t CallRecord::bytes() const
{
    constexpr std::size_t kCounts = 32;  // of who has it
    auto sum = sizeof(CallRecord) + kCounts + parameters.bytes();
    for (const auto* text : std::initializer_list<const std::string*>{
             &request_id, &account, &region, &service, &operation, &error.code, &error.message,
             &error.parameter}) {
        sum += text->capacity();
    }
    return sum;
}

}  // namespace amilab
