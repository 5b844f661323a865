#include "server/cli/health.h"

#include <chrono>
#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include "server/cli/control_client.h"
#include "server/control/access.h"
#include "server/control/paths.h"

namespace amilab::cli {

namespace beast = boost::beast;
namespace json = boost::json;

namespace {

/// Of the answer, which is a version and few words around it.
constexpr std::size_t kMostHealthBytes = 4096;

std::optional<std::string> version_in(std::string_view body)
{
    boost::system::error_code error;
    const auto parsed = json::parse(body, error);
    if (error || !parsed.is_object()) {
        return std::nullopt;
    }
    const auto* status = parsed.get_object().if_contains("status");
    const auto* version = parsed.get_object().if_contains("version");
    const bool is_health = status != nullptr && status->is_string() &&
                           status->get_string() == "ok" && version != nullptr &&
                           version->is_string();
    return is_health ? std::optional(std::string(version->get_string())) : std::nullopt;
}

NoAmilab no_health(const std::string& url)
{
    return NoAmilab(fmt::format(
        "what answers at {} is no amilab: it does not say of its health what one would", url));
}

/// Whether what came is no HTTP, or is longer than a health. A connection that ends is neither: an
/// amilab's may.
bool is_no_health(const boost::system::error_code& error)
{
    const auto too_long = beast::http::make_error_code(beast::http::error::body_limit);
    return error.category() == too_long.category() && error != beast::http::error::end_of_stream &&
           error != beast::http::error::partial_message;
}

beast::http::response<beast::http::string_body> ask(const ServerEndpoint& endpoint,
                                                    ServerConnection& connection)
{
    beast::http::request<beast::http::empty_body> request(beast::http::verb::get, kHealthPath, 11);
    request.set(beast::http::field::host, endpoint.authority());
    request.set(beast::http::field::connection, "close");
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(kMostHealthBytes);
    boost::system::error_code error;
    beast::http::write(connection, request, error);
    if (!error) {
        beast::http::read(connection, connection.buffer, parser, error);
    }
    if (is_no_health(error)) {
        throw no_health(endpoint.url());
    }
    if (error) {
        connection.throw_broken(error);
    }
    return parser.release();
}

}  // namespace

Health health_of(const ServerEndpoint& endpoint, const Patience& patience)
{
    const auto connection = endpoint.connect(patience);
    // Who sends a byte now and then is waited for no longer than who sends none.
    connection->end_at(std::chrono::steady_clock::now() + patience.answer);
    auto response = ask(endpoint, *connection);
    const auto status = response.result_int();
    if (status != 200) {
        if (const auto said = refusal_in(response.body())) {
            throw ControlRefusal(fmt::format("{} answered {}: {}", endpoint.url(), status, *said),
                                 status);
        }
        throw no_amilab(endpoint.url(), status);
    }
    auto version = version_in(response.body());
    if (!version) {
        throw no_health(endpoint.url());
    }
    return {.text = std::move(response.body()), .version = *std::move(version)};
}

std::optional<std::string> refusal_in(std::string_view body)
{
    boost::system::error_code error;
    const auto parsed = json::parse(body, error);
    const auto* said =
        error || !parsed.is_object() ? nullptr : parsed.get_object().if_contains("error");
    return said != nullptr && said->is_string() ? std::optional(std::string(said->get_string()))
                                                : std::nullopt;
}

NoAmilab odd_answer(const std::string& url, std::string_view call)
{
    return NoAmilab(fmt::format(
        "what answers at {} is no amilab: it does not say to {} what one would", url, call));
}

NoAmilab no_amilab(const std::string& url, unsigned status)
{
    return NoAmilab(
        fmt::format("what answers at {} is no amilab: it says {} and nothing that an amilab would",
                    url, status));
}

}  // namespace amilab::cli
