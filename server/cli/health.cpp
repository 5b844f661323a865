#include "server/cli/health.h"

#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include "server/control/access.h"

namespace amilab::cli {

namespace beast = boost::beast;
namespace json = boost::json;

std::optional<std::string> version_of_health(std::string_view body)
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

std::optional<std::string> amilab_version(const ServerEndpoint& endpoint,
                                          std::chrono::milliseconds within)
{
    constexpr std::size_t kMostHealthBytes = 4096;
    const auto end = std::chrono::steady_clock::now() + within;
    const auto connection = endpoint.connect(Patience::of(within));
    connection->end_at(end);
    beast::http::request<beast::http::empty_body> request(beast::http::verb::get, kHealthPath, 11);
    request.set(beast::http::field::host, endpoint.authority());
    request.set(beast::http::field::connection, "close");
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(kMostHealthBytes);
    boost::system::error_code error;
    beast::http::write(*connection, request, error);
    if (!error) {
        beast::http::read(*connection, connection->buffer, parser, error);
    }
    if (error && connection->is_silent()) {
        connection->throw_broken(error);
    }
    return error || parser.get().result_int() != 200 ? std::nullopt
                                                     : version_of_health(parser.get().body());
}

}  // namespace amilab::cli
