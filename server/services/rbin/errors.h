#pragma once

#include <string>
#include <string_view>

#include "server/wire/api_error.h"

/// Every refusal of the Recycle Bin service: here alone codes, reasons and messages are spelled.
/// Source: codes, statuses and reasons documented (service model), the texts assumed.
namespace amilab::rbin {

ApiError invalid_parameter(std::string_view message);
ApiError invalid_page_token(std::string_view token);
ApiError rule_not_found(std::string_view id);
/// The rule is locked, or not, so that it cannot be done.
ApiError invalid_rule_state(std::string_view message);
ApiError quota_exceeded(std::string_view message);
/// A call would take its account beyond what one may hold.
ApiError over_limit(std::string_view operation, const std::string& message);

}  // namespace amilab::rbin
