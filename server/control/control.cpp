#include "server/control/control.h"

#include <array>
#include <span>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/control/account_reset.h"
#include "server/control/accounts.h"
#include "server/control/call_list.h"
#include "server/control/cost.h"
#include "server/control/instance_events.h"
#include "server/control/paths.h"
#include "server/control/query.h"
#include "server/control/quotas.h"
#include "server/control/regions.h"
#include "server/control/save.h"
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
constexpr std::string_view kAllow = "Allow";

StreamAnswer answer(int status, const json::value& value)
{
    return {.status = status,
            .content_type = "application/json",
            .body = json::serialize(value) + "\n"};
}

StreamAnswer json_refusal(int status, std::string_view text, std::string_view code = {})
{
    json::object error{{"error", json::string_view(text)}};
    if (!code.empty()) {
        error["code"] = json::string_view(code);
    }
    auto refusal = answer(status, error);
    refusal.error.code = code;
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

asio::awaitable<StreamAnswer> Control::handle(const StreamRequest& request, Caller& caller)
{
    StreamAnswer refusal;
    if (const auto refused = access_.refusal_of(request.header)) {
        refusal = json_refusal(refused->status, refused->text);
        if (refused->status == 401) {
            refusal.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"amilab\"");
        }
        co_return refusal;
    }
    try {
        co_return co_await route(request, caller);
    } catch (const http::HttpError& error) {
        refusal = refuse(error);
    } catch (const BodyError& error) {
        refusal = json_refusal(error.http_status, error.what());
    } catch (const ClientGone&) {
        throw;
    } catch (...) {
        const auto error = to_api_error(std::current_exception(), request.header.method,
                                        request.header.path, emulator_.data().path());
        refusal = json_refusal(error.http_status, error.what(), error.code);
    }
    co_return refusal;
}

StreamAnswer Control::refuse(const http::HttpError& error)
{
    auto refusal = json_refusal(error.status, error.what());
    for (const auto& [name, value] : error.headers) {
        if (name == kAllow) {
            refusal.headers.emplace_back(kAllow, value);
        }
    }
    return refusal;
}

asio::awaitable<StreamAnswer> Control::show_health(const Call& call)
{
    require_no_query(call.request);
    co_return answer(200, {{"status", "ok"}, {"version", kVersion}});
}

// Source: LocalStack's internal endpoints, /_localstack/health (documented); what waits for it
// looks at services, whose state is `running` or `available`.
asio::awaitable<StreamAnswer> Control::show_localstack_health(const Call& call)
{
    require_no_query(call.request);
    json::object services;
    for (const auto* service : emulator_.services().all()) {
        services[json::string_view(service->schema.name)] = "running";
    }
    co_return answer(
        200, {{"services", std::move(services)}, {"edition", "amilab"}, {"version", kVersion}});
}

