#pragma once

#include <functional>
#include <string>

#include "server/http/host_rules.h"
#include "server/http/message.h"

namespace amilab::http {

/// Tells the address, without port, that the client reached.
using LocalAddress = std::function<std::string()>;

/// What the header asks of the connection.
struct Expectations {
    bool wants_continue = false;
};

/// Decides from the header alone whether a request is served at all, and splits its target.
/// Throws HttpError: 400 (no Host, several, a bad target or encoding), 403 (Host, Origin, Referer
/// or Sec-Fetch-Site from elsewhere), 405, 417, 501. Source: RFC 9110 and 9112; Fetch standard for
/// Origin, Referrer Policy for Referer, Fetch Metadata for Sec-Fetch-Site (documented).
Expectations check_request(Request& request, const HostRules& rules,
                           const LocalAddress& local_address);

}  // namespace amilab::http
