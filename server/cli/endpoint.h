#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <boost/system/error_code.hpp>

#include "server/cli/server_connection.h"
#include "server/labs/api_model.h"

namespace amilab::cli {

/// Nobody takes calls where a server is looked for.
struct NoServer : std::runtime_error {
    NoServer(const std::string& text, const boost::system::error_code& why)
        : std::runtime_error(text), error(why)
    {
    }
    boost::system::error_code error;
};

/// Whether a text is an http:// URL that names a host, be it one that nobody here could look up.
bool is_http_url(const std::string& text);

/// What is wrong with a URL that ServerEndpoint is to take; empty when it is right.
std::string check_endpoint(const std::string& text);

/// Where a server is reached. Throws std::runtime_error with a sentence for the user.
class ServerEndpoint {
public:
    /// An http:// URL of an address or of localhost, which is 127.0.0.1, then ::1; without it
    /// AWS_ENDPOINT_URL, else http://127.0.0.1:4566.
    explicit ServerEndpoint(const std::optional<std::string>& url);

    const std::string& url() const { return url_; }
    /// As it goes into the Host header.
    const std::string& authority() const { return authority_; }
    /// With Patience::answer for what is said over it. Throws NoServer, which names the servers
    /// that `amilab start` began where nobody had named one.
    std::unique_ptr<ServerConnection> connect(const Patience& patience) const;

    /// Carries a request of the AWS APIs, on a connection of its own, within Patience::work in all.
    /// Throws NoServer, SilentServer, std::runtime_error: the connection breaks, or the answer has
    /// more than kMostAnswerBytes.
    labs::HttpReply carry(const labs::HttpQuestion& question) const;

private:
    bool is_default_;
    std::string url_;
    std::string host_;
    std::string authority_;
    std::uint16_t port_;
};

}  // namespace amilab::cli
