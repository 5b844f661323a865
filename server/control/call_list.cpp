#include "server/control/call_list.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json.hpp>

#include "server/control/query.h"
#include "server/http/message.h"
#include "server/log/log.h"
#include "server/wire/schema.h"
#include "server/wire/types.h"
#include "storage/base/nearest.h"

namespace amilab::control {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// Of calls that a list has without being told how many.
constexpr std::size_t kUsualCalls = 1'000;
/// Whether a client is still there shows when something is sent to it.
constexpr std::chrono::seconds kBetweenComments{5};

[[noreturn]] void refuse_value(std::string_view name, std::string_view value,
                               std::string_view expected)
{
    throw http::HttpError(400, fmt::format("{} is {}; expected {}", name, value, expected));
}

void parse_status(const std::string& text, CallFilter& filter)
{
    constexpr std::size_t kDigits = 3;
    const bool is_class = text.size() == kDigits && text.ends_with("xx") && text.front() >= '2' &&
                          text.front() <= '5';
    if (is_class) {
        filter.least_status = (text.front() - '0') * 100;
        filter.most_status = filter.least_status + 99;
    } else if (const auto status = parse_number(text); status && text.size() == kDigits) {
        filter.least_status = static_cast<int>(*status);
        filter.most_status = filter.least_status;
    } else {
        refuse_value("status", text, "one such as 200, or 2xx, 3xx, 4xx or 5xx");
    }
}

void parse_since(const std::string& text, CallQuery& query)
{
    if (const auto number = parse_number(text)) {
        query.after = number;
        return;
    }
    const auto time = wire::parse_timestamp(text);
    if (!time) {
        refuse_value("since", text, "a call's number, or a time such as 2026-01-02T03:04:05Z");
    }
    query.filter.since_ms = time->ms;
}

bool is_wanted(const std::optional<std::string>& wanted, std::string_view text)
{
    return !wanted || *wanted == text;
}

/// What JSON can carry of any bytes.
json::string text_of(std::string_view text)
{
    return wire::is_utf8(text) ? json::string(json::string_view(text))
                               : json::string(json::string_view(log::as_text(text, text.size())));
}

json::value text_or_null(std::string_view text)
{
    return text.empty() ? json::value() : json::value(text_of(text));
}

json::object shown(const ShownParameters& parameters)
{
    constexpr std::string_view kLeftOut = "...";
    json::object all;
    parameters.for_each([&](const ShownParameters::One& one) {
        auto value = text_of(one.value);
        if (one.is_cut) {
            value += kLeftOut;
        }
        all.emplace(text_of(one.path), std::move(value));
    });
    if (parameters.is_cut()) {
        all.emplace(kLeftOut, kLeftOut);
    }
    return all;
}

std::string render(const CallRecord& call)
{
    const std::chrono::duration<double, std::milli> taken = call.taken;
    return json::serialize(
        json::object{{"number", call.number},
                     {"time", wire::format_timestamp({call.time_ms})},
                     {"request_id", text_or_null(call.request_id)},
                     {"account", text_or_null(call.account)},
                     {"region", text_or_null(call.region)},
                     {"service", text_or_null(call.service)},
                     {"operation", text_or_null(call.operation)},
                     {"parameters", shown(call.parameters)},
                     {"status", call.status == 0 ? json::value() : json::value(call.status)},
                     {"code", text_or_null(call.error.code)},
                     {"message", text_or_null(call.error.message)},
                     {"parameter", text_or_null(call.error.parameter)},
                     {"milliseconds", std::round(taken.count() * 1000) / 1000}});
}

CallRing::Matches matching(const CallFilter& filter)
{
    return [filter](const CallRecord& call) { return filter.matches(call); };
}

/// A list, piece by piece, so that neither it nor the calls have to be held as a whole: who reads
/// slowly finds those missing that were forgotten meanwhile.
class CallList {
public:
    CallList(const CallRing& calls, const CallQuery& query, Workers& workers)
        : calls_(calls),
          matches_(matching(query.filter)),
          workers_(workers),
          last_(calls.last_number())
    {
        const auto limit = query.limit.value_or(kUsualCalls);
        at_ = std::max(query.after.value_or(0), calls.before_last(limit, matches_));
    }

