#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/base/delays.h"
#include "storage/base/units.h"
#include "storage/metadata/capacity_reservations/capacity_reservation_rows.h"

/// Capacity that an account reserves in a zone. There is always room for it here.
namespace amilab::ec2 {

extern const Family kCapacityReservations;

/// Reservations that have ended are still described for a day (assumed).
inline constexpr Delay kCapacityReservationEnded{"capacity-reservation.ended", kDayMs};
inline constexpr Due kCapacityReservationExpires{"capacity-reservation-expires"};
inline constexpr Due kCapacityReservationGone{"capacity-reservation-gone"};

/// The caller's reservation. Throws InvalidCapacityReservationId.NotFound.
CapacityReservationRow require_capacity_reservation(Session& session,
                                                    const CapacityReservationId& id);

}  // namespace amilab::ec2
