#include "server/wire/check.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "server/wire/read.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab::wire {
namespace {

void check_member(const ParameterNode& node, const Member& member, bool offered);

/// How messages name a parameter: the last part that is a name, its first letter small.
/// Source: "parameter maxResults" (observed).
std::string name_in_messages(const ParameterNode& node)
{
    auto path = node.path;
    auto name = path.substr(path.rfind('.') + 1);
    while (name.size() < path.size() && name.find_first_not_of("0123456789") == name.npos) {
        path.remove_suffix(name.size() + 1);
        name = path.substr(path.rfind('.') + 1);
    }
    std::string text(name);
    if (!text.empty()) {
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    }
    return text;
}

/// How constraints name a parameter: "policyArns.1.member.arn". Source: observed of STS.
std::string member_path(const ParameterNode& node)
{
    std::string text;
    for (std::string_view rest = node.path; !rest.empty();) {
        const auto part = rest.substr(0, rest.find('.'));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        text += text.empty() ? "" : ".";
        text += static_cast<char>(std::tolower(static_cast<unsigned char>(part.front())));
        text += part.substr(1);
        text += part.find_first_not_of("0123456789") == part.npos ? ".member" : "";
    }
    return text;
}

ApiError invalid(const ParameterNode& node, std::string_view why)
{
    return invalid_parameter_value(name_in_messages(node), node.value, why).of_parameter(node.path);
}

/// A value beyond its bounds, as EC2 refuses it, with what services of the query protocol say.
struct OutOfBounds : ApiError {
    OutOfBounds(const ParameterNode& node, std::string_view why, std::string_view what,
                std::string_view order, std::int64_t bound)
        : ApiError(invalid(node, why)),
          constraint(constraint_failure(
              fmt::format("'{}'", node.value), member_path(node),
              fmt::format("Member must have {} {} than or equal to {}", what, order, bound)))
    {
    }

