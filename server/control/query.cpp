#include "server/control/query.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/url/pct_string_view.hpp>

#include "server/http/message.h"
#include "server/wire/query.h"
#include "server/wire/types.h"

namespace amilab::control {

RouteQuery::RouteQuery(std::string_view query, std::initializer_list<std::string_view> known)
{
    const auto parameters = wire::split_query(query);
    if (!parameters) {
        throw http::HttpError(400, "the query string cannot be decoded");
    }
    const auto decoded = [](const std::string& text) {
        boost::urls::encoding_opts options;
        options.space_as_plus = true;
        return boost::urls::pct_string_view(text).decode(options);
    };
    for (const auto& parameter : *parameters) {
        if (parameter.key.empty() && parameter.value.empty()) {
            continue;
        }
        const auto key = decoded(parameter.key);
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            throw http::HttpError(
                400, fmt::format("unknown parameter {}; expected {}", key, fmt::join(known, ", ")));
        }
        if (!values_.emplace(key, decoded(parameter.value)).second) {
            throw http::HttpError(400, fmt::format("parameter {} comes twice", key));
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