asio::awaitable<StreamAnswer> Control::reset(const Call& call)
{
    require_no_query(call.request);
    const auto wanted = co_await read_json_if_any(call.request.body);
    const auto account = control::parse_reset(wanted);
    call.caller.account = account.value_or("");
    co_await call.request.workers.run([&] {
        if (account) {
            control::reset_account(emulator_, *account);
        } else {
            emulator_.data().reset();
        }
    });
    json::object done{{"status", "ok"}};
    if (account) {
        calls_.remove_account(*account);
        done["account"] = *account;
    } else {
        calls_.clear();
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

asio::awaitable<StreamAnswer> Control::quotas(const Call& call)
{
    require_no_query(call.request);
    if (!is_reading(call.request)) {
        const auto wanted = co_await read_json(call.request.body);
        co_await call.request.workers.run([&] { control::change_quotas(emulator_, wanted); });
    }
    co_return answer(
        200, co_await call.request.workers.run([this] { return control::show_quotas(emulator_); }));
}

asio::awaitable<StreamAnswer> Control::instance_events(const Call& call)
{
    if (is_reading(call.request)) {
        const std::string_view query = call.request.header.query;
        co_return answer(200, co_await call.request.workers.run([this, query] {
            return control::show_instance_events(emulator_, query);
        }));
    }
    require_no_query(call.request);
    const auto wanted = co_await read_json(call.request.body);
    co_return answer(200, co_await call.request.workers.run(
                              [&] { return control::schedule_instance_event(emulator_, wanted); }));
}

asio::awaitable<StreamAnswer> Control::show_space(const Call& call)
{
    const auto query = call.request.header.query;
    co_return co_await call.request.workers.run(
        [&] { return answer(200, control::show_space(emulator_, query)); });
}

asio::awaitable<StreamAnswer> Control::show_cost(const Call& call)
{
    auto wanted = control::parse_cost_query(emulator_, call.request.header.query);
    call.caller.account = wanted.account;
    call.caller.region = wanted.region;
    co_return co_await control::list_costs(emulator_, std::move(wanted), call.request.workers);
}

asio::awaitable<StreamAnswer> Control::show_calls(const Call& call)
{
    const auto query = control::parse_call_query(call.request.header.query);
    control::require_known(query.filter, emulator_.services(), calls_);
    auto& workers = call.request.workers;
    if (query.follow) {
        co_return control::follow_calls(calls_, query, workers);
    }
    co_return co_await control::list_calls(calls_, query, workers);
}

asio::awaitable<StreamAnswer> Control::import_image(const Call& call)
{
    co_return co_await control::import_image(emulator_, call.request, call.caller);
}

asio::awaitable<StreamAnswer> Control::export_disk(const Call& call)
{
    co_return co_await control::export_disk(emulator_, call.request, call.rest, call.caller);
}

asio::awaitable<StreamAnswer> Control::save(const Call& call)
{
    require_no_query(call.request);
    co_return co_await control::save_server(emulator_, call.request.workers);
}

std::span<const Control::Route> Control::routes()
{
    static constexpr std::array<std::string_view, 2> kRead = {"GET", "HEAD"};
    static constexpr std::array<std::string_view, 4> kSetting = {"GET", "HEAD", "PUT", "POST"};
    static constexpr std::array<std::string_view, 3> kReadAndPost = {"GET", "HEAD", "POST"};
    static constexpr std::array<std::string_view, 1> kPost = {"POST"};
    static constexpr std::array<std::string_view, 2> kUpload = {"POST", "PUT"};
    static constexpr std::array<std::string_view, 1> kGet = {"GET"};
    static constexpr std::array<Route, 17> kRoutes = {{
        {kHealthPath, kRead, &Control::show_health},
        {kResetPath, kPost, &Control::reset},
        {kClockPath, kSetting, &Control::clock},
        {kDelaysPath, kSetting, &Control::delays},
        {kAccountsPath, kSetting, &Control::accounts},
        {kRegionsPath, kSetting, &Control::regions},
        {kQuotasPath, kSetting, &Control::quotas},
        {kInstanceEventsPath, kReadAndPost, &Control::instance_events},
        {kSpacePath, kRead, &Control::show_space},
        {kCostPath, kGet, &Control::show_cost},
        {kCallsPath, kGet, &Control::show_calls},
        {kImportPath, kUpload, &Control::import_image},
        {kExportPath, kGet, &Control::export_disk},
        {kSavePath, kGet, &Control::save},
        // What people's tests call already, of LocalStack and of moto.
        {kLocalStackHealthPath, kRead, &Control::show_localstack_health},
        {"/_localstack/state/reset", kPost, &Control::reset},
        {"/moto-api/reset", kPost, &Control::reset},
    }};
    return kRoutes;
}

asio::awaitable<StreamAnswer> Control::route(const StreamRequest& request, Caller& caller)
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
    const Call call{request, path.substr(route->path.size()), caller};
    co_return co_await (this->*route->handle)(call);
}

}  // namespace amilab
