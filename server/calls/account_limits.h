#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "server/calls/session.h"
#include "server/wire/api_error.h"
#include "server/wire/schema.h"

/// What one account may hold (`amilab serve --account-limit`), and how a call is told that it would
/// hold more.
namespace amilab {

/// The call that refusals are worded for.
struct LimitedCall {
    const wire::ServiceSchema& service;
    std::string_view operation;
};

/// Runs `work`, in the session's transaction. Throws what the service says of limits when the
/// account then holds more rows than it may, or has got a volume or a snapshot while it holds more
/// bytes; what adds nothing is not refused. Without limits it costs nothing.
void within_limits(Session& session, const LimitedCall& call, const std::function<void()>& work);

/// Throws what within_limits() would in the end of a call that adds so many rows at least: asked
/// before work that is dear. In a transaction that may write. The account is whose rows they
/// become.
void require_room_for_rows(Session& session, const LimitedCall& call, const std::string& account,
                           std::int64_t least);

/// Counts so many bytes as written for the account whose they become. Throws what the service says
/// of limits when it may not hold them. To look at the account's files it waits, as it tells the
/// session.
void take_bytes(Session& session, const LimitedCall& call, const std::string& account,
                std::uint64_t bytes);

/// What the service says of the bound on bytes.
ApiError too_many_bytes(const Services& services, const LimitedCall& call, std::uint64_t most);

}  // namespace amilab
