#pragma once

#include <cstddef>

#include "storage/metadata/sql/sql_text.h"

namespace amilab {

/// The id of the zone that has the name, an SQL expression; NULL where the catalogue has no such
/// zone.
template <std::size_t kSize>
constexpr auto sql_zone_id(const SqlText<kSize>& name)
{
    return "(SELECT zone_id FROM catalogue.availability_zone WHERE name = " + name + ")";
}

}  // namespace amilab
