#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

    /// The refusal, which is about the parameter of that path ("Filter.1.Name") or name.
    ApiError of_parameter(std::string_view path) &&
    {
        parameter = path;
        return std::move(*this);
    }

    /// The refusal with an element more in its document, of protocols that have such.
    ApiError with(std::string_view element, std::string_view value) &&
    {
        elements.emplace_back(element, value);
        return std::move(*this);
    }
    /// The refusal with a header more in its answer.
    ApiError with_header(std::string_view name, std::string_view value) &&
    {
        headers.emplace_back(name, value);
        return std::move(*this);
    }

    std::string code;
    int http_status;
    /// Of services whose errors have one ("SNAPSHOT_NOT_FOUND"); else empty.
    std::string reason;
    /// What it is about, where its maker knew; no client is told, but who looks at calls.
    std::string parameter;
    // Names outlive the error.
    std::vector<std::pair<std::string_view, std::string>> elements;
    std::vector<std::pair<std::string_view, std::string>> headers;
};

}  // namespace amilab
