#include "server/wire/json_request.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/wire/query.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab::wire {
namespace {

namespace json = boost::json;

/// Far longer than any member's name.
constexpr std::size_t kMostNameBytes = 128;

std::string_view view(json::string_view text)
{
    return {text.data(), text.size()};
}

/// Takes a body's JSON apart. Depth and number of values are bounded here, so that paths are.
class Flattener {
public:
    explicit Flattener(std::vector<NamedValue>& into) : into_(into) {}

    void object(const json::object& object, const std::string& path, std::size_t level)
    {
        for (const auto& [key, value] : object) {
            const auto name = view(key);
            const bool is_plain = !name.empty() && name.size() <= kMostNameBytes &&
                                  name.find('.') == std::string_view::npos;
            if (!is_plain) {
                throw unknown_member(name);
            }
            // Null is how absent members are written.
            if (!value.is_null()) {
                add(value, path.empty() ? std::string(name) : fmt::format("{}.{}", path, name),
                    level);
            }
        }
    }

private:
    void add(const json::value& value, std::string path, std::size_t level)
    {
        if (level > Parameters::kMostLevels || into_.size() >= Parameters::kMostParameters) {
            throw serialization_error("The request holds too many values");
        }
        switch (value.kind()) {
            case json::kind::object:
                into_.push_back({path, {}, Form::kObject});
                return object(value.get_object(), path, level + 1);
            case json::kind::array:
                into_.push_back({path, {}, Form::kArray});
                return array(value.get_array(), path, level + 1);
            case json::kind::string:
                into_.push_back(
                    {std::move(path), std::string(view(value.get_string())), Form::kString});
                return;
            case json::kind::bool_:
                into_.push_back(
                    {std::move(path), value.get_bool() ? "true" : "false", Form::kBoolean});
                return;
            case json::kind::int64:
                into_.push_back(
                    {std::move(path), std::to_string(value.get_int64()), Form::kNumber});
                return;
            case json::kind::uint64:
                into_.push_back(
                    {std::move(path), std::to_string(value.get_uint64()), Form::kNumber});
                return;
            case json::kind::double_:
                into_.push_back(
                    {std::move(path), fmt::format("{}", value.get_double()), Form::kNumber});
                return;
            case json::kind::null:
                throw serialization_error("Null found where not expected");
        }
    }

    void array(const json::array& array, const std::string& path, std::size_t level)
    {
        if (array.size() > Parameters::kMostListMembers) {
            throw serialization_error("The request holds too many values");
        }
        std::size_t number = 0;
        for (const auto& value : array) {
            add(value, fmt::format("{}.{}", path, ++number), level);
        }
    }

    std::vector<NamedValue>& into_;
};

void read_body(std::string_view body, std::vector<NamedValue>& into)
{
    // A body of nothing is a request without members (observed of SDKs).
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return;
    }
    boost::system::error_code error;
    const auto value = json::parse(json::string_view(body.data(), body.size()), error);
    if (error) {
        throw serialization_error(fmt::format("The body is no JSON: {}", error.message()));
    }
    if (!value.is_object()) {
        throw serialization_error("The body is no JSON object");
    }
    Flattener(into).object(value.get_object(), {}, 1);
}

std::string decoded(std::string_view text)
{
    auto result = percent_decoded(text);
    if (!result) {
        throw serialization_error("A percent sign is not followed by two hex digits");
    }
    if (!is_utf8(*result)) {
        throw serialization_error("The path or query is not UTF-8");
    }
    return std::move(*result);
}

std::vector<std::string_view> segments_of(std::string_view path)
{
    std::vector<std::string_view> segments;
    if (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    for (;;) {
        const auto slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            return segments;
        }
        path.remove_prefix(slash + 1);
    }
}

/// Of "{identifier}": identifier; else empty.
std::string_view label(std::string_view segment)
{
    return segment.starts_with('{') ? segment.substr(1, segment.size() - 2) : std::string_view();
}

bool matches(std::string_view uri, const std::vector<std::string_view>& path)
{
    const auto pattern = segments_of(uri);
    return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                      [](std::string_view wanted, std::string_view got) {
                          return label(wanted).empty() ? wanted == got : !got.empty();
                      });
}

