#include "server/front/call_line.h"

#include <iterator>
#include <vector>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

#include "server/calls/shown_parameters.h"
#include "server/log/log.h"
#include "server/wire/query.h"

namespace amilab {

namespace {

constexpr std::size_t kMostQueryBytes = 1024;
const std::vector<wire::QueryParameter> kNoQuery;

/// What looks like a token that was put into the query string by mistake is left out.
std::string shown_query(std::string_view query)
{
    std::string shown;
    for (const auto& [key, value] : wire::split_query(query).value_or(kNoQuery)) {
        const bool is_token = boost::algorithm::icontains(key, "token");
        fmt::format_to(std::back_inserter(shown), "{}{}={}", shown.empty() ? "" : " ", key,
                       is_token ? fmt::format("({} bytes)", value.size()) : value);
    }
    return shown;
}

}  // namespace

CallLine::CallLine(const http::Request& request)
{
    if (log::writes(log::Level::kInfo)) {
        begun_ = std::chrono::steady_clock::now();
        operation_ = fmt::format("{}:{}", request.method, request.path);
    }
}

void CallLine::tell(const ApiCall& call)
{
    if (!log::writes(log::Level::kInfo)) {
        return;
    }
    request_id_ = call.request_id();
    account_ = call.caller().account;
    region_ = call.caller().region;
    service_ = call.service_name();
    if (const auto operation = call.operation_name(); !operation.empty()) {
        operation_ = operation;
    }
    if (call.parameters() != nullptr && log::writes(log::Level::kDebug)) {
        if (const auto parameters = shown_parameters(*call.parameters()); !parameters.empty()) {
            log::debug("{} {}", request_id_, parameters);
        }
    }
}

void CallLine::tell_control(const http::Request& request)
{
    if (!log::writes(log::Level::kInfo)) {
        return;
    }
    service_ = "control";
    for (const auto& [key, value] : wire::split_query(request.query).value_or(kNoQuery)) {
        if (key == "account") {
            account_ = value;
        } else if (key == "region") {
            region_ = value;
        }
    }
    if (!request.query.empty() && log::writes(log::Level::kDebug)) {
        log::debug("- {}", log::as_text(shown_query(request.query), kMostQueryBytes));
    }
}

void CallLine::tell_error(std::string_view code)
{
    error_code_ = code;
}

void CallLine::write(int status) const
{
    if (!log::writes(log::Level::kInfo)) {
        return;
    }
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - begun_;
    log::info("{} {} {} {} {} {} {} {:.2f}", log::as_word(request_id_), log::as_word(account_),
              log::as_word(region_), log::as_word(service_), log::as_word(operation_),
              status == 0 ? "-" : std::to_string(status), log::as_word(error_code_), taken.count());
}

}  // namespace amilab
