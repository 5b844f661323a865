#pragma once

#include <string>

#include "server/wire/schema.h"

namespace amilab::test {

/// What the operation calls its list of filters on the wire: nearly all have Filter.N, a few
/// Filters.N.
inline std::string filter_list(const wire::OperationSchema& operation)
{
    return wire::find_member(*operation.input, "Filters") != nullptr ? "Filters" : "Filter";
}

}  // namespace amilab::test
