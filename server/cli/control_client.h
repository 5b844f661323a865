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

#include "server/cli/endpoint.h"
#include "server/cli/server_access.h"

namespace amilab::cli {

/// A running server's control API, spoken to by the commands. One request at a time; each makes its
/// own connection. Throws std::runtime_error with a sentence for the user: no server there, or its
/// refusal; WrongOption where the server will not have a value that the command line gave: a
/// parameter, which is named as its option, or what a POST asks for.
class ControlClient {
public:
    struct Options {
        /// As ServerEndpoint takes it.
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

    const std::string& url() const { return endpoint_.url(); }

private:
    /// The body of an answer; throws what it says unless it is a 200.
    /// `sent` are the parameters; null: they are in a POST's JSON.
    std::string require_ok(unsigned status, std::string body, const Parameters* sent) const;
    std::string target(std::string_view path, const Parameters& parameters) const;

    ServerEndpoint endpoint_;
    std::optional<std::string> token_;
    std::optional<std::string> name_;
};

/// Throws std::runtime_error for an endpoint or a control token that is none.
ControlClient client_of(const ServerAccess& server);

}  // namespace amilab::cli
