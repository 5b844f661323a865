#pragma once

#include <stdexcept>
#include <string>

namespace amilab {

/// A refusal that the client must see: AWS's code, message and status. Anything else that leaves a
/// handler is our own mistake. Caught once, where answers are sent.
struct ApiError : std::runtime_error {
    ApiError(std::string code_, const std::string& message, int http_status_ = 400,
             std::string reason_ = {})
        : std::runtime_error(message),
          code(std::move(code_)),
          http_status(http_status_),
          reason(std::move(reason_))
    {
    }

    std::string code;
    int http_status;
    /// Of services whose errors have one ("SNAPSHOT_NOT_FOUND"); else empty.
    std::string reason;
};

}  // namespace amilab
