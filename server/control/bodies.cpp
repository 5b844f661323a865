#include "server/control/bodies.h"

#include <fmt/format.h>

#include "server/http/message.h"

namespace amilab::control {

void refuse(const std::string& text)
{
    throw http::HttpError(400, text);
}

const boost::json::object& require_object(const boost::json::value& body)
{
    if (!body.is_object()) {
        refuse("expected a JSON object");
    }
    return body.get_object();
}

std::string names_of(const boost::json::object& object)
{
    std::string names;
    for (const auto& [name, value] : object) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", std::string_view(name));
    }
    return names;
}

}  // namespace amilab::control