    /// Empty at the end.
    asio::awaitable<std::string> next()
    {
        if (is_done_) {
            co_return std::string();
        }
        const auto part = calls_.part(at_, last_, matches_);
        at_ = part.through;
        is_done_ = at_ >= last_;
        auto text = co_await workers_.run([&] { return render_part(part); });
        co_return text;
    }
    bool is_done() const { return is_done_; }

private:
    std::string render_part(const CallRing::Part& part)
    {
        std::string text = is_begun_ ? "" : "{\"calls\":[";
        is_begun_ = true;
        for (const auto& call : part.calls) {
            text += has_calls_ ? ",\n" : "\n";
            text += render(*call);
            has_calls_ = true;
        }
        if (is_done_) {
            text += fmt::format("{}],\"last\":{}}}\n", has_calls_ ? "\n" : "", last_);
        }
        return text;
    }

    const CallRing& calls_;
    CallRing::Matches matches_;
    Workers& workers_;
    std::uint64_t last_;
    std::uint64_t at_ = 0;
    bool is_begun_ = false;
    bool has_calls_ = false;
    bool is_done_ = false;
};

asio::awaitable<void> write_text(BodySink& to, const std::string& text)
{
    co_await to.write(std::as_bytes(std::span(text)));
}

asio::awaitable<void> write_list(std::shared_ptr<CallList> list, std::string first, BodySink& to)
{
    for (auto text = std::move(first); !text.empty(); text = co_await list->next()) {
        co_await write_text(to, text);
    }
}

/// One client who follows, and how far it is.
class Following {
public:
    Following(CallRing& calls, const CallQuery& query, Workers& workers)
        : calls_(calls), matches_(matching(query.filter)), workers_(workers), place_(calls.follow())
    {
        if (!place_) {
            throw http::HttpError(
                503, fmt::format("{} clients follow calls already", CallRing::kMostFollowers));
        }
        const auto last = calls.last_number();
        const bool asks_for_former = query.after || query.filter.since_ms || query.limit;
        at_ = asks_for_former ? std::min(query.after.value_or(0), last) : last;
        if (query.limit) {
            at_ = std::max(at_, calls.before_last(*query.limit, matches_));
        }
    }

    asio::awaitable<void> write(BodySink& to)
    {
        co_await write_text(to, ": calls\n\n");  // so that the client knows that it follows
        auto written = std::chrono::steady_clock::now();
        while (!calls_.is_stopped()) {
            auto text = co_await next();
            const auto now = std::chrono::steady_clock::now();
            if (text.empty() && now - written >= kBetweenComments && !calls_.is_stopped()) {
                text = ":\n\n";
            }
            if (!text.empty()) {
                co_await write_text(to, text);
                written = now;
            }
        }
    }

private:
    /// The next events; empty where there is none that is wanted, after some time.
    asio::awaitable<std::string> next()
    {
        const auto part = calls_.part(at_, calls_.last_number(), matches_);
        if (part.through == at_) {
            co_await calls_.wait(kBetweenComments);
            co_return std::string();
        }
        at_ = part.through;
        if (part.calls.empty() && part.lost == 0) {
            co_return std::string();
        }
        auto text = co_await workers_.run([&] { return render_events(part); });
        co_return text;
    }

    static std::string render_events(const CallRing::Part& part)
    {
        std::string text;
        if (part.lost > 0) {
            text += fmt::format("event: lost\ndata: {{\"lost\":{}}}\n\n", part.lost);
        }
        for (const auto& call : part.calls) {
            text += fmt::format("id: {}\ndata: {}\n\n", call->number, render(*call));
        }
        return text;
    }

