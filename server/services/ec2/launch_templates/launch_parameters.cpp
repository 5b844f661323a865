#include "server/services/ec2/launch_templates/launch_parameters.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

namespace amilab::ec2 {

namespace {

/// The next "name=length:value" and its line end, taken off the front.
wire::NamedValue take_parameter(std::string_view& text)
{
    const auto equals = text.find('=');
    const auto colon = text.find(':', equals);
    std::size_t size = 0;
    if (colon == std::string_view::npos ||
        std::from_chars(text.data() + equals + 1, text.data() + colon, size).ec != std::errc() ||
        text.size() - colon < size + 2) {
        throw std::logic_error("no text of parameters");
    }
    wire::NamedValue parameter{std::string(text.substr(0, equals)),
                               std::string(text.substr(colon + 1, size))};
    text.remove_prefix(colon + size + 2);
    return parameter;
}

bool is_number(std::string_view part)
{
    return !part.empty() &&
           std::ranges::all_of(part, [](char one) { return one >= '0' && one <= '9'; });
}

/// Of a member of a list, the list and its number ("BlockDeviceMapping.2"); empty for others.
std::string item_of(std::string_view path)
{
    const auto first = path.find('.');
    const auto second = path.find('.', first == std::string_view::npos ? first : first + 1);
    if (first == std::string_view::npos || !is_number(path.substr(first + 1, second - first - 1))) {
        return {};
    }
    return std::string(path.substr(0, second));
}

/// Of the parameters that are told as one, "InstanceRequirements.VCpuCount.Min", the one; empty for
/// others.
std::string_view whole_of(std::string_view path)
{
    constexpr std::string_view kWhole = "InstanceRequirements";
    return path.substr(0, path.find('.')) == kWhole ? kWhole : std::string_view();
}

std::string list_of(const std::string& item)
{
    return item.substr(0, item.find('.'));
}

/// What items of a list are told apart by; empty: a list wins as a whole.
std::string_view key_of(std::string_view list)
{
    if (list == "BlockDeviceMapping") {
        return "DeviceName";
    }
    return list == "TagSpecification" ? "ResourceType" : std::string_view();
}

/// List → the keys of its items, of those that have keys.
std::map<std::string, std::set<std::string>> keys_in(const LaunchParameters& parameters)
{
    std::map<std::string, std::set<std::string>> keys;
    for (const auto& one : parameters) {
        const auto item = item_of(one.path);
        const auto list = list_of(item);
        if (!item.empty()) {
            auto& of_list = keys[list];
            if (!key_of(list).empty() && one.path == fmt::format("{}.{}", item, key_of(list))) {
                of_list.insert(one.value);
            }
        }
    }
    return keys;
}

/// The items of `base` that something of `top` is laid over.
std::set<std::string> covered_items(const LaunchParameters& base, const LaunchParameters& top)
{
    const auto keys = keys_in(top);
    std::set<std::string> covered;
    for (const auto& one : base) {
        const auto item = item_of(one.path);
        const auto list = keys.find(list_of(item));
        if (item.empty() || list == keys.end()) {
            continue;
        }
        const auto key = key_of(list->first);
        if (key.empty() ||
            (one.path == fmt::format("{}.{}", item, key) && list->second.contains(one.value))) {
            covered.insert(item);
        }
    }
    return covered;
}

/// "BlockDeviceMapping.2.Ebs" → "BlockDeviceMapping.10002.Ebs": behind the items of the top.
std::string moved_back(const std::string& path, const std::string& item)
{
    constexpr auto kBehind = static_cast<int>(wire::Parameters::kMostListMembers);
    const auto list = list_of(item);
    const int number = std::stoi(item.substr(list.size() + 1));
    return fmt::format("{}.{}{}", list, number + kBehind, path.substr(item.size()));
}

}  // namespace

LaunchParameters read_parameters(std::string_view canonical, std::string_view prefix)
{
    LaunchParameters parameters;
    while (!canonical.empty()) {
        auto parameter = take_parameter(canonical);
        if (parameter.path.starts_with(prefix)) {
            parameter.path.erase(0, prefix.size());
            parameters.push_back(std::move(parameter));
        }
    }
    return parameters;
}

std::string write_parameters(const LaunchParameters& parameters)
{
    return wire::Parameters(parameters).canonical({});
}

LaunchParameters laid_over(const LaunchParameters& base, const LaunchParameters& top)
{
    const auto covered = covered_items(base, top);
    auto laid = top;
    std::set<std::string, std::less<>> named;
    for (const auto& one : top) {
        named.insert(one.path);
        named.emplace(whole_of(one.path));
    }
    for (const auto& one : base) {
        if (const auto whole = whole_of(one.path); !whole.empty() && named.contains(whole)) {
            continue;
        }
        const auto item = item_of(one.path);
        if (item.empty() ? !named.contains(one.path) : !covered.contains(item)) {
            laid.push_back({item.empty() ? one.path : moved_back(one.path, item), one.value});
        }
    }
    return laid;
}

}  // namespace amilab::ec2
