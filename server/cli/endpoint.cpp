#include "server/cli/endpoint.h"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include "server/cli/durations.h"
#include "server/cli/environment.h"
#include "server/cli/running_servers.h"
#include "server/cli/server_access.h"

namespace amilab::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

constexpr std::uint16_t kHttpPort = 80;

std::string endpoint_url(const std::optional<std::string>& endpoint)
{
    return endpoint ? *endpoint
                    : from_environment("AWS_ENDPOINT_URL").value_or(std::string(kDefaultEndpoint));
}

/// In the order in which they are tried. No name is looked up: what answers depends on nobody else.
std::vector<asio::ip::address> addresses_of(const std::string& host, const std::string& url)
{
    if (beast::iequals(host, "localhost")) {
        return {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
    }
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    if (error) {
        throw std::runtime_error(fmt::format(
            "the endpoint {} names the host {}, and amilab looks up no names; expected localhost "
            "or an address",
            url, host));
    }
    return {address};
}

/// What to do about it. `is_default`: nobody has named a server.
std::string advice(bool is_default)
{
    std::vector<RunningServer> started;
    try {
        started = is_default ? servers_that_run() : std::vector<RunningServer>();
    } catch (const std::exception&) {
        // That no server is there matters more than why no others are known.
    }
    if (started.empty()) {
        return "start one with `amilab serve`, or name it with --endpoint or AWS_ENDPOINT_URL";
    }
    if (started.size() == 1) {
        return fmt::format(
            "one that `amilab start` began is at {0}: `eval \"$(amilab env {1})\"`, or --endpoint "
            "{0}",
            started.front().endpoint, started.front().port);
    }
    return fmt::format(
        "those that `amilab start` began have the ports {}: `eval \"$(amilab env PORT)\"`, or "
        "--endpoint",
        ports_of(started));
}

NoServer no_server(const std::string& url, const boost::system::error_code& error,
                   const std::string& why, bool is_default)
{
    return {fmt::format("no server at {} ({}); {}", url, why, advice(is_default)), error};
}

}  // namespace

bool is_http_url(const std::string& text)
{
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed || parsed->scheme() != "http" || parsed->host().empty()) {
        return false;
    }
    // A number beyond 65535 is read as none.
    return !parsed->has_port() || parsed->port().empty() || parsed->port_number() != 0;
}

std::string check_endpoint(const std::string& text)
{
    try {
        const ServerEndpoint endpoint(text);
        addresses_of(boost::urls::parse_uri(text)->host_address(), text);
        return "";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

ServerEndpoint::ServerEndpoint(const std::optional<std::string>& url)
    : is_default_(!url && !from_environment("AWS_ENDPOINT_URL")), url_(endpoint_url(url))
{
    if (!is_http_url(url_)) {
        throw std::runtime_error(fmt::format(
            "the endpoint {} is no http:// URL; expected one such as {}", url_, kDefaultEndpoint));
    }
    const auto parsed = boost::urls::parse_uri(url_);
    host_ = parsed->host_address();
    authority_ = std::string(parsed->encoded_host_and_port());
    port_ = parsed->has_port() && !parsed->port().empty() ? parsed->port_number() : kHttpPort;
}

std::unique_ptr<ServerConnection> ServerEndpoint::connect(const Patience& patience) const
{
    auto connection = std::make_unique<ServerConnection>(url_);
    std::optional<NoServer> first;
    for (const auto& address : addresses_of(host_, url_)) {
        boost::system::error_code error;
        connection->connect({address, port_}, patience.connect, error);
        if (!error) {
            connection->wait_at_most(patience.answer);
            return connection;
        }
        if (!first) {
            first = no_server(url_, error,
                              connection->is_silent() ? "let nobody in within " +
                                                            duration_text(patience.connect.count())
                                                      : error.message(),
                              is_default_);
        }
    }
    throw NoServer(*first);
}

labs::HttpReply ServerEndpoint::carry(const labs::HttpQuestion& question) const
{
    const auto patience = Patience::of_environment();
    const auto connection = connect(patience);
    connection->wait_at_most(patience.work);  // a large class on a small machine
    connection->end_at(std::chrono::steady_clock::now() + patience.work);
    beast::http::request<beast::http::string_body> request;
    request.method_string(question.method);
    request.target(question.target);
    request.version(11);
    request.set(beast::http::field::host, authority_);
    for (const auto& [name, value] : question.headers) {
        request.set(name, value);
    }
    request.body() = question.body;
    request.prepare_payload();
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(kMostAnswerBytes);
    parser.skip(question.method == "HEAD");
    boost::system::error_code error;
    beast::http::write(*connection, request, error);
    if (!error) {
        beast::http::read(*connection, connection->buffer, parser, error);
    }
    if (error) {
        connection->throw_broken(error);
    }
    labs::HttpReply reply{.status = parser.get().result_int(), .headers = {}, .body = {}};
    for (const auto& field : parser.get()) {
        reply.headers.emplace_back(field.name_string(), field.value());
    }
    reply.body = std::move(parser.get().body());
    return reply;
}

}  // namespace amilab::cli
