#include "server/services/ec2/instances/reserved_capacity.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/ec2/capacity_reservations/capacity_reservations.h"
#include "server/services/ec2/common/errors.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kNone = "none";
constexpr std::string_view kOnly = "capacity-reservations-only";

/// Whether the instance runs in a reservation or not at all.
bool is_bound(const InstanceOptionRow& options)
{
    return options.capacity_target_id || options.capacity_preference == kOnly;
}

/// How many instances the reservations have room for that these may run in.
std::int64_t room_for(Session& session, const InstanceOptionRow& options,
                      const CapacityNeeds& needs)
{
    if (options.capacity_target_id) {
        const auto row = require_capacity_reservation(
            session, CapacityReservationId::trusted(*options.capacity_target_id));
        if (row.state != CapacityReservationState::kActive || !matches(row, needs)) {
            throw invalid_parameter_value(fmt::format(
                "The capacity reservation '{}' is not active, or does not match the instance's "
                "type, platform, zone and tenancy.",
                row.id.text()));
        }
        return row.total - row.used;
    }
    std::int64_t room = 0;
    for (const auto& row : select_open_capacity(session.db(), needs)) {
        room += row.total - row.used;
    }
    return room;
}

}  // namespace

void set_capacity_preference(Session& session, InstanceOptionRow& row,
                             const CapacityReservationSpecification& wish)
{
    const auto target = wish.capacity_reservation_target
                            ? wish.capacity_reservation_target->capacity_reservation_id
                            : std::nullopt;
    if (is_given(target) && is_given(wish.capacity_reservation_preference)) {
        throw parameters_not_together("capacityReservationPreference", "capacityReservationTarget");
    }
    row.capacity_target_id.reset();
    if (is_given(target)) {
        const auto id = parse_id<CapacityReservationId>(*target);
        row.capacity_target_id = require_capacity_reservation(session, id).id.text();
        row.capacity_preference = "open";
        return;
    }
    row.capacity_preference =
        wish.capacity_reservation_preference.value_or(row.capacity_preference);
}

std::int64_t within_reservation(Session& session, const InstanceOptionRow& options,
                                const CapacityNeeds& needs, std::int64_t fewest, std::int64_t most)
{
    if (!is_bound(options)) {
        return most;
    }
    const auto room = room_for(session, options, needs);
    if (room < fewest) {
        throw no_reserved_capacity();
    }
    return std::min(room, most);
}

void take_reserved_capacity(Session& session, InstanceOptionRow& options,
                            const CapacityNeeds& needs)
{
    if (options.capacity_target_id) {
        options.capacity_reservation_id = options.capacity_target_id;
        return;
    }
    // Source: Spot Instances run in no reservation (documented).
    if (options.capacity_preference == kNone || options.spot_request_id) {
        return;
    }
    const auto open = select_open_capacity(session.db(), needs);
    if (!open.empty()) {
        options.capacity_reservation_id = open.front().id.text();
    }
}

CapacityNeeds needs_of(const InstanceRow& row, const InstanceOptionRow& options)
{
    return {.owner = row.owner,
            .region = row.region,
            .instance_type = row.instance_type,
            .platform = row.platform_details,
            .zone = row.zone,
            .tenancy = options.tenancy};
}

void leave_reserved_capacity(Session& session, const InstanceId& id)
{
    auto options = select_instance_options(session.db(), id);
    if (options.capacity_reservation_id) {
        options.capacity_reservation_id.reset();
        put_instance_options(session.db(), options);
    }
}

}  // namespace amilab::ec2
