#include "server/wire/read.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace amilab::wire {
namespace {

bool equals_ignoring_case(std::string_view text, std::string_view lower)
{
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

template <class Number>
std::optional<Number> parse_number(std::string_view text)
{
    if (text.starts_with('+') && text.size() > 1 && text[1] != '-') {
        text.remove_prefix(1);
    }
    Number number{};
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

template <class Value>
void keep(std::optional<Value> value, Value& into)
{
    if (value) {
        into = *std::move(value);
    }
}

}  // namespace

std::optional<bool> parse_boolean(std::string_view text)
{
    if (text == "1" || equals_ignoring_case(text, "true")) {
        return true;
    }
    if (text == "0" || equals_ignoring_case(text, "false")) {
        return false;
    }
    return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text)
{
    return parse_number<std::int64_t>(text);
}

std::optional<double> parse_double(std::string_view text)
{
    const auto number = parse_number<double>(text);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

void read(const ParameterNode& node, std::string& into)
{
    into = node.value;
}

void read(const ParameterNode& node, bool& into)
{
    keep(parse_boolean(node.value), into);
}

void read(const ParameterNode& node, std::int64_t& into)
{
    keep(parse_integer(node.value), into);
}

void read(const ParameterNode& node, double& into)
{
    keep(parse_double(node.value), into);
}

void read(const ParameterNode& node, Timestamp& into)
{
    if (node.form == Form::kNumber) {
        constexpr double kMsPerSecond = 1000;
        if (const auto seconds = parse_double(node.value)) {
            into.ms = std::llround(*seconds * kMsPerSecond);
        }
        return;
    }
    keep(parse_timestamp(node.value), into);
}

void read(const ParameterNode& node, Blob& into)
{
    keep(decode_base64(node.value), into.bytes);
}

}  // namespace amilab::wire
