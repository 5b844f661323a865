#include "server/services/s3/names.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/services/s3/errors.h"
#include "server/services/s3/request_documents.h"

namespace amilab::s3 {

namespace {

bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// "192.168.5.4"
bool looks_like_an_address(std::string_view name)
{
    return std::count(name.begin(), name.end(), '.') == 3 &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

/// Whether what stands between two periods is empty, or has a hyphen at an end.
bool has_odd_label(std::string_view name)
{
    return name.find("..") != name.npos || name.find(".-") != name.npos ||
           name.find("-.") != name.npos;
}

bool has_reserved_end(std::string_view name)
{
    constexpr std::array<std::string_view, 3> kBegins = {"xn--", "sthree-", "amzn-s3-demo-"};
    constexpr std::array<std::string_view, 5> kEnds = {"-s3alias", "--ol-s3", ".mrap", "--x-s3",
                                                       "--table-s3"};
    return std::any_of(kBegins.begin(), kBegins.end(),
                       [&](auto begin) { return name.starts_with(begin); }) ||
           std::any_of(kEnds.begin(), kEnds.end(), [&](auto end) { return name.ends_with(end); });
}

}  // namespace

bool is_bucket_name(std::string_view name)
{
    constexpr std::size_t kShortest = 3;
    constexpr std::size_t kLongest = 63;
    if (name.size() < kShortest || name.size() > kLongest || !is_letter_or_digit(name.front()) ||
        !is_letter_or_digit(name.back()) || has_odd_label(name)) {
        return false;
    }
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; }) &&
           !looks_like_an_address(name) && !has_reserved_end(name);
}

void require_bucket_name(std::string_view name)
{
    if (!is_bucket_name(name)) {
        throw ApiError("InvalidBucketName", "The specified bucket is not valid.")
            .with("BucketName", name)
            .of_parameter("Bucket");
    }
}

void require_key(std::string_view key)
{
    constexpr std::size_t kLongest = 1024;
    if (key.size() > kLongest) {
        throw ApiError("KeyTooLongError", "Your key is too long")
            .with("Size", fmt::format("{}", key.size()))
            .with("MaxSizeAllowed", fmt::format("{}", kLongest))
            .of_parameter("Key");
    }
}

void require_part_number(std::int64_t number)
{
    if (number < 1 || number > kMostParts) {
        throw invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                               "partNumber", fmt::format("{}", number));
    }
}

}  // namespace amilab::s3
