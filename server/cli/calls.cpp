#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/cli/answers.h"
#include "server/cli/commands.h"
#include "server/cli/complaints.h"
#include "server/cli/control_client.h"
#include "server/cli/standard_output.h"
#include "server/control/paths.h"
#include "storage/base/text.h"

namespace amilab::cli {

namespace json = boost::json;

namespace {

std::string word(const json::value& value)
{
    if (value.is_string()) {
        return std::string(value.get_string());
    }
    return value.is_null() ? "-" : json::serialize(value);
}

/// Text that ends no line and tells a terminal nothing, in quotes where it has spaces.
std::string shown(const json::value& value)
{
    const auto text = word(value);
    const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c <= '~' && c != '"';
    });
    return is_plain ? text : json::serialize(json::string(text));
}

std::string shown_parameters(const json::object& call)
{
    std::string line;
    for (const auto& [path, value] : call.at("parameters").as_object()) {
        line += fmt::format("{}{}={}", line.empty() ? "" : " ", one_line(std::string(path)),
                            shown(value));
    }
    return line;
}

/// A line that says who called what and what became of it, then its parameters, then the refusal.
void print_call(const json::object& call)
{
    const auto line_of = [&](std::string_view key) { return one_line(word(call.at(key))); };
    fmt::print("{} {} {} {} {} {} {} {}\n", line_of("time"), line_of("account"), line_of("region"),
               line_of("service"), shown(call.at("operation")), line_of("status"), line_of("code"),
               line_of("parameter"));
    if (const auto line = shown_parameters(call); !line.empty()) {
        fmt::print("    {}\n", line);
    }
    if (!call.at("message").is_null()) {
        fmt::print("    {}\n", line_of("message"));
    }
}

void print_one(const json::value& call, bool as_json)
{
    if (as_json) {
        fmt::print("{}\n", json::serialize(call));
    } else {
        print_call(call.as_object());
    }
}

/// Takes server-sent events in pieces of any size.
class EventParser {
public:
    using Take = std::function<void(std::string_view event, std::string_view data)>;
    explicit EventParser(Take take) : take_(std::move(take)) {}

    void take(std::string_view piece)
    {
        rest_ += piece;
        std::size_t start = 0;
        for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', start)) {
            take_line(std::string_view(rest_).substr(start, end - start));
            start = end + 1;
        }
        rest_.erase(0, start);
    }
    /// Of an event that has not ended.
    std::size_t begun_bytes() const { return rest_.size(); }

private:
    void take_line(std::string_view line)
    {
        constexpr std::string_view kEvent = "event: ";
        constexpr std::string_view kData = "data: ";
        if (line.starts_with(kEvent)) {
            event_ = line.substr(kEvent.size());
        } else if (line.starts_with(kData)) {
            data_ = line.substr(kData.size());
        } else if (line.empty() && !data_.empty()) {
            take_(event_, data_);
            event_.clear();
            data_.clear();
        }
    }

    Take take_;
    std::string rest_;
    std::string event_;
    std::string data_;
};

std::string_view text_of(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void follow(ControlClient& client, const ControlClient::Parameters& parameters, bool as_json)
{
    EventParser events([&](std::string_view event, std::string_view data) {
        read_answer(client.url(), kCallsPath, data, [&](const json::value& value) {
            if (event == "lost") {
                complain(fmt::format("{} calls came faster than they were read",
                                     word(value.at("lost"))));
            } else {
                print_one(value, as_json);
            }
        });
    });
    client.download(kCallsPath, parameters, kEventStream, [&](std::span<const std::byte> bytes) {
        events.take(text_of(bytes));
        if (events.begun_bytes() > kMostAnswerBytes) {
            throw odd_answer(client.url(), kCallsPath);
        }
        flush_output();
    });
}

void list(ControlClient& client, const ControlClient::Parameters& parameters, bool as_json)
{
    read_answer(client.url(), kCallsPath, client.fetch(kCallsPath, parameters),
                [&](const json::value& answer) {
                    for (const auto& call : answer.at("calls").as_array()) {
                        print_one(call, as_json);
                    }
                });
}

}  // namespace

int calls(const CallOptions& options)
{
    ControlClient::Parameters parameters = {
        {"account", options.account},     {"service", options.service},
        {"operation", options.operation}, {"status", options.status},
        {"code", options.code},           {"since", options.since},
        {"limit", options.limit}};
    auto client = client_of(options.server);
    if (options.follow) {
        parameters.emplace_back("follow", "true");
        follow(client, parameters, options.as_json);
    } else {
        list(client, parameters, options.as_json);
    }
    return 0;
}

}  // namespace amilab::cli
