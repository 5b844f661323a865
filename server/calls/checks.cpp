#include "server/calls/checks.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab {

namespace {

bool is_beyond_ascii(char c)
{
    return (static_cast<unsigned char>(c) & 0x80U) != 0;
}

}  // namespace

void Checks::require(const std::optional<std::string>& value, std::string_view path)
{
    if (!value) {
        failures_.push_back(wire::constraint_failure("null", path, "Member must not be null"));
    }
}

void Checks::length(std::string_view value, std::string_view path, std::int64_t least,
                    std::int64_t most)
{
    const auto size = static_cast<std::int64_t>(wire::characters(value));
    if (size < least) {
        fail(value, path,
             fmt::format("Member must have length greater than or equal to {}", least));
    }
    if (size > most) {
        fail(value, path, fmt::format("Member must have length less than or equal to {}", most));
    }
}

void Checks::range(std::int64_t value, std::string_view path, std::int64_t least, std::int64_t most)
{
    if (value < least) {
        fail(std::to_string(value), path,
             fmt::format("Member must have value greater than or equal to {}", least));
    }
    if (value > most) {
        fail(std::to_string(value), path,
             fmt::format("Member must have value less than or equal to {}", most));
    }
}

void Checks::count(std::size_t count, std::string_view path, std::size_t most)
{
    if (count > most) {
        fail(fmt::format("{} members", count), path,
             fmt::format("Member must have length less than or equal to {}", most));
    }
}

void Checks::matches(bool fits, std::string_view value, std::string_view path,
                     std::string_view pattern)
{
    if (!fits) {
        fail(value, path,
             fmt::format("Member must satisfy regular expression pattern: {}", pattern));
    }
}

void Checks::characters(std::string_view value, std::string_view path, std::string_view allowed,
                        std::string_view pattern, bool is_ascii)
{
    const bool fits = std::all_of(value.begin(), value.end(), [&](char c) {
        return is_letter_or_digit(c) || allowed.find(c) != std::string_view::npos ||
               (!is_ascii && is_beyond_ascii(c));
    });
    matches(fits, value, path, pattern);
}

void Checks::fail(std::string_view value, std::string_view path, std::string_view constraint)
{
    failures_.push_back(wire::constraint_failure(fmt::format("'{}'", value), path, constraint));
}

void Checks::finish() const
{
    if (!failures_.empty()) {
        throw ApiError("ValidationError", wire::constraints_failed(failures_, {}).what());
    }
}

}  // namespace amilab
