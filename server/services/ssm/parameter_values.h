#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"

/// What values parameters may have, and what is shown of those that are secret.
namespace amilab::ssm {

/// The key of secrets for which none is named. Source: documented.
inline constexpr const char* kUsualKey = "alias/aws/ssm";

/// Throws ApiError: InvalidAllowedPatternException for a pattern that is none, or that takes too
/// long, ParameterPatternMismatchException where the value has nothing that matches.
void require_allowed(std::string_view value, const std::string& pattern);

/// Throws ApiError (InvalidKeyId) unless the text may name a key. There is no KMS behind it: every
/// key of the right form exists.
void require_key(const Session& session, const std::string& key_id);

/// What a secret's version is shown as to who does not ask for decryption. Source: a text in base64
/// (documented); which one is amilab's own.
std::string sealed_value(std::string_view name, std::int64_t version, std::string_view value);

}  // namespace amilab::ssm