    std::string constraint;
};

/// Source: code and frame observed of STS.
ApiError of_query(const OutOfBounds& refusal)
{
    return ApiError("ValidationError", constraints_failed({refusal.constraint}, {}).what())
        .of_parameter(refusal.parameter);
}

/// A number in the place of a name says little; its path does.
ApiError unknown(const ParameterNode& node)
{
    const bool is_number =
        !node.name.empty() && node.name.find_first_not_of("0123456789") == std::string_view::npos;
    return unknown_parameter(is_number || node.name.empty() ? node.path : node.name)
        .of_parameter(node.path);
}

void check_bounds(const ParameterNode& node, const Member& member, std::int64_t number)
{
    // Source: "Expecting a value greater than 5." for 1, though 5 is taken (observed); the upper
    // bound in the same words (assumed).
    if (number < member.min) {
        throw OutOfBounds(node, fmt::format("Expecting a value greater than {}.", member.min),
                          "value", "greater", member.min);
    }
    if (number > member.max) {
        throw OutOfBounds(node, fmt::format("Expecting a value less than {}.", member.max), "value",
                          "less", member.max);
    }
}

void check_number(const ParameterNode& node, const Member& member)
{
    const auto number = parse_integer(node.value);
    if (!number) {
        throw invalid(node, "Expecting an integer.");
    }
    check_bounds(node, member, *number);
}

void check_double(const ParameterNode& node, const Member& member)
{
    const auto number = parse_double(node.value);
    if (!number) {
        throw invalid(node, "Expecting a number.");
    }
    if (*number < static_cast<double>(member.min)) {
        throw invalid(node, fmt::format("Expecting a value greater than {}.", member.min));
    }
    if (*number > static_cast<double>(member.max)) {
        throw invalid(node, fmt::format("Expecting a value less than {}.", member.max));
    }
}

void check_string(const ParameterNode& node, const Member& member)
{
    if (!member.values.empty() &&
        !std::binary_search(member.values.begin(), member.values.end(), node.value)) {
        throw invalid(node, "");
    }
    const auto length = static_cast<std::int64_t>(characters(node.value));
    const auto why = [&] {
        return fmt::format("Expecting {} to {} characters.", std::max<std::int64_t>(member.min, 0),
                           member.max);
    };
    if (length < member.min) {
        throw OutOfBounds(node, why(), "length", "greater", member.min);
    }
    if (length > member.max) {
        throw OutOfBounds(node, why(), "length", "less", member.max);
    }
}

void check_scalar(const ParameterNode& node, const Member& member)
{
    switch (member.kind) {
        case Kind::kString:
            return check_string(node, member);
        case Kind::kInteger:
        case Kind::kLong:
            return check_number(node, member);
        case Kind::kDouble:
            return check_double(node, member);
        case Kind::kBoolean:
            if (!parse_boolean(node.value)) {
                throw invalid(node, "Expecting true or false.");
            }
            return;
        case Kind::kTimestamp:
            if (!parse_timestamp(node.value)) {
                throw invalid(node, "Expecting a time in the ISO 8601 format.");
            }
            return;
        case Kind::kBlob:
            if (!decode_base64(node.value)) {
                throw invalid(node, "Invalid BASE64 encoding.");
            }
            return;
        case Kind::kStructure:
        case Kind::kList:
            return;
    }
}

/// A parameter that amilab does not act on: only its documented default passes, or no value at all.
/// Source: clients send what their users left out with an empty value (observed).
void check_default(const ParameterNode& node, const Member& member)
{
    if (node.value.empty()) {
        return;
    }
    check_scalar(node, member);
    const bool is_default =
        member.accepted.data() != nullptr &&
        (member.kind == Kind::kBoolean ? parse_boolean(node.value) == parse_boolean(member.accepted)
                                       : node.value == member.accepted);
    if (!is_default) {
        throw unsupported_parameter(node.path);
    }
}

void check_list(const ParameterNode& node, const Member& member, bool offered)
{
    std::int64_t count = 0;
    for (const auto& child : node.children()) {
        if (child.place == 0) {
            throw unknown(child);
        }
        if (++count > member.max) {
            throw invalid_parameter_value(name_in_messages(node), node.path,
                                          fmt::format("Expecting at most {} values.", member.max))
                .of_parameter(node.path);
        }
        check_member(child, member.members->rows.front(), offered);
    }
    // Source: "Owner=" (observed).
    if (count < member.min) {
        throw missing_parameter(node.path);
    }
}

/// Source: a required list without members counts as missing (assumed).
bool is_present(const ParameterNode& node, const Member& member)
{
    const auto* child = node.child(member.name);
    return child != nullptr && (member.kind != Kind::kList || !child->children().empty());
}

void check_missing(const ParameterNode& node, const Members& members)
{
    for (const auto& member : members.rows) {
        if (member.required && (member.offered || member.accepted.data() != nullptr) &&
            !is_present(node, member)) {
            throw missing_parameter(node.path.empty()
                                        ? std::string(member.name)
                                        : fmt::format("{}.{}", node.path, member.name));
        }
    }
}

void check_structure(const ParameterNode& node, const Member& member, bool offered)
{
    for (const auto& child : node.children()) {
        const auto* row = find_member(*member.members, child.name);
        if (row == nullptr) {
            throw unknown(child);
        }
        check_member(child, *row, offered);
    }
    check_missing(node, *member.members);
}

void check_member(const ParameterNode& node, const Member& member, bool offered)
{
    offered = offered && member.offered;
    if (member.members == nullptr) {
        if (!node.children().empty()) {
            throw unknown(*node.children().begin());
        }
        return offered ? check_scalar(node, member) : check_default(node, member);
    }
    // "Foo=" is how an empty list is written; any other text is no list and no structure.
    if (!node.value.empty()) {
        throw invalid(node, "");
    }
    if (member.kind == Kind::kList) {
        check_list(node, member, offered);
    } else {
        check_structure(node, member, offered);
    }
}

/// Source: "Filter=", which SDKs make of an empty list, is one filter without a name (observed);
/// that "Filters=" is, where the list is called so, is assumed.
void check_filters(const ParameterNode& node, const OperationSchema& operation)
{
    const bool is_list = node.name == "Filter" || node.name == "Filters";
    if (is_list && !operation.filters.empty() && node.children().empty()) {
        throw invalid_filter("null");
    }
}

bool is_version(const ServiceSchema& service, std::string_view version)
{
    return version == service.version ||
           std::binary_search(service.versions.begin(), service.versions.end(), version);
}

void check_members(const ParameterNode& root, const OperationSchema& operation)
{
    for (const auto& child : root.children()) {
        if (const auto* row = find_member(*operation.input, child.name)) {
            check_filters(child, operation);
            check_member(child, *row, true);
        } else if (!is_common_parameter(child.name) &&
                   std::find(operation.transport.begin(), operation.transport.end(), child.name) ==
                       operation.transport.end()) {
            throw unknown(child);
        }
    }
    check_missing(root, *operation.input);
}

bool is_of_query(const OperationSchema& operation)
{
    return !operation.result_wrapper.empty();
}

}  // namespace

void check(const ParameterNode& root, const OperationSchema& operation)
{
    try {
        check_members(root, operation);
    } catch (const OutOfBounds& refusal) {
        if (is_of_query(operation)) {
            throw of_query(refusal);
        }
        throw;
    }
}

std::string_view action_of(const Parameters& parameters, const ServiceSchema& service)
{
    const auto action = parameters.find("Action");
    if (!action || action->empty()) {
        throw missing_action();
    }
    const auto version = parameters.find("Version");
    if (version && !is_version(service, *version)) {
        throw no_such_version(*version,
                              service.name == "ec2" ? std::string_view("AmazonEC2") : service.name);
    }
    return *action;
}

}  // namespace amilab::wire
