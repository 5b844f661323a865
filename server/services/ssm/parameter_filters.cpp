#include "server/services/ssm/parameter_filters.h"

#include <algorithm>
#include <optional>

#include "server/services/ssm/errors.h"
#include "server/services/ssm/parameter_names.h"

namespace amilab::ssm {

namespace {

using Key = ParameterFilter::Key;
using Option = ParameterFilter::Option;

constexpr std::string_view kTag = "tag:";

struct NamedKey {
    std::string_view name;
    Key key;
};
// The keys of each operation.
constexpr NamedKey kKeysByPath[] = {
    {"Type", Key::kType}, {"KeyId", Key::kKeyId}, {"Label", Key::kLabel}};
constexpr NamedKey kKeys[] = {{"Name", Key::kName},   {"Type", Key::kType},
                              {"KeyId", Key::kKeyId}, {"Path", Key::kPath},
                              {"Tier", Key::kTier},   {"DataType", Key::kDataType}};
// Of the old filters of DescribeParameters; the schema lets no other names through.
constexpr NamedKey kOldKeys[] = {
    {"Name", Key::kName}, {"Type", Key::kType}, {"KeyId", Key::kKeyId}};

std::optional<Key> find_key(std::span<const NamedKey> keys, std::string_view name)
{
    const auto found = std::ranges::find(keys, name, &NamedKey::name);
    return found == keys.end() ? std::nullopt : std::optional(found->key);
}

Key key_of(std::string_view name, FiltersOf operation)
{
    const bool is_by_path = operation == FiltersOf::kValuesByPath;
    if (const auto key = is_by_path ? find_key(kKeysByPath, name) : find_key(kKeys, name)) {
        return *key;
    }
    if (!is_by_path && name.starts_with(kTag)) {
        return Key::kTag;
    }
    throw invalid_filter_key(
        name, is_by_path ? "Type, KeyId, Label" : "Name, Type, KeyId, Path, Tier, DataType, tag:");
}

/// Whether a key is compared in the way that the option says.
bool goes_with(Option option, Key key)
{
    switch (option) {
        case Option::kEquals:
            return key != Key::kPath;
        case Option::kBeginsWith:
            return key != Key::kPath && key != Key::kLabel;
        case Option::kContains:
            return key == Key::kName;
        case Option::kOneLevel:
        case Option::kRecursive:
            return key == Key::kPath;
    }
    return false;
}

std::string_view options_of(Key key)
{
    switch (key) {
        case Key::kPath:
            return "OneLevel, Recursive";
        case Key::kLabel:
            return "Equals";
        case Key::kName:
            return "BeginsWith, Contains, Equals";
        case Key::kType:
        case Key::kTier:
        case Key::kDataType:
        case Key::kKeyId:
        case Key::kTag:
        case Key::kNothing:
            break;
    }
    return "BeginsWith, Equals";
}

Option option_of(Key key, std::string_view name)
{
    if (name.empty()) {
        return key == Key::kPath ? Option::kOneLevel : Option::kEquals;
    }
    const auto option = find_word<Option>(name);
    if (!option || !goes_with(*option, key)) {
        throw invalid_filter_option(name, options_of(key));
    }
    return *option;
}

}  // namespace

std::vector<ParameterFilter> parse_filters(std::span<const ParameterStringFilter> filters,
                                           FiltersOf operation)
{
    std::vector<ParameterFilter> parsed;
    for (const auto& filter : filters) {
        const auto key = key_of(filter.key, operation);
        const auto option = option_of(key, filter.option.value_or(""));
        if (filter.values.empty() && !filter.key.starts_with(kTag)) {
            throw filter_values_missing(filter.key);
        }
        if (key == Key::kPath) {
            std::for_each(filter.values.begin(), filter.values.end(), check_path);
        }
        auto tag = key == Key::kTag ? filter.key.substr(kTag.size()) : std::string();
        parsed.push_back({key, option, filter.values, std::move(tag)});
    }
    return parsed;
}

std::vector<ParameterFilter> parse_old_filters(std::span<const ParametersFilter> filters)
{
    std::vector<ParameterFilter> parsed;
    for (const auto& filter : filters) {
        const auto key = find_key(kOldKeys, filter.key).value_or(Key::kNothing);
        parsed.push_back(
            {key, key == Key::kName ? Option::kBeginsWith : Option::kEquals, filter.values, {}});
    }
    return parsed;
}

bool want_public(std::span<const ParameterFilter> filters)
{
    constexpr std::string_view kRoot = "/aws";
    return std::any_of(filters.begin(), filters.end(), [&](const ParameterFilter& filter) {
        const bool is_name = (filter.key == Key::kName && filter.option != Option::kContains) ||
                             filter.key == Key::kPath;
        return is_name && std::all_of(filter.values.begin(), filter.values.end(),
                                      [&](const auto& value) { return value.starts_with(kRoot); });
    });
}

}  // namespace amilab::ssm
