#include "server/calls/iam_tags.h"

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

namespace amilab {

namespace {

constexpr std::string_view kSigns = " _.:/=+-@";
constexpr std::string_view kPattern = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+";

}  // namespace

void check_iam_tag_key(Checks& checks, std::string_view key, std::string_view path)
{
    checks.length(key, path, 1, 128);
    checks.characters(key, path, kSigns, kPattern, false);
}

void check_iam_tag(Checks& checks, std::size_t number, const std::optional<std::string>& key,
                   const std::optional<std::string>& value)
{
    const auto path = fmt::format("tags.{}.member", number);
    checks.require(key, path + ".key");
    checks.require(value, path + ".value");
    checks.length(key.value_or("x"), path + ".key", 1, 128);
    checks.length(value.value_or(""), path + ".value", 0, 256);
    checks.characters(key.value_or(""), path + ".key", kSigns, kPattern, false);
    checks.characters(value.value_or(""), path + ".value", kSigns, kPattern, false);
}

void add_iam_tag_key(IamTagKeys& keys, const std::string& key, RefuseTagKeys refuse)
{
    if (!keys.insert(boost::algorithm::to_lower_copy(key)).second) {
        throw refuse();
    }
}

}  // namespace amilab
