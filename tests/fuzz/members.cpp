#include "tests/fuzz/members.h"

#include "server/wire/protocols.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/refusals.h"

namespace amilab::fuzz {

void read_members(
    const wire::ServiceSchema& service, std::span<const TypedRequest> requests,
    const HttpText& text,
    const std::function<void(const wire::OperationSchema&, const wire::ParameterNode&)>& go_on)
{
    expect_read_or_refused(service, [&] {
        const auto& rules = wire::rules_of(service.protocol);
        const auto request = text.request();
        rules.is_meant(service, request);
        const auto& operation = rules.find_operation(service, request, nullptr);
        const wire::Parameters parameters(rules.read(operation, request));
        parameters.canonical();
        const auto* typed = find(requests, operation);
        require(typed != nullptr, "what is served has a typed request");
        typed->parse(parameters.root());
        go_on(operation, parameters.root());
    });
}

}  // namespace amilab::fuzz
