#include "server/services/ec2/common/zones.h"

#include "server/services/ec2/common/errors.h"

namespace amilab::ec2 {

std::vector<ZoneRow> named_zones(Session& session, const std::vector<std::string>& names,
                                 const std::vector<std::string>& ids)
{
    ListQuery query{.owner = session.account(), .region = session.region(), .ids = names};
    query.among.emplace_back(kZoneOptInStatus, enabled_statuses());
    query.among.emplace_back(kZoneId, ids);
    return select_zones(session.db(), query);
}

std::optional<std::string> said_zone(Session& session, const std::optional<std::string>& name,
                                     const std::optional<std::string>& id)
{
    if (is_given(name) && is_given(id)) {
        throw parameters_not_together("availabilityZone", "availabilityZoneId");
    }
    if (!is_given(name) && !is_given(id)) {
        return std::nullopt;
    }
    auto zones =
        is_given(name) ? named_zones(session, {*name}, {}) : named_zones(session, {}, {*id});
    if (zones.empty()) {
        throw is_given(name) ? invalid_zone(*name) : invalid_zone_id(*id);
    }
    return std::move(zones.front().name);
}

std::string require_said_zone(Session& session, const std::optional<std::string>& name,
                              const std::optional<std::string>& id)
{
    auto zone = said_zone(session, name, id);
    if (!zone) {
        throw missing_parameter("AvailabilityZone");
    }
    return std::move(*zone);
}

}  // namespace amilab::ec2
