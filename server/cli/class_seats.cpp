#include "server/cli/class_seats.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <locale>
#include <set>
#include <span>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

#include "server/wire/types.h"

namespace amilab::cli {

namespace {

constexpr std::size_t kLongestName = 100;
/// What editors of Windows begin a file of UTF-8 with.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// What columns are called where lists are exported, by `python -m amilab.cells` too
/// (fixtures/python/amilab/cells.py): a first line of such words alone names nobody.
constexpr std::array<std::string_view, 16> kColumnHeads = {
    "account", "class",     "course", "e-mail", "email", "first name", "group",    "id",
    "mail",    "last name", "name",   "names",  "pupil", "student",    "students", "surname"};
/// Those of a list that has nothing but names.
constexpr std::array<std::string_view, 5> kHeadsOfNames = {"name", "names", "pupil", "student",
                                                           "students"};

bool is_one_of(std::span<const std::string_view> words, std::string_view text)
{
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return boost::algorithm::iequals(word, text, std::locale::classic());
    });
}

/// Whether all of a line, between commas, semicolons or tabs, are what columns are called.
bool is_header(std::string_view line)
{
    while (true) {
        const auto end = line.find_first_of(",;\t");
        if (!is_one_of(kColumnHeads, wire::trimmed(line.substr(0, end)))) {
            return false;
        }
        if (end == std::string_view::npos) {
            return true;
        }
        line.remove_prefix(end + 1);
    }
}

/// Whether a first line says that names follow. Throws where it says that more does.
bool is_header_of_names(const std::string& file, const std::string& line)
{
    if (is_one_of(kHeadsOfNames, line)) {
        return true;
    }
    if (is_header(line)) {
        throw std::runtime_error(
            fmt::format("{}: {} is the header of a table; expected names, one a line", file, line));
    }
    return false;
}

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
    bool may_be_header = true;
    for (std::string line; std::getline(stream, line);) {
        auto name = name_in(std::move(line), std::exchange(is_first, false));
        if (name.empty() ||
            (std::exchange(may_be_header, false) && is_header_of_names(file, name))) {
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
