// Form requests, as far as they need no state: decoding, signatures, the schema, typed requests.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire/credential_scope.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/iam/schema.h"
#include "server/wire/parameters.h"
#include "server/wire/protocols.h"
#include "server/wire/sts/schema.h"
#include "tests/fuzz/http_text.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/refusals.h"
#include "tests/fuzz/typed_requests.h"

namespace amilab::fuzz {
namespace {

std::string reversed(std::string_view form)
{
    std::string text;
    while (!form.empty()) {
        const auto last = form.rfind('&') + 1;
        text.append(form.substr(last)).append("&");
        form = form.substr(0, last == 0 ? 0 : last - 1);
    }
    return text;
}

/// A repeated client token is compared by this text: it must not hang on the order.
void expect_no_order(const HttpText& text, const std::string& canonical)
{
    std::string other;
    try {
        other = wire::Parameters(reversed(text.body), reversed(text.query)).canonical();
    } catch (const ApiError&) {
        require(false, "what is read is read in another order too");
    }
    require(other == canonical, "the same parameters in another order are the same request");
}

/// A service whose requests are forms.
struct FormService {
    const wire::ServiceSchema& service;
    std::span<const TypedRequest> requests;
};

FormService called_by(std::string_view version)
{
    if (version == sts::kService.version) {
        return {sts::kService, kStsRequests};
    }
    if (version == iam::kService.version) {
        return {iam::kService, kIamRequests};
    }
    return {ec2::kService, kEc2Requests};
}

void read_form(const HttpText& text)
{
    const wire::Parameters parameters(text.query, text.body);
    expect_no_order(text, parameters.canonical());
    if (const auto credential = parameters.find("X-Amz-Credential")) {
        wire::scope_from_credential(*credential);
    }
    const auto called = called_by(parameters.find("Version").value_or(""));
    const auto& operation = wire::rules_of(called.service.protocol)
                                .find_operation(called.service, text.request(), &parameters);
    const auto* typed = find(called.requests, operation);
    require(typed != nullptr, "what is served has a typed request");
    typed->parse(parameters.root());
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    const fuzz::HttpText text(std::span(data, size));
    fuzz::expect_read_or_refused(ec2::kService, [&] {
        wire::scope_from_authorization(text.header("Authorization").value_or(""));
    });
    fuzz::expect_read_or_refused(ec2::kService, [&] { wire::scope_from_query(text.query); });
    fuzz::expect_read_or_refused(ec2::kService, [&] { fuzz::read_form(text); });
    return 0;
}
