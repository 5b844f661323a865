#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "server/labs/api_model.h"

namespace amilab::cli {

/// One connection to a server, for one request.
struct ServerConnection {
    boost::asio::io_context io_context;
    boost::asio::ip::tcp::socket socket{io_context};
    boost::beast::flat_buffer buffer;
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
    std::unique_ptr<ServerConnection> connect() const;

    /// Carries a request of the AWS APIs, on a connection of its own.
    labs::HttpReply carry(const labs::HttpQuestion& question) const;

private:
    std::string url_;
    std::string host_;
    std::string authority_;
    std::uint16_t port_;
};

}  // namespace amilab::cli
