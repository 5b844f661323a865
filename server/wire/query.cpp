#include "server/wire/query.h"

#include <boost/url/parse_query.hpp>

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

}  // namespace amilab::wire
