#include "server/labs/reading.h"

namespace amilab::labs {

std::string_view text_of(const boost::json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

}  // namespace amilab::labs
