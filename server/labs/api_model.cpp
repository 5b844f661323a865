#include "server/labs/api_model.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "server/labs/lab_error.h"
#include "server/labs/reading.h"
#include "server/labs/xml_answer.h"
#include "server/wire/json.h"
#include "server/wire/protocols.h"

namespace amilab::labs {

namespace json = boost::json;

namespace {

const json::object& shape_of(const json::object& service, std::string_view name)
{
    return service.at("shapes").as_object().at(name).as_object();
}

const json::object& operation_of(const json::object& service, const ModelCall& call)
{
    const auto* found = service.at("operations").as_object().if_contains(call.operation);
    if (found == nullptr) {
        throw LabFault(
            fmt::format("there is no operation {} of {} here", call.operation, call.service));
    }
    return found->as_object();
}

std::string encoded(std::string_view text, bool keeps_slashes = false)
{
    constexpr auto kKept = boost::urls::unreserved_chars;
    return keeps_slashes ? boost::urls::encode(text, kKept + boost::urls::grammar::lut_chars('/'))
                         : boost::urls::encode(text, kKept);
}

/// A scalar as forms, paths and headers have it.
std::string plain(const json::value& value)
{
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

/// Takes the parameters of a call apart by the shapes of its operation.
class ParameterWalk {
public:
    using Take = std::function<void(const std::string& path, const json::value& value)>;

    ParameterWalk(const json::object& service, const ModelCall& call, std::string_view list_part,
                  Take take)
        : service_(service), call_(call), list_part_(list_part), take_(std::move(take))
    {
    }

    void structure(const std::string& path, const json::object& shape, const json::object& values)
    {
        const auto& members = shape.at("members").as_object();
        for (const auto& [name, value] : values) {
            const auto* member = members.if_contains(name);
            if (member == nullptr) {
                fail(fmt::format("{} takes no parameter {}", call_.operation,
                                 std::string_view(name)));
            }
            const auto& facts = member->as_object();
            const auto wire_name = text_of(facts, "in");
            one(path.empty() ? std::string(wire_name) : fmt::format("{}.{}", path, wire_name), name,
                facts, value);
        }
    }

private:
    [[noreturn]] static void fail(const std::string& what) { throw LabFault(what); }

    void one(const std::string& path, std::string_view name, const json::object& facts,
             const json::value& value)
    {
        const auto shape_name = text_of(facts, "shape");
        if (shape_name.empty()) {
            if (value.is_structured() || value.is_null()) {
                fail(fmt::format("{} is no text, number or truth value", name));
            }
            return take_(path, value);
        }
        const auto& shape = shape_of(service_, shape_name);
        if (text_of(shape, "type") == "list") {
            return list(path, name, shape, value);
        }
        if (!value.is_object()) {
            fail(fmt::format("{} is no object", name));
        }
        structure(path, shape, value.get_object());
    }

    void list(const std::string& path, std::string_view name, const json::object& shape,
              const json::value& value)
    {
        if (!value.is_array()) {
            fail(fmt::format("{} is no list", name));
        }
        std::size_t number = 0;
        for (const auto& item : value.get_array()) {
            one(fmt::format("{}{}.{}", path, list_part_, ++number), name,
                shape.at("item").as_object(), item);
        }
    }

    const json::object& service_;
    const ModelCall& call_;
    std::string_view list_part_;
    Take take_;
};

HttpQuestion form_question(const json::object& service, const ModelCall& call,
                           std::string_view list_part)
{
    auto body = fmt::format("Action={}&Version={}", call.operation, text_of(service, "version"));
    ParameterWalk(service, call, list_part,
                  [&](const std::string& path, const json::value& value) {
                      body += fmt::format("&{}={}", path, encoded(plain(value)));
                  })
        .structure({}, shape_of(service, text_of(operation_of(service, call), "input")),
                   call.parameters);
    return {.method = "POST",
            .target = "/",
            .headers = {{"Content-Type", std::string(wire::kFormContentType)}},
            .body = std::move(body)};
}

/// Only looks whether the parameters are ones.
void require_parameters(const json::object& service, const ModelCall& call)
{
    ParameterWalk(service, call, {}, [](const std::string&, const json::value&) {})
        .structure({}, shape_of(service, text_of(operation_of(service, call), "input")),
                   call.parameters);
}

HttpQuestion json_question(const json::object& service, const ModelCall& call)
{
    require_parameters(service, call);
    return {.method = "POST",
            .target = "/",
            .headers = {{"Content-Type", std::string(wire::kJsonContentType)},
                        {"X-Amz-Target",
                         fmt::format("{}.{}", text_of(service, "target_prefix"), call.operation)}},
            .body = json::serialize(call.parameters)};
}

/// Puts a value into the place that a URI keeps for it: {name}, or {name+} for paths.
void fill_uri(std::string& uri, std::string_view name, const std::string& value)
{
    for (const auto* more : {"", "+"}) {
        const auto place = fmt::format("{{{}{}}}", name, more);
        if (const auto at = uri.find(place); at != uri.npos) {
            uri.replace(at, place.size(), encoded(value, *more != '\0'));
        }
    }
}

HttpQuestion rest_question(const json::object& service, const ModelCall& call)
{
    require_parameters(service, call);
    const auto& operation = operation_of(service, call);
    const auto& http = operation.at("http").as_object();
    HttpQuestion question{.method = std::string(text_of(http, "method")),
                          .target = std::string(text_of(http, "uri")),
                          .headers = {},
                          .body = {}};
    json::object body;
    const auto& members = shape_of(service, text_of(operation, "input")).at("members").as_object();
    for (const auto& [name, value] : call.parameters) {
        const auto& facts = members.at(name).as_object();
        const auto location = text_of(facts, "location");
        if (location.empty()) {
            body[name] = value;
        } else if (location == "uri") {
            fill_uri(question.target, text_of(facts, "wire_name"), plain(value));
        } else if (location == "querystring") {
            question.target +=
                fmt::format("{}{}={}", question.target.find('?') == std::string::npos ? "?" : "&",
                            text_of(facts, "wire_name"), encoded(plain(value)));
        } else {
            question.headers.emplace_back(text_of(facts, "wire_name"), plain(value));
        }
    }
    if (question.target.find('{') != std::string::npos) {
        throw LabFault(fmt::format("{} lacks a parameter of its path {}", call.operation,
                                   text_of(http, "uri")));
    }
    if (!body.empty() && text_of(service, "protocol") == "rest-xml") {
        throw LabFault(fmt::format("{} has a body, which checks cannot send", call.operation));
    }
    if (!body.empty()) {
        question.body = json::serialize(body);
        question.headers.emplace_back("Content-Type", wire::kRestJsonContentType);
    }
    return question;
}

/// The part of a code that names it: "com.amazonaws.ssm#ParameterNotFound:http://..." has more.
std::string code_within(std::string_view text)
{
    text = text.substr(0, text.find(':'));
    const auto hash = text.rfind('#');
    return std::string(hash == text.npos ? text : text.substr(hash + 1));
}

/// An answer of a service that speaks JSON.
ModelAnswer json_answer(const HttpReply& reply)
{
    ModelAnswer answer;
    boost::system::error_code error;
    const auto parsed = json::parse(reply.body, error);
    if (!error && parsed.is_object()) {
        answer.members = parsed.get_object();
    }
    if (reply.status < 300) {
        return answer;
    }
    const auto named = find_header(reply.headers, "x-amzn-ErrorType");
    answer.refusal = code_within(!named.empty() ? named : text_of(answer.members, "__type"));
    for (const auto* key : {"message", "Message"}) {
        if (answer.message.empty()) {
            answer.message = text_of(answer.members, key);
        }
    }
    answer.members = {};
    return answer;
}

}  // namespace

ApiModel::ApiModel(std::string_view text) : services_(json::parse(text).as_object()) {}

const json::object& ApiModel::service_of(const ModelCall& call) const
{
    const auto* found = services_.if_contains(call.service);
    if (found == nullptr) {
        throw LabFault(fmt::format("there is no service {} here", call.service));
    }
    return found->as_object();
}

HttpQuestion ApiModel::question(const ModelCall& call) const
{
    const auto& service = service_of(call);
    operation_of(service, call);
    const auto protocol = text_of(service, "protocol");
    if (protocol == "ec2") {
        return form_question(service, call, "");
    }
    if (protocol == "query") {
        return form_question(service, call, ".member");
    }
    return protocol == "json" ? json_question(service, call) : rest_question(service, call);
}

ModelAnswer ApiModel::answer(const ModelCall& call, const HttpReply& reply) const
{
    const auto& service = service_of(call);
    const auto protocol = text_of(service, "protocol");
    auto answer = protocol == "ec2" || protocol == "query"
                      ? xml_answer(service, operation_of(service, call), reply)
                  : protocol == "rest-xml" ? s3_answer(reply)
                                           : json_answer(reply);
    if (reply.status >= 300 && answer.refusal.empty()) {
        answer.refusal = fmt::format("{}", reply.status);  // such as of HEAD, which has no body
    }
    answer.body = reply.body;
    return answer;
}

}  // namespace amilab::labs
