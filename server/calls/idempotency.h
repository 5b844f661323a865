#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"

namespace amilab {

/// Source: EC2 API Reference, "Ensuring idempotency" (documented); some operations take more.
inline constexpr std::size_t kMostTokenCharacters = 64;

/// What an earlier call of this operation with this client token made, in this account and region.
/// Throws IdempotentParameterMismatch when that call had other parameters.
/// Source: EC2 API Reference, "Ensuring idempotency" (documented).
std::optional<std::string> made_before(Session& session, std::string_view operation,
                                       const std::optional<std::string>& client_token,
                                       std::size_t most_characters = kMostTokenCharacters);

/// Keeps what this call made. Nothing without a token.
void remember_token(Session& session, std::string_view operation,
                    const std::optional<std::string>& client_token, std::string_view resource_id);

}  // namespace amilab
