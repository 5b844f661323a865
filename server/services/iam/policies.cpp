#include "server/services/iam/policies.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/calls/request_values.h"
#include "server/services/iam/errors.h"

namespace amilab::iam {

void check_document(Checks& checks, const std::optional<std::string>& document,
                    std::string_view path)
{
    // Source: of one request (documented).
    constexpr std::int64_t kMost = 131'072;
    checks.require(document, path);
    if (document) {
        checks.length(*document, path, 1, kMost);
    }
}

void require_policy(const std::string& document)
{
    boost::json::error_code error;
    const auto policy = boost::json::parse(document, error);
    if (error) {
        throw policy_is_no_json();
    }
    if (!policy.is_object() || !policy.as_object().contains("Statement")) {
        throw policy_malformed();
    }
}

std::string shown_policy(std::string_view document)
{
    constexpr std::string_view kUnreserved = "-._~";
    std::string text;
    for (const char c : document) {
        if (is_letter_or_digit(c) || kUnreserved.find(c) != std::string_view::npos) {
            text += c;
        } else {
            text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return text;
}

}  // namespace amilab::iam
