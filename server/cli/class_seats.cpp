#include "server/cli/class_seats.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <set>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "server/wire/types.h"

namespace amilab::cli {

namespace {

constexpr std::size_t kLongestName = 100;
/// What editors of Windows begin a file of UTF-8 with.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// The name that a line has; empty when it has none. What follows a carriage return does not count.
std::string name_in(std::string line, bool is_first)
{
    if (is_first && line.starts_with(kByteOrderMark)) {
        line.erase(0, kByteOrderMark.size());
    }
    auto name = std::string(wire::trimmed(line.substr(0, line.find('\r'))));
    return name.starts_with('#') ? std::string() : name;
}

/// What is wrong with one more name; empty when nothing is.
std::string fault_of(const std::string& name, const std::vector<std::string>& names,
                     const std::set<std::string, std::less<>>& known)
{
    if (names.size() == kMostNames) {
        return fmt::format("there are more than {} names", kMostNames);
    }
    if (!is_name(name)) {
        return "one line is no name";
    }
    return known.contains(name) ? fmt::format("{} is there twice", name) : std::string();
}

}  // namespace

bool is_name(std::string_view text)
{
    return text.size() <= kLongestName && wire::is_utf8(text) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
}

std::vector<std::string> read_names(const std::string& file)
{
    std::ifstream stream(file);
    const auto cannot_read = [&] {
        return std::runtime_error(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
    };
    if (!stream) {
        throw cannot_read();
    }
    std::vector<std::string> names;
    std::set<std::string, std::less<>> known;
    bool is_first = true;
    for (std::string line; std::getline(stream, line);) {
        auto name = name_in(std::move(line), std::exchange(is_first, false));
        if (name.empty()) {
            continue;
        }
        if (const auto fault = fault_of(name, names, known); !fault.empty()) {
            throw std::runtime_error(fmt::format("{}: {}", file, fault));
        }
        known.insert(name);
        names.push_back(std::move(name));
    }
    if (stream.bad()) {  // such as a folder, which can be opened
        throw cannot_read();
    }
    if (names.empty()) {
        throw std::runtime_error(fmt::format("{}: there is no name in it", file));
    }
    return names;
}

std::vector<Seat> seats_of_names(const std::vector<std::string>& names, const std::string& first,
                                 const NamedAccounts& named)
{
    const std::uint64_t begin = std::stoull(first);
    const auto number = [](std::uint64_t account) { return fmt::format("{:012}", account); };
    std::set<std::string, std::less<>> taken;
    std::map<std::string_view, std::string_view> own;
    const auto end = begin + kMostNames;
    for (auto one = named.lower_bound(first); one != named.end() && std::stoull(one->first) < end;
         ++one) {
        taken.insert(one->first);
        own.try_emplace(one->second, one->first);
    }
    std::vector<Seat> seats;
    auto next = begin;
    for (const auto& name : names) {
        if (const auto known = own.find(name); known != own.end()) {
            seats.push_back({.account = std::string(known->second), .name = name});
            continue;
        }
        while (taken.contains(number(next))) {
            ++next;
        }
        if (next == end || !wire::is_account_id(number(next))) {
            throw std::runtime_error(
                fmt::format("there are not so many accounts from {} on", first));
        }
        seats.push_back({.account = number(next++), .name = name});
    }
    return seats;
}

}  // namespace amilab::cli
