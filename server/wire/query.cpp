#include "server/wire/query.h"

#include <boost/url/parse_query.hpp>
#include <boost/url/pct_string_view.hpp>

namespace amilab::wire {

std::optional<std::vector<QueryParameter>> split_query(std::string_view query)
{
    // A copy, for Boost 1.81 reads on behind what it is given, up to the next zero byte.
    const std::string whole(query);
    const auto parsed = boost::urls::parse_query(whole);
    if (parsed.has_error()) {
        return std::nullopt;
    }
    std::vector<QueryParameter> parameters;
    parameters.reserve(parsed->size());
    for (const auto& parameter : *parsed) {
        parameters.push_back({std::string(parameter.key), std::string(parameter.value)});
    }
    return parameters;
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space)
{
    const auto checked = boost::urls::make_pct_string_view({text.data(), text.size()});
    if (checked.has_error()) {
        return std::nullopt;
    }
    boost::urls::encoding_opts options;
    options.space_as_plus = plus_is_space;
    return checked->decode(options);
}

}  // namespace amilab::wire
