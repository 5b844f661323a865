#include "server/services/ec2/network/border_groups.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "storage/metadata/regions/region_rows.h"

namespace amilab::ec2 {

void check_border_group(Session& session, const std::optional<std::string>& group,
                        std::string_view parameter)
{
    if (!is_given(group) || *group == session.region()) {
        return;
    }
    const auto zones =
        select_zones(session.db(), {.owner = session.account(), .region = session.region()});
    if (std::ranges::find(zones, *group, &ZoneRow::network_border_group) != zones.end()) {
        throw unsupported(
            fmt::format("amilab offers no addresses of the network border group {}.", *group));
    }
    throw invalid_value(*group, parameter, "It is no network border group of the region.");
}

}  // namespace amilab::ec2