    CallRing& calls_;
    CallRing::Matches matches_;
    Workers& workers_;
    std::shared_ptr<CallRing::Follower> place_;
    std::uint64_t at_ = 0;
};

void require_service(const std::string& name, const Services& services, const CallRing& calls)
{
    if (services.named(name) != nullptr ||
        calls.has_any([&](const CallRecord& call) { return call.service == name; })) {
        return;
    }
    std::vector<std::string_view> names;
    for (const auto* service : services.all()) {
        names.push_back(service->schema.name);
    }
    refuse_value("service", name, fmt::format("one of {}", fmt::join(names, ", ")));
}

void require_operation(const std::string& name, const Services& services, const CallRing& calls)
{
    std::vector<std::string> names;
    for (const auto* service : services.all()) {
        if (wire::operation_exists(service->schema, name)) {
            return;
        }
        const auto& all = service->schema.operation_names;
        names.insert(names.end(), all.begin(), all.end());
    }
    if (calls.has_any([&](const CallRecord& call) { return call.operation == name; })) {
        return;
    }
    const auto near = nearest(name, names);
    throw http::HttpError(
        400, near ? fmt::format("operation is {}; did you mean {}?", name, *near)
                  : fmt::format("operation is {}; expected one of a service, such as RunInstances",
                                name));
}

}  // namespace

void require_known(const CallFilter& filter, const Services& services, const CallRing& calls)
{
    if (filter.service) {
        require_service(*filter.service, services, calls);
    }
    if (filter.operation) {
        require_operation(*filter.operation, services, calls);
    }
}

bool CallFilter::matches(const CallRecord& call) const
{
    return call.status >= least_status && call.status <= most_status &&
           is_wanted(account, call.account) && is_wanted(service, call.service) &&
           is_wanted(operation, call.operation) && is_wanted(code, call.error.code) &&
           (!since_ms || call.time_ms >= *since_ms);
}

CallQuery parse_call_query(std::string_view query)
{
    const RouteQuery asked(
        query, {"account", "service", "operation", "status", "code", "since", "limit", "follow"});
    CallQuery wanted;
    wanted.filter.account = asked.account_id();
    wanted.filter.service = asked.find("service");
    wanted.filter.operation = asked.find("operation");
    wanted.filter.code = asked.find("code");
    if (const auto status = asked.find("status")) {
        parse_status(*status, wanted.filter);
    }
    if (const auto since = asked.find("since")) {
        parse_since(*since, wanted);
    }
    if (const auto limit = asked.find("limit")) {
        wanted.limit = parse_number(*limit);
        if (!wanted.limit || *wanted.limit > CallRing::kMostCalls) {
            refuse_value("limit", *limit,
                         fmt::format("a number of calls from 0 to {}", CallRing::kMostCalls));
        }
    }
    if (const auto follow = asked.find("follow")) {
        if (*follow != "true" && *follow != "false") {
            refuse_value("follow", *follow, "true or false");
        }
        wanted.follow = *follow == "true";
    }
    return wanted;
}

asio::awaitable<StreamAnswer> list_calls(const CallRing& calls, const CallQuery& query,
                                         Workers& workers)
{
    const auto list = std::make_shared<CallList>(calls, query, workers);
    auto first = co_await list->next();
    StreamAnswer answer{.content_type = "application/json"};
    if (list->is_done()) {
        answer.body = std::move(first);
        co_return answer;
    }
    answer.write = [list, first = std::move(first)](BodySink& to) {
        return write_list(list, first, to);
    };
    co_return answer;
}

StreamAnswer follow_calls(CallRing& calls, const CallQuery& query, Workers& workers)
{
    const auto following = std::make_shared<Following>(calls, query, workers);
    return {.content_type = "text/event-stream",
            .headers = {{"Cache-Control", "no-store"}},
            .write = [following](BodySink& to) { return following->write(to); }};
}

}  // namespace amilab::control
