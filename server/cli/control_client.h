#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/cli/server_access.h"

namespace amilab::cli {

/// A running server's control API, spoken to by the commands. One request at a time; each makes its
/// own connection. Throws std::runtime_error with a sentence for the user: no server there, or its
/// refusal.
class ControlClient {
public:
    struct Options {
        /// An http:// URL; without it AWS_ENDPOINT_URL, else http://127.0.0.1:4566.
        std::optional<std::string> endpoint;
        std::optional<std::string> token = {};
        /// What refusals call the server, instead of its URL.
        std::optional<std::string> name = {};
    };
    explicit ControlClient(const Options& options);

    using Parameters = std::vector<std::pair<std::string, std::optional<std::string>>>;

    /// The answer's body. `body` is what a POST sends, as JSON.
    std::string request(std::string_view method, std::string_view path, std::string body = {});

    /// Sends a body in pieces of any size, as `produce` calls the function it is given.
    using Sink = std::function<void(std::span<const std::byte>)>;
    std::string upload(std::string_view path, const Parameters& parameters,
                       std::string_view content_type,
                       const std::function<void(const Sink&)>& produce);

    /// Hands the answer's body over in pieces.
    void download(std::string_view path, const Parameters& parameters, std::string_view accept,
                  const Sink& consume);

    const std::string& url() const { return url_; }

private:
    /// The body of an answer; throws what it says unless it is a 200.
    std::string require_ok(unsigned status, std::string body) const;
    std::string target(std::string_view path, const Parameters& parameters) const;

    std::string url_;
    std::optional<std::string> token_;
    std::optional<std::string> name_;
    std::string host_;
    /// As it goes into the Host header.
    std::string authority_;
    std::string port_;
};

/// Throws std::runtime_error for an endpoint or a control token that is none.
ControlClient client_of(const ServerAccess& server);

}  // namespace amilab::cli
