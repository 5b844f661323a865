#include "server/control/access.h"

#include "server/calls/secrets.h"
#include "server/control/paths.h"
#include "server/http/message.h"

namespace amilab {

namespace {

constexpr std::string_view kScheme = "Bearer ";

bool asks_for_health(const RequestHeader& header)
{
    return (header.path == kHealthPath || header.path == kLocalStackHealthPath) &&
           (header.method == "GET" || header.method == "HEAD");
}

/// Empty without one.
std::string_view shown_token(std::string_view authorization)
{
    if (!http::equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) {
        return {};
    }
    const auto start = authorization.find_first_not_of(' ', kScheme.size());
    return start == std::string_view::npos ? std::string_view() : authorization.substr(start);
}

}  // namespace

std::optional<ControlAccess::Refusal> ControlAccess::refusal_of(const RequestHeader& header) const
{
    if (asks_for_health(header)) {
        return std::nullopt;
    }
    if (!token_) {
        if (from_ == From::kAnywhere || header.from_loopback) {
            return std::nullopt;
        }
        return Refusal{403,
                       "control calls are taken from the server's own machine alone; start it with "
                       "--control-token-file FILE, or with --control-open"};
    }
    const auto shown = shown_token(header.authorization);
    if (shown.empty()) {
        return Refusal{401,
                       "this server wants its control token, as Authorization: Bearer TOKEN; "
                       "amilab's commands take it from --control-token-file FILE or from "
                       "AMILAB_CONTROL_TOKEN"};
    }
    return is_same_secret(*token_, shown)
               ? std::nullopt
               : std::optional(Refusal{401, "this is not the server's control token"});
}

}  // namespace amilab
