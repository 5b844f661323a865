#include "server/control/query.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/url/pct_string_view.hpp>

#include "server/http/message.h"
#include "server/wire/query.h"
#include "server/wire/types.h"

namespace amilab::control {

namespace {

/// Nothing for what is no text that an answer can carry.
std::optional<std::string> decode(const std::string& text)
{
    boost::urls::encoding_opts options;
    options.space_as_plus = true;
    auto decoded = boost::urls::pct_string_view(text).decode(options);
    return wire::is_utf8(decoded) && wire::is_xml_text(decoded) ? std::optional(std::move(decoded))
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

Caller RouteQuery::caller(const Emulator& emulator) const
{
    const auto& defaults = emulator.options();
    Caller caller{find("account").value_or(defaults.default_account),
                  find("region").value_or(defaults.default_region), ""};
    if (!wire::is_account_id(caller.account)) {
        throw http::HttpError(400,
                              fmt::format("account is {}; expected 12 digits", caller.account));
    }
    if (!emulator.data().current()->region_exists(caller.region)) {
        throw http::HttpError(
            400, fmt::format("region is {}; expected one such as us-east-1", caller.region));
    }
    return caller;
}

}  // namespace amilab::control
