#include "server/control/control.h"

#include <array>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json.hpp>

#include "server/control/accounts.h"
#include "server/control/settings.h"
#include "server/control/transfer.h"
#include "server/http/offload.h"
#include "version.h"

namespace amilab {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::string_view kPrefix = "/_amilab/";
constexpr std::size_t kMostBodyBytes = 64 * 1024;

http::Response to_response(int status, const json::value& value)
{
    http::Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = json::serialize(value) + "\n";
    return response;
}

http::Response refuse(int status, std::string_view text, std::string_view code = {})
{
    json::object error{{"error", json::string_view(text)}};
    if (!code.empty()) {
        error["code"] = json::string_view(code);
    }
    return to_response(status, error);
}

asio::awaitable<json::value> read_json(http::BodyReader& body)
{
    const auto text = co_await body.read_all(kMostBodyBytes);
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error) {
        throw http::HttpError(400, fmt::format("the body is no JSON: {}", error.message()));
    }
    co_return value;
}

asio::awaitable<void> require_no_body(http::BodyReader& body)
{
    const auto text = co_await body.read_all(kMostBodyBytes);
    if (!text.empty() && text != "{}") {
        throw http::HttpError(400, "this path takes no body");
    }
}

void require_method(const http::Request& request, std::span<const std::string_view> allowed)
{
    for (const auto method : allowed) {
        if (request.method == method) {
            return;
        }
    }
    throw http::HttpError(405, fmt::format("{} does not take {}; use {}", request.path,
                                           request.method, fmt::join(allowed, " or ")));
}

bool is_reading(const http::Request& request)
{
    return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

bool Control::is_control_path(std::string_view path)
{
    return path.starts_with(kPrefix);
}

asio::awaitable<http::Response> Control::handle(http::Request& request, http::BodyReader& body)
{
    http::Response refusal;
    try {
        co_return co_await route(request, body);
    } catch (const http::HttpError& error) {
        refusal = refuse(error.status, error.what());
    } catch (const http::ConnectionLost&) {
        throw;
    } catch (...) {
        const auto error = to_api_error(std::current_exception(), request.method, request.path,
                                        emulator_.data().path());
        refusal = refuse(error.http_status, error.what(), error.code);
    }
    co_return refusal;
}

asio::awaitable<http::Response> Control::show_health(const Call&)
{
    co_return to_response(200, {{"status", "ok"}, {"version", kVersion}});
}

asio::awaitable<http::Response> Control::reset(const Call& call)
{
    co_await require_no_body(call.body);
    co_await run_on(workers_, [this] { emulator_.data().reset(); });
    co_return to_response(200, {{"status", "ok"}});
}

asio::awaitable<http::Response> Control::clock(const Call& call)
{
    if (!is_reading(call.request)) {
        const auto wanted = co_await read_json(call.body);
        co_await run_on(workers_, [&] { control::change_clock(emulator_, wanted); });
    }
    co_return to_response(200, control::show_clock(emulator_));
}

asio::awaitable<http::Response> Control::delays(const Call& call)
{
    if (!is_reading(call.request)) {
        const auto wanted = co_await read_json(call.body);
        co_await run_on(workers_, [&] { control::change_delays(emulator_, wanted); });
    }
    co_return to_response(200, control::show_delays(emulator_));
}

asio::awaitable<http::Response> Control::accounts(const Call& call)
{
    if (!is_reading(call.request)) {
        const auto wanted = co_await read_json(call.body);
        co_await run_on(workers_, [&] { control::change_accounts(emulator_, wanted); });
    }
    co_return to_response(
        200, co_await run_on(workers_, [this] { return control::show_accounts(emulator_); }));
}

asio::awaitable<http::Response> Control::show_space(const Call&)
{
    co_return co_await run_on(workers_,
                              [this] { return to_response(200, control::show_space(emulator_)); });
}

asio::awaitable<http::Response> Control::import_image(const Call& call)
{
    co_return co_await control::import_image(emulator_, call.request, call.body, workers_);
}

asio::awaitable<http::Response> Control::export_disk(const Call& call)
{
    co_return co_await run_on(workers_, [&] {
        return control::export_disk(emulator_, call.request, call.rest, workers_);
    });
}

/// One path; one that ends with a slash is the beginning of many.
struct Control::Route {
    std::string_view path;
    std::span<const std::string_view> methods;
    asio::awaitable<http::Response> (Control::*handle)(const Call&);
};

std::span<const Control::Route> Control::routes()
{
    static constexpr std::array<std::string_view, 2> kRead = {"GET", "HEAD"};
    static constexpr std::array<std::string_view, 4> kSetting = {"GET", "HEAD", "PUT", "POST"};
    static constexpr std::array<std::string_view, 1> kPost = {"POST"};
    static constexpr std::array<std::string_view, 2> kUpload = {"POST", "PUT"};
    static constexpr std::array<std::string_view, 1> kGet = {"GET"};
    static constexpr std::array<Route, 8> kRoutes = {{
        {"health", kRead, &Control::show_health},
        {"reset", kPost, &Control::reset},
        {"clock", kSetting, &Control::clock},
        {"delays", kSetting, &Control::delays},
        {"accounts", kSetting, &Control::accounts},
        {"space", kRead, &Control::show_space},
        {"import", kUpload, &Control::import_image},
        {"export/", kGet, &Control::export_disk},
    }};
    return kRoutes;
}

asio::awaitable<http::Response> Control::route(http::Request& request, http::BodyReader& body)
{
    const auto path = std::string_view(request.path).substr(kPrefix.size());
    for (const auto& route : routes()) {
        const bool is_meant =
            route.path.ends_with('/') ? path.starts_with(route.path) : path == route.path;
        if (is_meant) {
            require_method(request, route.methods);
            const Call call{request, body, path.substr(route.path.size())};
            co_return co_await (this->*route.handle)(call);
        }
    }
    throw http::HttpError(404,
                          fmt::format("no route {}; docs/control.md lists them", request.path));
}

}  // namespace amilab
