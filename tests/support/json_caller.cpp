#include "tests/support/json_caller.h"

#include <algorithm>
#include <cctype>

#include <gtest/gtest.h>

#include "tests/support/json_message.h"

namespace amilab::test {

namespace {

bool is_same_header(std::string_view left, std::string_view right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    });
}

const boost::json::value* find(const boost::json::value& json, std::string_view path)
{
    boost::system::error_code error;
    const auto* found = json.find_pointer(path, error);
    return error ? nullptr : found;
}

JsonAnswer read_answer(ApiAnswer answer)
{
    JsonAnswer result;
    result.status = answer.status;
    result.body = std::move(answer.body);
    for (auto& [name, value] : answer.headers) {
        result.headers.emplace(name, std::move(value));
    }
    boost::system::error_code error;
    result.json = boost::json::parse(result.body, error);
    if (!result.ok()) {
        const auto type = result.headers.find("x-amzn-ErrorType");
        result.code = type != result.headers.end() ? type->second : result.text("/__type");
        result.message = result.text("/Message") + result.text("/message");
        result.reason = result.text("/Reason");
    }
    return result;
}

}  // namespace

std::string JsonAnswer::text(std::string_view path) const
{
    const auto* found = find(json, path);
    if (found == nullptr) {
        return {};
    }
    return found->is_string() ? std::string(found->get_string().c_str())
                              : boost::json::serialize(*found);
}

std::size_t JsonAnswer::size(std::string_view path) const
{
    const auto* found = find(json, path);
    return found != nullptr && found->is_array() ? found->get_array().size() : 0;
}

JsonAnswer JsonCaller::call(std::string_view method, std::string_view target, std::string_view body,
                            const Parameters& headers) const
{
    const auto question = std::min(target.find('?'), target.size());
    const auto authorization = authorization_of(account_, region_, service_);
    const auto header = [&](std::string_view name) -> std::optional<std::string_view> {
        for (const auto& [given, value] : headers) {
            if (is_same_header(given, name)) {
                return value;
            }
        }
        return std::nullopt;
    };
    auto call =
        emulator_.emulator().parse({.method = method,
                                    .path = target.substr(0, question),
                                    .query = target.substr(std::min(question + 1, target.size())),
                                    .content_type = "application/json",
                                    .authorization = authorization,
                                    .header = header},
                                   body);
    return read_answer(call.run());
}

JsonAnswer JsonCaller::call(std::string_view method, std::string_view target,
                            const boost::json::object& body) const
{
    return call(method, target, boost::json::serialize(body));
}

JsonAnswer JsonCaller::call_operation(std::string_view action, const Parameters& parameters) const
{
    const auto& service = test_services().named(service_)->schema;
    const auto message = message_of(service, *wire::find_operation(service, action), parameters);
    return call(message.method, message.target, message.body, message.headers);
}

void keep_deleted_snapshots(TestEmulator& emulator)
{
    const boost::json::object period{{"RetentionPeriodValue", 7}, {"RetentionPeriodUnit", "DAYS"}};
    const auto answer = JsonCaller(emulator, "rbin")
                            .call("POST", "/rules",
                                  boost::json::object{{"ResourceType", "EBS_SNAPSHOT"},
                                                      {"RetentionPeriod", period}});
    EXPECT_TRUE(answer.ok()) << answer.body;
}

}  // namespace amilab::test
