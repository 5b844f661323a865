#include "tests/support/json_message.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/wire/read.h"

namespace amilab::test {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string as_text(const value& value)
{
    return value.is_string() ? std::string(value.get_string().c_str())
                             : boost::json::serialize(value);
}

std::string query_of(const wire::Member& member, const value& sent)
{
    std::string query;
    for (const auto& item : sent.is_array() ? sent.get_array() : array{sent}) {
        query += fmt::format("&{}={}", member.wire_name, url_encoded(as_text(item)));
    }
    return query;
}

void put_into_path(std::string& target, const wire::Member& member, const value& sent)
{
    const auto label = fmt::format("{{{}}}", member.wire_name);
    target.replace(target.find(label), label.size(), url_encoded(as_text(sent)));
}

value scalar(const wire::Member* member, const std::string& text)
{
    if (member != nullptr && member->kind == wire::Kind::kBoolean &&
        (text == "true" || text == "false")) {
        return text == "true";
    }
    const bool is_number = member != nullptr && (member->kind == wire::Kind::kInteger ||
                                                 member->kind == wire::Kind::kLong);
    if (const auto number = is_number ? wire::parse_integer(text) : std::nullopt) {
        return *number;
    }
    return boost::json::string(text);
}

/// The place in `parent` that a part of a member's path names.
value& child_of(value& parent, bool is_list, std::string_view name)
{
    if (!is_list) {
        if (!parent.is_object()) {
            parent.emplace_object();
        }
        return parent.get_object()[name];
    }
    if (!parent.is_array()) {
        parent.emplace_array();
    }
    auto& items = parent.get_array();
    items.resize(std::max(items.size(), static_cast<std::size_t>(std::stoul(std::string(name)))));
    return items.back();
}

/// `at` is what `member` describes; without one the schema does not know it.
void put(value& at, const wire::Member* member, std::string_view path, const std::string& text)
{
    if (path.empty()) {
        at = scalar(member, text);
        return;
    }
    const auto dot = std::min(path.find('.'), path.size());
    const auto name = path.substr(0, dot);
    const bool is_list = member != nullptr && member->kind == wire::Kind::kList;
    const wire::Member* below = nullptr;
    if (member != nullptr && member->members != nullptr) {
        below = is_list ? &member->members->rows.front() : find_member(*member->members, name);
    }
    put(child_of(at, is_list, name), below, path.substr(std::min(dot + 1, path.size())), text);
}

}  // namespace

JsonMessage message_of(const wire::ServiceSchema& service, const wire::OperationSchema& operation,
                       const object& members)
{
    JsonMessage message{
        .method = std::string(operation.method), .target = {}, .body = {}, .headers = {}};
    if (service.protocol == wire::Protocol::kJson) {
        return {.method = "POST",
                .target = "/",
                .body = boost::json::serialize(members),
                .headers = {
                    {"x-amz-target", fmt::format("{}.{}", service.target_prefix, operation.name)}}};
    }
    message.target = operation.uri;
    std::string query;
    object body;
    for (const auto& [name, sent] : members) {
        const auto* member = find_member(*operation.input, {name.data(), name.size()});
        const auto location = member != nullptr ? member->location : wire::Location::kBody;
        switch (location) {
            case wire::Location::kBody:
                body[name] = sent;
                break;
            case wire::Location::kUri:
                put_into_path(message.target, *member, sent);
                break;
            case wire::Location::kQuery:
                query += query_of(*member, sent);
                break;
            case wire::Location::kHeader:
                message.headers.emplace_back(member->wire_name, as_text(sent));
                break;
        }
    }
    if (!query.empty()) {
        query.front() = '?';
    }
    message.target += query;
    message.body = boost::json::serialize(body);
    return message;
}

JsonMessage message_of(const wire::ServiceSchema& service, const wire::OperationSchema& operation,
                       const Parameters& parameters)
{
    const wire::Member root{.name = {}, .kind = wire::Kind::kStructure, .members = operation.input};
    value members = object();
    std::string payload;
    for (const auto& [name, text] : parameters) {
        if (name == kPayload) {
            payload = text;
        } else {
            put(members, &root, name, text);
        }
    }
    auto message = message_of(service, operation, members.get_object());
    if (operation.has_payload) {
        message.body = std::move(payload);
    }
    return message;
}

}  // namespace amilab::test
