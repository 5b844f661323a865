#pragma once

#include <string>
#include <string_view>

#include "server/wire/schema.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {

/// What the operation calls its list of filters on the wire: nearly all have Filter.N, a few
/// Filters.N.
inline std::string filter_list(const wire::OperationSchema& operation)
{
    return wire::find_member(*operation.input, "Filters") != nullptr ? "Filters" : "Filter";
}

/// What a request for billing of capacity reservations says of its role, beside that filter: two
/// of its filters go with one role alone. Nothing for other operations.
inline Parameters role_beside(const wire::OperationSchema& operation, std::string_view filter = {})
{
    if (operation.name != "DescribeCapacityReservationBillingRequests") {
        return {};
    }
    return {{"Role", filter == "requested-by" ? "unused-reservation-billing-owner" : "odcr-owner"}};
}

}  // namespace amilab::test
