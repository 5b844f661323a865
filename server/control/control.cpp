#include "server/control/control.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/json.hpp>

#include "server/control/accounts.h"
#include "server/control/settings.h"
#include "server/control/transfer.h"
#include "server/http/offload.h"

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

void require_method(const http::Request& request, std::initializer_list<std::string_view> allowed)
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

asio::awaitable<http::Response> Control::route(http::Request& request, http::BodyReader& body)
{
    const auto path = std::string_view(request.path).substr(kPrefix.size());
    if (path == "health") {
        require_method(request, {"GET", "HEAD"});
        co_return to_response(200, {{"status", "ok"}, {"version", AMILAB_VERSION}});
    }
    if (path == "reset") {
        require_method(request, {"POST"});
        co_await require_no_body(body);
        co_await run_on(workers_, [this] { emulator_.data().reset(); });
        co_return to_response(200, {{"status", "ok"}});
    }
    if (path == "clock") {
        require_method(request, {"GET", "HEAD", "PUT", "POST"});
        if (!is_reading(request)) {
            const auto wanted = co_await read_json(body);
            co_await run_on(workers_, [&] { control::change_clock(emulator_, wanted); });
        }
        co_return to_response(200, control::show_clock(emulator_));
    }
    if (path == "delays") {
        require_method(request, {"GET", "HEAD", "PUT", "POST"});
        if (!is_reading(request)) {
            const auto wanted = co_await read_json(body);
            co_await run_on(workers_, [&] { control::change_delays(emulator_, wanted); });
        }
        co_return to_response(200, control::show_delays(emulator_));
    }
    if (path == "accounts") {
        require_method(request, {"GET", "HEAD", "PUT", "POST"});
        if (!is_reading(request)) {
            const auto wanted = co_await read_json(body);
            co_await run_on(workers_, [&] { control::change_accounts(emulator_, wanted); });
        }
        co_return to_response(
            200, co_await run_on(workers_, [this] { return control::show_accounts(emulator_); }));
    }
    if (path == "space") {
        require_method(request, {"GET", "HEAD"});
        co_return co_await run_on(
            workers_, [this] { return to_response(200, control::show_space(emulator_)); });
    }
    if (path == "import") {
        require_method(request, {"POST", "PUT"});
        co_return co_await control::import_image(emulator_, request, body, workers_);
    }
    constexpr std::string_view kExport = "export/";
    if (path.starts_with(kExport)) {
        require_method(request, {"GET"});
        const auto id = path.substr(kExport.size());
        co_return co_await run_on(
            workers_, [&] { return control::export_disk(emulator_, request, id, workers_); });
    }
    throw http::HttpError(404,
                          fmt::format("no route {}; docs/control.md lists them", request.path));
}

}  // namespace amilab
