#include "server/wire/json_check.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include <fmt/format.h>

#include "server/wire/read.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab::wire {
namespace {

/// Messages grow with the faults that a request has; these are enough to mend it by.
constexpr std::size_t kMostFailures = 20;

struct Failures {
    std::vector<std::string> texts;
    /// The member that the first is about.
    std::string first_path;
};

void check_member(const ParameterNode& node, const Member& member, bool offered,
                  Failures& failures);

/// How messages name a place: each name's first letter small, items as ".1.member".
/// Source: "tags.1.member.key" (observed).
std::string path_in_messages(const ParameterNode& node)
{
    std::string text;
    bool after_index = false;
    for (std::size_t start = 0; start <= node.path.size();) {
        const auto end = std::min(node.path.find('.', start), node.path.size());
        auto part = std::string(node.path.substr(start, end - start));
        if (after_index) {
            text += ".member";
        }
        after_index = !part.empty() && part.find_first_not_of("0123456789") == part.npos;
        if (!part.empty()) {
            part[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(part[0])));
        }
        text += (text.empty() ? "" : ".") + part;
        start = end + 1;
    }
    return after_index ? text + ".member" : text;
}

void fail(const ParameterNode& node, std::string_view constraint, Failures& failures)
{
    if (failures.texts.empty()) {
        failures.first_path = node.path;
    }
    if (failures.texts.size() < kMostFailures) {
        const bool is_quoted = node.form == Form::kText || node.form == Form::kString;
        const bool is_empty_list = node.form == Form::kArray && node.subtree_size == 1;
        failures.texts.push_back(constraint_failure(is_empty_list ? "'[]'"
                                                    : is_quoted   ? fmt::format("'{}'", node.value)
                                                                  : std::string(node.value),
                                                    path_in_messages(node), constraint));
    }
}

std::string_view form_name(Form form)
{
    switch (form) {
        case Form::kText:
        case Form::kString:
            return "STRING_VALUE";
        case Form::kNumber:
            return "NUMBER_VALUE";
        case Form::kBoolean:
            return "BOOLEAN_VALUE";
        case Form::kArray:
            return "Start of list";
        case Form::kObject:
            return "Start of structure or map";
    }
    return {};
}

/// Source: the frames are DynamoDB's (observed), which speaks the same protocol.
[[noreturn]] void refuse_type(const ParameterNode& node, std::string_view wanted)
{
    if (node.form == Form::kArray || node.form == Form::kObject) {
        throw serialization_error(fmt::format("{} found where not expected", form_name(node.form)));
    }
    throw serialization_error(
        fmt::format("{} can not be converted to {}", form_name(node.form), wanted));
}

bool is_text(const ParameterNode& node)
{
    return node.form == Form::kText || node.form == Form::kString;
}

/// Paths, queries and headers know texts alone; JSON knows its types.
bool may_be(const ParameterNode& node, Form wanted)
{
    return node.form == wanted || node.form == Form::kText;
}

void check_bounds(const ParameterNode& node, const Member& member, double number,
                  Failures& failures)
{
    if (number < static_cast<double>(member.min)) {
        fail(node, fmt::format("Member must have value greater than or equal to {}", member.min),
             failures);
    }
    if (number > static_cast<double>(member.max)) {
        fail(node, fmt::format("Member must have value less than or equal to {}", member.max),
             failures);
    }
}

void check_number(const ParameterNode& node, const Member& member, Failures& failures)
{
    const auto number = may_be(node, Form::kNumber) ? parse_integer(node.value) : std::nullopt;
    const bool is_integer = member.kind == Kind::kInteger;
    if (!number || (is_integer && (*number < std::numeric_limits<std::int32_t>::min() ||
                                   *number > std::numeric_limits<std::int32_t>::max()))) {
        refuse_type(node, is_integer ? "an Integer" : "a Long");
    }
    check_bounds(node, member, static_cast<double>(*number), failures);
}

