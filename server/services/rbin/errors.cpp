#include "server/services/rbin/errors.h"

#include <fmt/format.h>

namespace amilab::rbin {

namespace {

constexpr int kPaymentRequired = 402;
constexpr int kNotFound = 404;
constexpr int kConflict = 409;

}  // namespace

ApiError invalid_parameter(std::string_view message)
{
    return {"ValidationException", std::string(message), 400, "INVALID_PARAMETER_VALUE"};
}

ApiError invalid_page_token(std::string_view /*token*/)
{
    return ApiError("ValidationException", "The NextToken is not valid.", 400, "INVALID_PAGE_TOKEN")
        .of_parameter("NextToken");
}

ApiError rule_not_found(std::string_view id)
{
    return {"ResourceNotFoundException", fmt::format("The rule {} was not found.", id), kNotFound,
            "RULE_NOT_FOUND"};
}

ApiError invalid_rule_state(std::string_view message)
{
    return {"ConflictException", std::string(message), kConflict, "INVALID_RULE_STATE"};
}

ApiError quota_exceeded(std::string_view message)
{
    return {"ServiceQuotaExceededException", std::string(message), kPaymentRequired,
            "SERVICE_QUOTA_EXCEEDED"};
}

ApiError over_limit(std::string_view, const std::string& message)
{
    return quota_exceeded(message);
}

}  // namespace amilab::rbin
