#include "server/control/control.h"

#include <array>
#include <span>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/control/account_reset.h"
#include "server/control/accounts.h"
#include "server/control/query.h"
#include "server/control/regions.h"
#include "server/control/settings.h"
#include "server/control/transfer.h"
#include "server/http/message.h"
#include "server/log/log.h"
#include "server/wire/types.h"
#include "version.h"

namespace amilab {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kMostBodyBytes = 64 * 1024;
constexpr std::size_t kMostLoggedBytes = 1024;

StreamAnswer answer(int status, const json::value& value)
{
    return {.status = status,
            .content_type = "application/json",
            .body = json::serialize(value) + "\n"};
}

StreamAnswer refuse(int status, std::string_view text, std::string_view code = {})
{
    json::object error{{"error", json::string_view(text)}};
    if (!code.empty()) {
        error["code"] = json::string_view(code);
    }
    auto refusal = answer(status, error);
    refusal.error_code = code;
    return refusal;
}

json::value parse_json(std::string_view text)
{
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error) {
        throw http::HttpError(400, fmt::format("the body is no JSON: {}", error.message()));
    }
    if (log::writes(log::Level::kDebug)) {
        const auto line = json::serialize(value);
        log::debug("- {}", log::as_text(line, kMostLoggedBytes));
    }
    return value;
}

asio::awaitable<json::value> read_json(BodySource& body)
{
    const auto text = co_await body.read_all(kMostBodyBytes);
    co_return parse_json(text);
}

/// An empty object where there is no body.
asio::awaitable<json::value> read_json_if_any(BodySource& body)
{
    const auto text = co_await body.read_all(kMostBodyBytes);
    co_return text.empty() ? json::value(json::object()) : parse_json(text);
}

/// Nobody is to take for done what a path does not do, such as showing one account's delays.
void require_no_query(const StreamRequest& request)
{
    const control::RouteQuery none(request.header.query, {});
}

bool is_reading(const StreamRequest& request)
{
    return request.header.method == "GET" || request.header.method == "HEAD";
}

}  // namespace

asio::awaitable<StreamAnswer> Control::handle(const StreamRequest& request)
{
    StreamAnswer refusal;
    if (const auto refused = access_.refusal_of(request.header)) {
        refusal = refuse(refused->status, refused->text);
        if (refused->status == 401) {
            refusal.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"amilab\"");
        }
        co_return refusal;
    }
    try {
        co_return co_await route(request);
    } catch (const http::HttpError& error) {
        refusal = refuse(error.status, error.what());
    } catch (const BodyError& error) {
        refusal = refuse(error.http_status, error.what());
    } catch (const ClientGone&) {
        throw;
    } catch (...) {
        const auto error = to_api_error(std::current_exception(), request.header.method,
                                        request.header.path, emulator_.data().path());
        refusal = refuse(error.http_status, error.what(), error.code);
    }
    co_return refusal;
}

asio::awaitable<StreamAnswer> Control::show_health(const Call& call)
{
    require_no_query(call.request);
    co_return answer(200, {{"status", "ok"}, {"version", kVersion}});
}

asio::awaitable<StreamAnswer> Control::reset(const Call& call)
{
    require_no_query(call.request);
    const auto wanted = co_await read_json_if_any(call.request.body);
    const auto account = control::parse_reset(wanted);
    co_await call.request.workers.run([&] {
        if (account) {
            control::reset_account(emulator_, *account);
        } else {
            emulator_.data().reset();
        }
    });
    json::object done{{"status", "ok"}};
    if (account) {
        done["account"] = *account;
    }
    co_return answer(200, done);
}

asio::awaitable<StreamAnswer> Control::clock(const Call& call)
{
    require_no_query(call.request);
    if (!is_reading(call.request)) {
        const auto wanted = co_await read_json(call.request.body);
        co_await call.request.workers.run([&] { control::change_clock(emulator_, wanted); });
    }
    co_return answer(200, control::show_clock(emulator_));
}

asio::awaitable<StreamAnswer> Control::delays(const Call& call)
{
    require_no_query(call.request);
    if (!is_reading(call.request)) {
        const auto wanted = co_await read_json(call.request.body);
        co_await call.request.workers.run([&] { control::change_delays(emulator_, wanted); });
    }
    co_return answer(200, control::show_delays(emulator_));
}

asio::awaitable<StreamAnswer> Control::accounts(const Call& call)
{
    require_no_query(call.request);
    if (!is_reading(call.request)) {
        const auto wanted = co_await read_json(call.request.body);
        co_await call.request.workers.run([&] { control::change_accounts(emulator_, wanted); });
    }
    co_return answer(200, co_await call.request.workers.run(
                              [this] { return control::show_accounts(emulator_); }));
}

asio::awaitable<StreamAnswer> Control::regions(const Call& call)
{
    require_no_query(call.request);
    if (!is_reading(call.request)) {
        const auto wanted = co_await read_json(call.request.body);
        co_await call.request.workers.run([&] { control::change_regions(emulator_, wanted); });
    }
    co_return answer(200, co_await call.request.workers.run(
                              [this] { return control::show_regions(emulator_); }));
}

asio::awaitable<StreamAnswer> Control::show_space(const Call& call)
{
    require_no_query(call.request);
    co_return co_await call.request.workers.run(
        [this] { return answer(200, control::show_space(emulator_)); });
}

asio::awaitable<StreamAnswer> Control::import_image(const Call& call)
{
    co_return co_await control::import_image(emulator_, call.request);
}

asio::awaitable<StreamAnswer> Control::export_disk(const Call& call)
{
    co_return co_await control::export_disk(emulator_, call.request, call.rest);
}

std::span<const Control::Route> Control::routes()
{
    static constexpr std::array<std::string_view, 2> kRead = {"GET", "HEAD"};
    static constexpr std::array<std::string_view, 4> kSetting = {"GET", "HEAD", "PUT", "POST"};
    static constexpr std::array<std::string_view, 1> kPost = {"POST"};
    static constexpr std::array<std::string_view, 2> kUpload = {"POST", "PUT"};
    static constexpr std::array<std::string_view, 1> kGet = {"GET"};
    static constexpr std::array<Route, 9> kRoutes = {{
        {kHealthPath, kRead, &Control::show_health},
        {"/_amilab/reset", kPost, &Control::reset},
        {"/_amilab/clock", kSetting, &Control::clock},
        {"/_amilab/delays", kSetting, &Control::delays},
        {"/_amilab/accounts", kSetting, &Control::accounts},
        {"/_amilab/regions", kSetting, &Control::regions},
        {"/_amilab/space", kRead, &Control::show_space},
        {"/_amilab/import", kUpload, &Control::import_image},
        {"/_amilab/export/", kGet, &Control::export_disk},
    }};
    return kRoutes;
}

asio::awaitable<StreamAnswer> Control::route(const StreamRequest& request)
{
    const auto path = request.header.path;
    if (!wire::is_utf8(path)) {
        throw http::HttpError(404,
                              "no such route; `amilab help control` lists them");  // JSON is UTF-8
    }
    const auto* route = http::find_route(routes(), path, request.header.method);
    if (route == nullptr) {
        throw http::HttpError(404,
                              fmt::format("no route {}; `amilab help control` lists them", path));
    }
    const Call call{request, path.substr(route->path.size())};
    co_return co_await (this->*route->handle)(call);
}

}  // namespace amilab