void check_string(const ParameterNode& node, const Member& member, Failures& failures)
{
    if (!is_text(node)) {
        refuse_type(node, "a String");
    }
    if (!member.values.empty() &&
        !std::binary_search(member.values.begin(), member.values.end(), node.value)) {
        fail(
            node,
            fmt::format("Member must satisfy enum value set: [{}]", fmt::join(member.values, ", ")),
            failures);
    }
    const auto characters = std::count_if(node.value.begin(), node.value.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
    });
    if (characters < member.min) {
        fail(node, fmt::format("Member must have length greater than or equal to {}", member.min),
             failures);
    }
    if (characters > member.max) {
        fail(node, fmt::format("Member must have length less than or equal to {}", member.max),
             failures);
    }
}

void check_scalar(const ParameterNode& node, const Member& member, Failures& failures)
{
    switch (member.kind) {
        case Kind::kString:
            return check_string(node, member, failures);
        case Kind::kInteger:
        case Kind::kLong:
            return check_number(node, member, failures);
        case Kind::kDouble: {
            const auto number =
                may_be(node, Form::kNumber) ? parse_double(node.value) : std::nullopt;
            return number ? check_bounds(node, member, *number, failures)
                          : refuse_type(node, "a Double");
        }
        case Kind::kBoolean:
            if (!may_be(node, Form::kBoolean) || !parse_boolean(node.value)) {
                refuse_type(node, "a Boolean");
            }
            return;
        case Kind::kTimestamp:
            if (node.form == Form::kNumber ? !parse_double(node.value)
                                           : !is_text(node) || !parse_timestamp(node.value)) {
                refuse_type(node, "a Timestamp");
            }
            return;
        case Kind::kBlob:
            if (!is_text(node) || !decode_base64(node.value)) {
                refuse_type(node, "a Blob");
            }
            return;
        case Kind::kStructure:
        case Kind::kList:
            return;
    }
}

/// A member that amilab does not act on: only its documented default passes.
void check_default(const ParameterNode& node, const Member& member, Failures& failures)
{
    check_scalar(node, member, failures);
    if (member.accepted.data() == nullptr || node.value != member.accepted) {
        throw unsupported_member(node.path);
    }
}

void check_list(const ParameterNode& node, const Member& member, bool offered, Failures& failures)
{
    if (!may_be(node, Form::kArray)) {
        refuse_type(node, "a List");
    }
    std::int64_t count = 0;
    for (const auto& child : node.children()) {
        ++count;
        check_member(child, member.members->rows.front(), offered, failures);
    }
    if (count < member.min) {
        fail(node, fmt::format("Member must have length greater than or equal to {}", member.min),
             failures);
    }
    if (count > member.max) {
        fail(node, fmt::format("Member must have length less than or equal to {}", member.max),
             failures);
    }
}

void check_members(const ParameterNode& node, const Members& members, bool offered,
                   Failures& failures)
{
    for (const auto& child : node.children()) {
        const auto* row = find_member(members, child.name);
        if (row == nullptr) {
            throw unknown_member(child.path);
        }
        check_member(child, *row, offered, failures);
    }
    for (const auto& member : members.rows) {
        if (member.required && (member.offered || member.accepted.data() != nullptr) &&
            node.child(member.name) == nullptr) {
            const auto path = node.path.empty() ? std::string(member.name)
                                                : fmt::format("{}.{}", node.path, member.name);
            ParameterNode missing;
            missing.path = path;
            missing.value = "null";
            missing.form = Form::kObject;
            fail(missing, "Member must not be null", failures);
        }
    }
}

void check_member(const ParameterNode& node, const Member& member, bool offered, Failures& failures)
{
    offered = offered && member.offered;
    if (member.members == nullptr) {
        if (node.form == Form::kArray || node.form == Form::kObject) {
            refuse_type(node, {});
        }
        return offered ? check_scalar(node, member, failures)
                       : check_default(node, member, failures);
    }
    if (member.kind == Kind::kList) {
        return check_list(node, member, offered, failures);
    }
    if (node.form != Form::kObject) {
        refuse_type(node, "a Structure");
    }
    check_members(node, *member.members, offered, failures);
}

}  // namespace

void json_check(const ParameterNode& root, const OperationSchema& operation)
{
    Failures failures;
    check_members(root, *operation.input, true, failures);
    if (!failures.texts.empty()) {
        throw constraints_failed(failures.texts, failures.first_path);
    }
}

}  // namespace amilab::wire
