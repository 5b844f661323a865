#include "server/services/s3/key_lists.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/s3/encoding.h"
#include "server/services/s3/errors.h"
#include "server/wire/xml.h"

namespace amilab::s3 {

std::string AskedKeys::shown(std::string_view key) const
{
    return encoded_key(key, is_encoded);
}

KeyListQuery AskedKeys::query() const
{
    return {
        .bucket = bucket, .prefix = prefix, .delimiter = delimiter, .after = after, .most = most};
}

std::int64_t listed(std::string_view name, std::optional<std::int64_t> asked)
{
    constexpr std::int64_t kMost = 1000;
    const auto most = asked.value_or(kMost);
    if (most < 0) {
        throw invalid_argument(
            fmt::format("Argument {} must be an integer between 0 and 2147483647", name), name,
            fmt::format("{}", most));
    }
    return std::min(most, kMost);
}

void append_form(pugi::xml_node to, const AskedKeys& asked)
{
    if (!asked.delimiter.empty()) {
        wire::append(to, "Delimiter", asked.shown(asked.delimiter));
    }
    if (asked.is_encoded) {
        wire::append(to, "EncodingType", std::string_view("url"));
    }
}

void append_prefixes(pugi::xml_node to, const AskedKeys& asked,
                     const std::vector<std::string>& prefixes)
{
    for (const auto& prefix : prefixes) {
        wire::append(to.append_child("CommonPrefixes"), "Prefix", asked.shown(prefix));
    }
}

}  // namespace amilab::s3
