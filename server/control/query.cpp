#include "server/control/query.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "server/http/message.h"
#include "server/wire/query.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"
#include "storage/state/generation.h"

namespace amilab::control {

namespace {

/// Nothing for what is no text that an answer can carry.
std::optional<std::string> decode(const std::string& text)
{
    auto decoded = wire::percent_decoded(text, true);
    return decoded && wire::is_utf8(*decoded) && wire::is_xml_text(*decoded) ? std::move(decoded)
                                                                             : std::nullopt;
}

http::HttpError unknown(std::string_view name, std::initializer_list<std::string_view> known)
{
    return http::HttpError(
        400, known.size() == 0
                 ? fmt::format("unknown parameter {}; this path takes none", name)
                 : fmt::format("unknown parameter {}; expected {}", name, fmt::join(known, ", ")));
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text)
{
    constexpr std::size_t kMostDigits = 18;
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    const bool is_number = read.ec == std::errc() && read.ptr == end && text.size() <= kMostDigits;
    return is_number ? std::optional(number) : std::nullopt;
}

RouteQuery::RouteQuery(std::string_view query, std::initializer_list<std::string_view> known)
{
    const auto parameters = wire::split_query(query);
    if (!parameters) {
        throw http::HttpError(400, "the query string cannot be decoded");
    }
    for (const auto& parameter : *parameters) {
        if (parameter.key.empty() && parameter.value.empty()) {
            continue;
        }
        auto key = decode(parameter.key);
        auto value = decode(parameter.value);
        if (!key || !value) {
            throw http::HttpError(400, "the query string is not text in UTF-8");
        }
        if (std::find(known.begin(), known.end(), *key) == known.end()) {
            throw unknown(*key, known);
        }
        if (!values_.emplace(*key, std::move(*value)).second) {
            throw http::HttpError(400, fmt::format("parameter {} comes twice", *key));
        }
    }
}

std::optional<std::string> RouteQuery::find(std::string_view name) const
{
    const auto found = values_.find(name);
    return found != values_.end() ? std::optional(found->second) : std::nullopt;
}

std::string RouteQuery::require(std::string_view name) const
{
    auto value = find(name);
    if (!value || value->empty()) {
        throw http::HttpError(400, fmt::format("parameter {} is missing", name));
    }
    return *value;
}

std::optional<std::string> RouteQuery::account_id() const
{
    auto account = find("account");
    if (account && !wire::is_account_id(*account)) {
        throw http::HttpError(400, fmt::format("account is {}; expected 12 digits", *account));
    }
    return account;
}

std::string RouteQuery::account(const Emulator& emulator, Generation& generation) const
{
    const auto account = account_id();
    const auto access_key = find("access-key");
    if (account && access_key) {
        throw http::HttpError(400, "account and access-key cannot go together");
    }
    if (!access_key) {
        return account.value_or(emulator.options().default_account);
    }
    if (access_key->empty()) {
        throw http::HttpError(400, "access-key is empty");
    }
    auto owner = emulator.account_of(generation.settings(), *access_key);
    if (owner.empty()) {
        throw wire::unknown_access_key();
    }
    return owner;
}

Caller RouteQuery::caller(const Emulator& emulator) const
{
    const auto generation = emulator.data().current();
    Caller caller{account(emulator, *generation),
                  find("region").value_or(emulator.options().default_region),
                  find("access-key").value_or("")};
    if (!generation->settings().region_exists(caller.region)) {
        throw http::HttpError(
            400, fmt::format("region is {}; expected one such as us-east-1", caller.region));
    }
    return caller;
}

}  // namespace amilab::control
