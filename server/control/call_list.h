#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "server/calls/services.h"
#include "server/calls/stream.h"
#include "server/control/call_ring.h"

/// The calls that were made, as the control API lists and follows them.
namespace amilab::control {

/// Which calls are wanted. What is not given matches all.
struct CallFilter {
    std::optional<std::string> account;
    std::optional<std::string> service;
    std::optional<std::string> operation;
    std::optional<std::string> code;
    int least_status = 0;
    int most_status = 999;
    std::optional<TimeMs> since_ms;

    bool matches(const CallRecord& call) const;
};

/// What GET /_amilab/calls asks for.
struct CallQuery {
    CallFilter filter;
    /// Only calls with higher numbers.
    std::optional<std::uint64_t> after;
    /// No more than so many, the last ones.
    std::optional<std::size_t> limit;
    bool follow = false;
};

/// Throws HttpError 400.
CallQuery parse_call_query(std::string_view query);

/// Throws HttpError 400 for a service that is none here, and for an operation that no service has
/// at AWS, unless a call of `calls` asked for it: who mistypes a name must not take it for one that
/// nobody called.
void require_known(const CallFilter& filter, const Services& services, const CallRing& calls);

/// {"calls": [...], "last": N}: those that there are, the oldest first, and the number of the last
/// call of all, after which somebody else may ask. On the io_context's thread; `calls` outlives the
/// answer.
boost::asio::awaitable<StreamAnswer> list_calls(const CallRing& calls, const CallQuery& query,
                                                Workers& workers);

/// Server-sent events: each call that is wanted, as it is answered, {"lost": N} as an event `lost`
/// where a client has read too slowly, a comment from time to time. Ends with the server. On the
/// io_context's thread; `calls` outlives the answer. Throws HttpError 503 when too many follow.
StreamAnswer follow_calls(CallRing& calls, const CallQuery& query, Workers& workers);

}  // namespace amilab::control
