#include "tests/fuzz/http_text.h"

#include <algorithm>
#include <cctype>

namespace amilab::fuzz {
namespace {

/// What stands before the separator; `text` goes on behind it.
std::string_view take_until(std::string_view& text, char separator)
{
    const auto part = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    return part;
}

bool is_same_name(std::string_view left, std::string_view right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    });
}

}  // namespace

HttpText::HttpText(std::span<const std::uint8_t> input)
{
    std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    auto line = take_until(text, '\n');
    method = take_until(line, ' ');
    path = take_until(line, '?');
    query = line;
    while (!text.empty()) {
        auto field = take_until(text, '\n');
        if (field.empty()) {
            break;
        }
        const auto name = take_until(field, ':');
        field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
        headers_.emplace_back(name, field);
    }
    body = text;
}

std::optional<std::string_view> HttpText::header(std::string_view name) const
{
    const auto found = std::find_if(headers_.begin(), headers_.end(), [&](const auto& field) {
        return is_same_name(field.first, name);
    });
    return found == headers_.end() ? std::nullopt : std::optional(found->second);
}

wire::JsonRequest HttpText::request() const
{
    return {method, path, query, body, [this](std::string_view name) { return header(name); }};
}

}  // namespace amilab::fuzz
