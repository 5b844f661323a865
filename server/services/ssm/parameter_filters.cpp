#include "server/services/ssm/parameter_filters.h"

#include <algorithm>

#include "server/services/ssm/errors.h"
#include "server/services/ssm/parameter_names.h"

namespace amilab::ssm {

namespace {

using Key = ParameterFilter::Key;
using Option = ParameterFilter::Option;

constexpr std::string_view kTag = "tag:";

/// The keys of each operation. What amilab's parameters do not have matches nothing.
Key key_of(std::string_view name, FiltersOf operation)
{
    if (operation == FiltersOf::kGetParametersByPath) {
        if (name == "Type") {
            return Key::kType;
        }
        if (name == "KeyId") {
            return Key::kNothing;
        }
        if (name == "Label") {
            return Key::kLabel;
        }
        throw invalid_filter_key(name, "Type, KeyId, Label");
    }
    if (name == "Name") {
        return Key::kName;
    }
    if (name == "Type") {
        return Key::kType;
    }
    if (name == "Path") {
        return Key::kPath;
    }
    if (name == "Tier") {
        return Key::kTier;
    }
    if (name == "DataType") {
        return Key::kDataType;
    }
    if (name == "KeyId" || name.starts_with(kTag)) {
        return Key::kNothing;
    }
    throw invalid_filter_key(name, "Name, Type, KeyId, Path, Tier, DataType, tag:");
}

Option path_option(std::string_view name)
{
    if (name.empty() || name == "OneLevel") {
        return Option::kOneLevel;
    }
    if (name == "Recursive") {
        return Option::kRecursive;
    }
    throw invalid_filter_option(name, "OneLevel, Recursive");
}

Option option_of(Key key, std::string_view name)
{
    if (key == Key::kPath) {
        return path_option(name);
    }
    if (name.empty() || name == "Equals") {
        return Option::kEquals;
    }
    if (name == "BeginsWith" && key != Key::kLabel) {
        return Option::kBeginsWith;
    }
    if (name == "Contains" && key == Key::kName) {
        return Option::kContains;
    }
    throw invalid_filter_option(name, key == Key::kLabel  ? "Equals"
                                      : key == Key::kName ? "BeginsWith, Contains, Equals"
                                                          : "BeginsWith, Equals");
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
        parsed.push_back({key, option, filter.values});
    }
    return parsed;
}

std::vector<ParameterFilter> parse_old_filters(std::span<const ParametersFilter> filters)
{
    std::vector<ParameterFilter> parsed;
    for (const auto& filter : filters) {
        if (filter.key == "Name") {
            parsed.push_back({Key::kName, Option::kBeginsWith, filter.values});
        } else {
            parsed.push_back({filter.key == "Type" ? Key::kType : Key::kNothing, Option::kEquals,
                              filter.values});
        }
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
