#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/calls/session.h"
#include "server/wire/ec2/instances/shared.h"
#include "storage/metadata/capacity_reservations/capacity_reservation_rows.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/instances/instance_rows.h"

/// In which capacity reservations instances run.
namespace amilab::ec2 {

/// Sets how the instance takes reserved capacity. Throws when both a preference and a target are
/// said (documented), and for a target that is not there.
void set_capacity_preference(Session& session, InstanceOptionRow& row,
                             const CapacityReservationSpecification& wish);

/// How many instances with these options and needs may begin to run, `most` at most: as many as the
/// reservation has room for that they have to run in. Throws ReservationCapacityExceeded when that
/// is less than `fewest`, and for a target that does not match. Source: the code and text of the
/// first are observed, of the second assumed.
std::int64_t within_reservation(Session& session, const InstanceOptionRow& options,
                                const CapacityNeeds& needs, std::int64_t fewest, std::int64_t most);

/// Puts an instance that begins to run into the reservation that it runs in, if there is one.
void take_reserved_capacity(Session& session, InstanceOptionRow& options,
                            const CapacityNeeds& needs);

CapacityNeeds needs_of(const InstanceRow& row, const InstanceOptionRow& options);

/// The instance does not run any more.
void leave_reserved_capacity(Session& session, const InstanceId& id);

}  // namespace amilab::ec2
