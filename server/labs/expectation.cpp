#include "server/labs/expectation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/labs/lab_error.h"

namespace amilab::labs {

namespace json = boost::json;

namespace {

constexpr std::array<std::pair<std::string_view, Operator>, 10> kOperators = {
    {{"equals", Operator::kEquals},
     {"not_equals", Operator::kNotEquals},
     {"contains", Operator::kContains},
     {"matches", Operator::kMatches},
     {"exists", Operator::kExists},
     {"absent", Operator::kAbsent},
     {"length", Operator::kLength},
     {"at_least", Operator::kAtLeast},
     {"at_most", Operator::kAtMost},
     {"error", Operator::kError}}};

/// The library goes a level deeper for each character of a text, and of a pattern that it reads.
constexpr std::size_t kLongestMatched = 4096;
constexpr std::size_t kLongestPattern = 1024;

bool takes_value(Operator wanted)
{
    return wanted != Operator::kExists && wanted != Operator::kAbsent;
}

Operator parse_operator(const json::object& entry)
{
    const auto* named = entry.if_contains("operator");
    if (named == nullptr || !named->is_string()) {
        throw LabFault("expect has no operator");
    }
    const std::string_view name = named->get_string();
    for (const auto& [known, wanted] : kOperators) {
        if (known == name) {
            return wanted;
        }
    }
    std::vector<std::string_view> names;
    for (const auto& [known, wanted] : kOperators) {
        names.push_back(known);
    }
    throw LabFault(
        fmt::format("there is no operator {}; there are {}", name, fmt::join(names, ", ")));
}

std::regex parse_pattern(const json::value& value)
{
    if (value.as_string().size() > kLongestPattern) {
        throw LabFault(
            fmt::format("a regular expression has at most {} characters", kLongestPattern));
    }
    try {
        return std::regex(std::string(value.as_string()));
    } catch (const std::regex_error&) {
        throw LabFault(fmt::format("{} is no regular expression", json::serialize(value)));
    }
}

void require_value(Operator wanted, const json::value& value)
{
    const bool is_text = value.is_string();
    const bool is_right = wanted == Operator::kMatches || wanted == Operator::kError ? is_text
                          : wanted == Operator::kLength ? value.is_int64() && value.get_int64() >= 0
                          : wanted == Operator::kAtLeast || wanted == Operator::kAtMost
                              ? is_text || value.is_number()
                              : true;
    if (!is_right) {
        throw LabFault(fmt::format("{} is no value for this operator", json::serialize(value)));
    }
}

/// One part of a pointer: "~1" is a slash, "~0" a tilde.
std::string part_of(std::string_view text)
{
    std::string part;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '~' && i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1')) {
            part += text[++i] == '0' ? '~' : '/';
        } else {
            part += text[i];
        }
    }
    return part;
}

void step_into(const json::value& value, const std::string& part,
               std::vector<const json::value*>& found)
{
    if (value.is_object()) {
        if (const auto* member = value.get_object().if_contains(part)) {
            found.push_back(member);
        }
        return;
    }
    if (!value.is_array()) {
        return;
    }
    const auto& items = value.get_array();
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
    if (part == "*") {
        for (const auto& item : items) {
            found.push_back(&item);
        }
    } else if (error == std::errc() && end == part.data() + part.size() && index < items.size()) {
        found.push_back(&items[index]);
    }
}

/// Numbers are what they are worth, however they are kept.
bool is_same(const json::value& one, const json::value& other)
{
    if (one.is_number() && other.is_number()) {
        return one.to_number<double>() == other.to_number<double>();
    }
    return one == other;
}

bool contains(const json::value& found, const json::value& wanted)
{
    if (found.is_string() && wanted.is_string()) {
        return std::string_view(found.get_string()).find(std::string_view(wanted.get_string())) !=
               std::string_view::npos;
    }
    return found.is_array() && std::any_of(found.get_array().begin(), found.get_array().end(),
                                           [&](const auto& item) { return is_same(item, wanted); });
}

std::optional<std::size_t> length_of(const json::value& value)
{
    return value.is_array()    ? std::optional(value.get_array().size())
           : value.is_object() ? std::optional(value.get_object().size())
           : value.is_string() ? std::optional(value.get_string().size())
                               : std::nullopt;
}

