#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "server/calls/call_record.h"
#include "server/control/call_ring.h"
#include "server/http/message.h"

namespace amilab {

/// What is noted of one request: the record that the ring of calls keeps, unless it is one of the
/// control API, and at info a line of the log when it is answered: request id, account, region,
/// service, operation, status, error code, milliseconds since its header came. "-" stands for what
/// is not known or there is not; docs/control.md shows some. Used by one thread at a time.
class CallLine {
public:
    /// Until more is told, a call of no service whose operation is method and path. `calls`
    /// outlives it.
    CallLine(const http::Request& request, CallRing& calls);

    /// Who asks which service for what; at debug its parameters too, in a line of their own.
    void tell(const ApiCall& call);
    /// The call is the control API's.
    void tell_control(const http::Request& request);
    /// For whom it acts.
    void tell_caller(const Caller& caller);
    /// `parameters`: see shown_error().
    void tell(AnsweredError error, const wire::Parameters* parameters = nullptr);

    /// The call is answered, with `status`; 0: nobody was left to answer. To be called once.
    void write(int status);

private:
    CallRing& calls_;
    std::chrono::steady_clock::time_point begun_;
    std::shared_ptr<CallRecord> record_;
    bool is_control_ = false;
};

}  // namespace amilab
