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

/// How long a token counts: from the call on, of a launch from the end of its instances on.
/// Source: EC2 API Reference, "Ensuring idempotency": for 24 hours at least (documented); to the
/// next full minute (assumed), so that many are forgotten at once.
TimeMs token_end_ms(const Session& session);

enum class TokenEnd { kInADay, kOpen };
/// Keeps what this call made. Nothing without a token.
void remember_token(Session& session, std::string_view operation,
                    const std::optional<std::string>& client_token, std::string_view resource_id,
                    TokenEnd end = TokenEnd::kInADay);

}  // namespace amilab