/// Below zero when `found` comes before `wanted`; nothing when they are of different kinds.
std::optional<int> compare(const json::value& found, const json::value& wanted)
{
    if (found.is_number() && wanted.is_number()) {
        const auto one = found.to_number<double>();
        const auto other = wanted.to_number<double>();
        return one < other ? -1 : one > other ? 1 : 0;
    }
    if (found.is_string() && wanted.is_string()) {
        return found.get_string().compare(wanted.get_string());
    }
    return std::nullopt;
}

/// Of the operators that one value can satisfy.
bool is_met(const Expectation& expectation, const json::value& found, const json::value& wanted)
{
    switch (expectation.wanted) {
        case Operator::kEquals:
            return is_same(found, wanted);
        case Operator::kContains:
            return contains(found, wanted);
        case Operator::kMatches:
            return found.is_string() && found.get_string().size() <= kLongestMatched &&
                   std::regex_match(std::string(found.get_string()), *expectation.pattern);
        case Operator::kLength:
            return length_of(found) == static_cast<std::size_t>(wanted.get_int64());
        case Operator::kAtLeast:
            return compare(found, wanted).value_or(-1) >= 0;
        case Operator::kAtMost:
            return compare(found, wanted).value_or(1) <= 0;
        case Operator::kExists:
            return true;
        case Operator::kNotEquals:
        case Operator::kAbsent:
        case Operator::kError:
            break;
    }
    return false;
}

}  // namespace

json::value replaced(const json::value& value, const Replace& replace)
{
    if (value.is_string()) {
        return json::string(replace(value.get_string()));
    }
    if (value.is_array()) {
        json::array items;
        for (const auto& item : value.get_array()) {
            items.push_back(replaced(item, replace));
        }
        return items;
    }
    if (value.is_object()) {
        json::object members;
        for (const auto& [name, member] : value.get_object()) {
            members[name] = replaced(member, replace);
        }
        return members;
    }
    return value;
}

Expectation parse_expectation(const json::object& entry)
{
    Expectation made;
    made.wanted = parse_operator(entry);
    for (const auto& [name, value] : entry) {
        if (name == "pointer" && value.is_string()) {
            made.pointer = value.get_string();
        } else if (name == "value" && takes_value(made.wanted)) {
            made.value = value;
        } else if (name != "operator") {
            throw LabFault(fmt::format("expect cannot have {}", std::string_view(name)));
        }
    }
    if ((made.wanted == Operator::kError) != (entry.if_contains("pointer") == nullptr)) {
        throw LabFault("expect wants a pointer, unless its operator is error");
    }
    if (takes_value(made.wanted)) {
        if (entry.if_contains("value") == nullptr) {
            throw LabFault("expect has no value");
        }
        require_value(made.wanted, made.value);
    }
    if (made.wanted == Operator::kMatches) {
        made.pattern = parse_pattern(made.value);
    }
    select({}, made.pointer);
    return made;
}

std::vector<const json::value*> select(const json::value& root, std::string_view pointer)
{
    if (!pointer.empty() && pointer.front() != '/') {
        throw LabFault(fmt::format("{} is no JSON pointer: it does not begin with /", pointer));
    }
    std::vector<const json::value*> found = {&root};
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        const auto part = part_of(pointer.substr(0, end));
        pointer.remove_prefix(end);
        std::vector<const json::value*> below;
        for (const auto* value : found) {
            step_into(*value, part, below);
        }
        found = std::move(below);
    }
    return found;
}

bool holds(const Expectation& expectation, const ModelAnswer& answer, const Replace& replace)
{
    const auto wanted = replaced(expectation.value, replace);
    if (expectation.wanted == Operator::kError) {
        return answer.refusal == std::string_view(wanted.as_string());
    }
    if (!answer.refusal.empty()) {
        return false;
    }
    const json::value members = answer.members;
    const auto found = select(members, replace(expectation.pointer));
    if (expectation.wanted == Operator::kAbsent) {
        return found.empty();
    }
    if (expectation.wanted == Operator::kNotEquals) {
        return std::none_of(found.begin(), found.end(),
                            [&](const auto* one) { return is_same(*one, wanted); });
    }
    return std::any_of(found.begin(), found.end(),
                       [&](const auto* one) { return is_met(expectation, *one, wanted); });
}

}  // namespace amilab::labs
