#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/checks.h"

/// Documents of policies: kept as they come, and shown as IAM shows them.
namespace amilab::iam {

/// Checks the length and the characters of a document.
void check_document(Checks& checks, const std::optional<std::string>& document,
                    std::string_view path);

/// Throws ApiError (MalformedPolicyDocument) unless the text is a JSON object with statements.
void require_policy(const std::string& document);

/// Percent-encoded, as answers have it. Source: RFC 3986 (documented).
std::string shown_policy(std::string_view document);

}  // namespace amilab::iam
