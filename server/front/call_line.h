#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "server/calls/api_call.h"
#include "server/http/message.h"

namespace amilab {

/// What the log says of one call, at info, one line when it is answered: request id, account,
/// region, service, operation, status, error code, milliseconds since its header came. "-" stands
/// for what is not known or there is not; docs/control.md shows some. Costs nothing while the log
/// leaves out such lines. Used by one thread at a time.
class CallLine {
public:
    /// Until more is told, a call of no service whose operation is method and path.
    explicit CallLine(const http::Request& request);

    /// Who asks which service for what; at debug its parameters too, in a line of their own.
    void tell(const ApiCall& call);
    /// The call is the control API's.
    void tell_control(const http::Request& request);
    void tell_error(std::string_view code);

    /// `status` 0: nobody was left to answer.
    void write(int status) const;

private:
    std::chrono::steady_clock::time_point begun_;
    std::string request_id_;
    std::string account_;
    std::string region_;
    std::string service_;
    std::string operation_;
    std::string error_code_;
};

}  // namespace amilab
