#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/calls/request_header.h"

namespace amilab {

/// Who may use what is no AWS API, beside `GET` of kHealthPath and kLocalStackHealthPath.
/// Safe from any thread.
class ControlAccess {
public:
    /// What a caller without a token is asked for.
    enum class From { kAnywhere, kLoopback };

    explicit ControlAccess(From from = From::kAnywhere) : from_(from) {}
    /// Whoever shows the token, from wherever, and nobody else. It is not empty.
    explicit ControlAccess(std::string token) : token_(std::move(token)) {}

    struct Refusal {
        int status;
        std::string_view text;
    };
    /// Nothing for a call that may go on; 401 without the token, 403 from another machine.
    /// Source: RFC 6750, 2.1 and 3 (documented).
    std::optional<Refusal> refusal_of(const RequestHeader& header) const;

private:
    std::optional<std::string> token_;
    From from_ = From::kAnywhere;
};

}  // namespace amilab
