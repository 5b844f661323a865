#include "server/cli/control_client.h"

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url.hpp>

#include "server/cli/answers.h"
#include "server/cli/health.h"
#include "server/cli/running_servers.h"
#include "server/cli/wrong_option.h"
#include "server/control/paths.h"
#include "server/wire/wire_errors.h"

namespace amilab::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;

namespace {

/// Says whom a request is for, and what it shows there.
void address(beast::http::fields& request, const std::string& authority,
             const std::optional<std::string>& token)
{
    request.set(beast::http::field::host, authority);
    if (token) {
        request.set(beast::http::field::authorization, "Bearer " + *token);
    }
}

beast::http::response<beast::http::string_body> read_response(ServerConnection& connection)
{
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(kMostAnswerBytes);
    boost::system::error_code error;
    beast::http::read(connection, connection.buffer, parser, error);
    if (error) {
        connection.throw_broken(error);
    }
    return parser.release();
}

template <class Body>
void send(ServerConnection& connection, const beast::http::request<Body>& request)
{
    boost::system::error_code error;
    beast::http::write(connection, request, error);
    if (error) {
        connection.throw_broken(error);
    }
}

constexpr unsigned kBadRequest = 400;
/// A sentence, which may quote what was sent.
constexpr std::size_t kMostRefusalBytes = std::size_t{1} << 20U;

/// The options have the names of the parameters. `sent`: null where none were.
void throw_if_option_is_wrong(const std::string& refusal, const ControlClient::Parameters* sent)
{
    if (sent == nullptr) {
        throw WrongOption(refusal);
    }
    for (const auto& [name, value] : *sent) {
        if (value && refusal.starts_with(fmt::format("{} is {};", name, *value))) {
            throw WrongOption("--" + refusal);
        }
    }
}

/// The key for whose owner a command asked.
std::optional<std::string> sent_key(const ControlClient::Parameters* sent)
{
    for (const auto& [name, value] : sent != nullptr ? *sent : ControlClient::Parameters()) {
        if (name == "access-key") {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace

ControlClient::ControlClient(const Options& options)
    : endpoint_(options.endpoint),
      token_(options.token),
      name_(options.name),
      patience_(name_              ? Patience::endless()
                : options.patience ? *options.patience
                                   : Patience::of_environment()),
      is_amilab_(name_.has_value())
{
}

std::string ControlClient::health()
{
    auto health = health_of(endpoint_, patience_);
    is_amilab_ = true;
    return std::move(health.text);
}

void ControlClient::require_amilab()
{
    if (!is_amilab_) {
        health();
    }
}

std::unique_ptr<ServerConnection> ControlClient::connect()
{
    require_amilab();
    auto connection = endpoint_.connect(patience_);
    connection->wait_at_most(patience_.work);
    return connection;
}

std::string ControlClient::target(std::string_view path, const Parameters& parameters) const
{
    boost::urls::url url;
    url.set_path(path);
    for (const auto& [name, value] : parameters) {
        if (value) {
            // With all that is not plain: a server reads a "+" as a space.
            const auto encoded = boost::urls::encode(*value, boost::urls::unreserved_chars);
            url.encoded_params().append(boost::urls::param_pct_view(name, encoded));
        }
    }
    return std::string(url.buffer());
}

std::string ControlClient::require_ok(unsigned status, std::string body,
                                      const Parameters* sent) const
{
    if (status == 200) {
        return body;
    }
    if (const auto said = refusal_in(body)) {
        body = *said;
        if (status == kBadRequest) {
            throw_if_option_is_wrong(body, sent);
        }
        if (const auto key = sent_key(sent); key && body.ends_with(wire::kKeyIsNobodys)) {
            body += "; " + advice_on_key(key);
        }
    } else if (!name_) {
        // Its page would fill the screen, and says nothing of what is wrong here.
        throw no_amilab(url(), status);
    }
    throw ControlRefusal(name_ ? fmt::format("{}: {}", *name_, body)
                               : fmt::format("{} answered {}: {}", url(), status, body),
                         status);
}

std::string ControlClient::request(std::string_view method, std::string_view path, std::string body)
{
    const auto connection = connect();
    connection->end_at(std::chrono::steady_clock::now() + patience_.work);
    beast::http::request<beast::http::string_body> request;
    request.method_string(method);
    request.target(path);
    request.version(11);
    address(request, endpoint_.authority(), token_);
    if (method == "POST") {
        request.body() = std::move(body);
        request.prepare_payload();
    }
    send(*connection, request);
    auto response = read_response(*connection);
    return require_ok(response.result_int(), std::move(response.body()), nullptr);
}

void ControlClient::reset(const std::optional<std::string>& account)
{
    const auto said =
        request("POST", kResetPath,
                account ? json::serialize(json::object{{"account", *account}}) : std::string());
    read_answer(url(), kResetPath, said, [&](const json::value& answer) {
        require_of_amilab(answer.at("status").as_string() == "ok");
        require_of_amilab(!account || answer.at("account").as_string() == *account);
    });
}

std::string ControlClient::upload(std::string_view path, const Parameters& parameters,
                                  std::string_view content_type,
                                  const std::function<void(const Sink&)>& produce)
{
    const auto connection = connect();
    beast::http::request<beast::http::empty_body> request(beast::http::verb::post,
                                                          target(path, parameters), 11);
    address(request, endpoint_.authority(), token_);
    request.set(beast::http::field::content_type, content_type);
    request.chunked(true);
    beast::http::request_serializer<beast::http::empty_body> serializer(request);
    try {
        beast::http::write_header(*connection, serializer);
        produce([&](std::span<const std::byte> bytes) {
            asio::write(*connection,
                        beast::http::make_chunk(asio::buffer(bytes.data(), bytes.size())));
        });
        asio::write(*connection, beast::http::make_chunk_last());
    } catch (const boost::system::system_error& error) {
        if (connection->is_silent()) {
            connection->throw_broken(error.code());
        }
        // The server refuses before it has read everything; its answer says why.
    }
    connection->end_at(std::chrono::steady_clock::now() + patience_.work);
    auto response = read_response(*connection);
    return require_ok(response.result_int(), std::move(response.body()), &parameters);
}

std::string ControlClient::fetch(std::string_view path, const Parameters& parameters)
{
    const auto connection = connect();
    connection->end_at(std::chrono::steady_clock::now() + patience_.work);
    std::string text;
    receive(*connection, path, parameters, "application/json",
            [&](std::span<const std::byte> bytes) {
                if (text.size() + bytes.size() > kMostAnswerBytes) {
                    connection->throw_too_long();
                }
                text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            });
    return text;
}

void ControlClient::download(std::string_view path, const Parameters& parameters,
                             std::string_view accept, const Sink& consume)
{
    const auto connection = connect();
    if (accept == kEventStream) {
        connection->wait_at_most(patience_.answer);
    }
    receive(*connection, path, parameters, accept, consume);
}

void ControlClient::receive(ServerConnection& connection, std::string_view path,
                            const Parameters& parameters, std::string_view accept,
                            const Sink& consume) const
{
    beast::http::request<beast::http::empty_body> request(beast::http::verb::get,
                                                          target(path, parameters), 11);
    address(request, endpoint_.authority(), token_);
    request.set(beast::http::field::accept, accept);
    send(connection, request);

    beast::http::response_parser<beast::http::buffer_body> parser;
    parser.body_limit(boost::none);
    boost::system::error_code begun;
    beast::http::read_header(connection, connection.buffer, parser, begun);
    if (begun) {
        connection.throw_broken(begun);
    }
    std::array<std::byte, 256 * 1024> piece;
    std::string refusal;
    while (!parser.is_done()) {
        parser.get().body().data = piece.data();
        parser.get().body().size = piece.size();
        boost::system::error_code error;
        // As much as has come: who follows calls waits for no more.
        beast::http::read_some(connection, connection.buffer, parser, error);
        if (error && error != beast::http::error::need_buffer) {
            if (name_) {
                // Of this process itself, which logs nothing: it ends where the bytes do.
                throw std::runtime_error(fmt::format(
                    "{0}: not all of it can be read; `amilab check {0}` says what is damaged",
                    *name_));
            }
            connection.throw_broken(error);
        }
        const auto got = std::span(piece).first(piece.size() - parser.get().body().size);
        if (parser.get().result_int() == 200) {
            consume(got);
        } else {
            refusal.append(reinterpret_cast<const char*>(got.data()), got.size());
        }
        if (refusal.size() > kMostRefusalBytes) {
            throw no_amilab(url(), parser.get().result_int());
        }
    }
    require_ok(parser.get().result_int(), std::move(refusal), &parameters);
}

ControlClient client_of(const ServerAccess& server)
{
    const ServerEndpoint endpoint(server.endpoint);
    return ControlClient({.endpoint = server.endpoint,
                          .token = control_token_for(endpoint.url(), server.control_token_file)});
}

}  // namespace amilab::cli
