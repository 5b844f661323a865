#include "server/labs/client.h"

#include <stdexcept>

#include <fmt/format.h>

namespace amilab::labs {

namespace json = boost::json;

std::string_view LabClient::region_of(const ModelCall& call) const
{
    return call.region.empty() ? identity_.region : call.region;
}

ModelAnswer LabClient::call(const ModelCall& call) const
{
    auto question = model_.question(call);
    // No client has to know what day it is: nobody looks at the date.
    question.headers.emplace_back(
        "Authorization", fmt::format("AWS4-HMAC-SHA256 Credential={}/20260101/{}/{}/aws4_request, "
                                     "SignedHeaders=host, Signature=none",
                                     identity_.access_key, region_of(call), call.service));
    return model_.answer(call, carry_(question));
}

json::object LabClient::require(const ModelCall& call) const
{
    auto answer = this->call(call);
    if (!answer.refusal.empty()) {
        throw std::runtime_error(refusal_of(call, answer));
    }
    return std::move(answer.members);
}

std::string refusal_of(const ModelCall& call, const ModelAnswer& answer)
{
    return answer.message.empty()
               ? fmt::format("{} was refused: {}", call.operation, answer.refusal)
               : fmt::format("{} was refused: {}: {}", call.operation, answer.refusal,
                             answer.message);
}

}  // namespace amilab::labs