const Member* find_at(const OperationSchema& operation, Location location, std::string_view name)
{
    const auto& rows = operation.input->rows;
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Member& member) {
        return member.location == location && member.wire_name == name;
    });
    return found == rows.end() ? nullptr : &*found;
}

void read_path(const OperationSchema& operation, std::string_view path,
               std::vector<NamedValue>& into)
{
    const auto pattern = segments_of(operation.uri);
    const auto segments = segments_of(path);
    for (std::size_t i = 0; i < pattern.size() && i < segments.size(); ++i) {
        if (const auto* member = find_at(operation, Location::kUri, label(pattern[i]))) {
            into.push_back({std::string(member->name), decoded(segments[i]), Form::kText});
        }
    }
}

void read_query(const OperationSchema& operation, std::string_view query,
                std::vector<NamedValue>& into)
{
    if (query.empty()) {
        return;
    }
    const auto parameters = split_query(query);
    if (!parameters) {
        throw serialization_error("The query string contains a syntax error");
    }
    std::size_t count = 0;
    for (const auto& parameter : *parameters) {
        const auto name = decoded(parameter.key);
        if (name.empty() || is_common_parameter(name)) {
            continue;
        }
        const auto* member = find_at(operation, Location::kQuery, name);
        if (member == nullptr) {
            throw unknown_member(name);
        }
        if (into.size() >= Parameters::kMostListMembers) {
            throw serialization_error("The request holds too many values");
        }
        const bool is_again = member->kind != Kind::kList &&
                              std::any_of(into.begin(), into.end(), [&](const NamedValue& one) {
                                  return one.path == member->name;
                              });
        if (is_again) {
            throw serialization_error(
                fmt::format("The parameter {} is given more than once", name));
        }
        const auto path = member->kind == Kind::kList ? fmt::format("{}.{}", member->name, ++count)
                                                      : std::string(member->name);
        into.push_back({path, decoded(parameter.value), Form::kText});
    }
}

void read_headers(const OperationSchema& operation, const JsonRequest& request,
                  std::vector<NamedValue>& into)
{
    for (const auto& member : operation.input->rows) {
        if (member.location != Location::kHeader || !request.header) {
            continue;
        }
        if (const auto value = request.header(member.wire_name)) {
            if (!is_utf8(*value)) {
                throw serialization_error("A header is not UTF-8");
            }
            into.push_back({std::string(member.name), std::string(*value), Form::kText});
        }
    }
}

}  // namespace

std::string_view action_of_target(std::string_view target, const ServiceSchema& service)
{
    const auto dot = target.rfind('.');
    if (service.target_prefix.empty() || dot == std::string_view::npos ||
        target.substr(0, dot) != service.target_prefix) {
        return {};
    }
    return target.substr(dot + 1);
}

const OperationSchema* match_route(const ServiceSchema& service, std::string_view method,
                                   std::string_view path)
{
    const auto segments = segments_of(path);
    for (const auto* operation : service.operations) {
        if (operation->method == method && matches(operation->uri, segments)) {
            return operation;
        }
    }
    return nullptr;
}

std::vector<NamedValue> read_json_members(const OperationSchema&, const JsonRequest& request)
{
    std::vector<NamedValue> members;
    read_body(request.body, members);
    return members;
}

std::vector<NamedValue> read_rest_json_members(const OperationSchema& operation,
                                               const JsonRequest& request)
{
    std::vector<NamedValue> members;
    if (!operation.has_payload) {
        read_body(request.body, members);
        for (const auto& member : members) {
            const auto name = std::string_view(member.path).substr(0, member.path.find('.'));
            // What belongs into the path may not come by the body.
            for (const auto& row : operation.input->rows) {
                if (row.name == name && row.location != Location::kBody) {
                    throw unknown_member(name);
                }
            }
        }
    }
    read_path(operation, request.path, members);
    read_query(operation, request.query, members);
    read_headers(operation, request, members);
    return members;
}

}  // namespace amilab::wire
