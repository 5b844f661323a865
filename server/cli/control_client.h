#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/cli/endpoint.h"
#include "server/cli/server_access.h"

namespace amilab::cli {

/// What a server said to a call of the control API that it did not do.
struct ControlRefusal : std::runtime_error {
    ControlRefusal(const std::string& text, unsigned http_status)
        : std::runtime_error(text), status(http_status)
    {
    }
    unsigned status;
};

/// What sends one event after another, and something between them.
inline constexpr std::string_view kEventStream = "text/event-stream";

/// A running server's control API, spoken to by the commands. One request at a time; each makes its
/// own connection. The first one asks for the server's health, with a short wait for all of the
/// answer and without the token: a program that is silent, or no amilab, is told nothing more.
/// Throws std::runtime_error with a sentence for the user: NoServer, SilentServer, NoAmilab,
/// ControlRefusal; WrongOption where the server will not have a value that the command line gave: a
/// parameter, which is named as its option, or what a POST asks for.
class ControlClient {
public:
    struct Options {
        /// As ServerEndpoint takes it.
        std::optional<std::string> endpoint;
        std::optional<std::string> token = {};
        /// Of a server of this process: what refusals call it, instead of its URL.
        std::optional<std::string> name = {};
        /// Nothing: as the environment says.
        std::optional<Patience> patience = {};
    };
    explicit ControlClient(const Options& options);

    using Parameters = std::vector<std::pair<std::string, std::optional<std::string>>>;

    /// What the server says of its health; throws as health_of() does.
    std::string health();

    /// The answer's body, which is there within Patience::work in all. `body` is what a POST sends,
    /// as JSON.
    std::string request(std::string_view method, std::string_view path, std::string body = {});

    /// Resets the server, or one account.
    void reset(const std::optional<std::string>& account);

    /// Sends a body in pieces of any size, as `produce` calls the function it is given.
    using Sink = std::function<void(std::span<const std::byte>)>;
    std::string upload(std::string_view path, const Parameters& parameters,
                       std::string_view content_type,
                       const std::function<void(const Sink&)>& produce);

    /// The body of an answer in JSON that may be long, within Patience::work in all.
    std::string fetch(std::string_view path, const Parameters& parameters);

    /// Hands the answer's body over in pieces.
    void download(std::string_view path, const Parameters& parameters, std::string_view accept,
                  const Sink& consume);

    const std::string& url() const { return endpoint_.url(); }

private:
    void require_amilab();
    /// A connection for a request after that, which may have much to do.
    std::unique_ptr<ServerConnection> connect();
    /// Asks, and hands the answer's body over in pieces.
    void receive(ServerConnection& connection, std::string_view path, const Parameters& parameters,
                 std::string_view accept, const Sink& consume) const;
    /// The body of an answer; throws what it says unless it is a 200.
    /// `sent` are the parameters; null: they are in a POST's JSON.
    std::string require_ok(unsigned status, std::string body, const Parameters* sent) const;
    std::string target(std::string_view path, const Parameters& parameters) const;

    ServerEndpoint endpoint_;
    std::optional<std::string> token_;
    std::optional<std::string> name_;
    Patience patience_;
    bool is_amilab_ = false;
};

/// Throws std::runtime_error for an endpoint or a control token that is none.
ControlClient client_of(const ServerAccess& server);

}  // namespace amilab::cli
