#include "server/front/call_line.h"

#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

#include "server/log/log.h"
#include "server/wire/query.h"
#include "server/wire/types.h"

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

CallLine::CallLine(const http::Request& request, CallRing& calls)
    : calls_(calls),
      begun_(std::chrono::steady_clock::now()),
      record_(std::make_shared<CallRecord>())
{
    record_->operation.append(request.method)
        .append(":")
        .append(wire::beginning(request.path, CallRecord::kMostNameBytes));
}

void CallLine::tell(const ApiCall& call)
{
    record_->tell(call);
    if (!record_->parameters.empty() && log::writes(log::Level::kDebug)) {
        log::debug("{} {}", record_->request_id, record_->parameters.line());
    }
}

void CallLine::tell_control(const http::Request& request)
{
    is_control_ = true;
    if (!log::writes(log::Level::kInfo)) {
        return;
    }
    record_->service = "control";
    if (!request.query.empty() && log::writes(log::Level::kDebug)) {
        log::debug("- {}", log::as_text(shown_query(request.query), kMostQueryBytes));
    }
}

void CallLine::tell_caller(const Caller& caller)
{
    record_->account = caller.account;
    record_->region = caller.region;
}

void CallLine::tell(AnsweredError error, const wire::Parameters* parameters)
{
    record_->tell(std::move(error), parameters);
}

void CallLine::write(int status)
{
    record_->status = status;
    record_->taken = std::chrono::steady_clock::now() - begun_;
    if (log::writes(log::Level::kInfo)) {
        const std::chrono::duration<double, std::milli> taken = record_->taken;
        log::info("{} {} {} {} {} {} {} {:.2f}", log::as_word(record_->request_id),
                  log::as_word(record_->account), log::as_word(record_->region),
                  log::as_word(record_->service), log::as_word(record_->operation),
                  status == 0 ? "-" : std::to_string(status), log::as_word(record_->error.code),
                  taken.count());
    }
    if (!is_control_) {
        calls_.add(std::move(record_));
    }
}

}  // namespace amilab
