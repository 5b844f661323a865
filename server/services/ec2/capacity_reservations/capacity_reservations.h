#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/capacity_reservations/shared.h"
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

/// Source: code documented, text observed.
ApiError capacity_reservation_not_found(const CapacityReservationId& id);
/// The caller's reservation. Throws InvalidCapacityReservationId.NotFound.
CapacityReservationRow require_capacity_reservation(Session& session,
                                                    const CapacityReservationId& id);
/// The caller's reservation, which has to be active. Throws IncorrectState too.
CapacityReservationRow require_active_capacity(Session& session, const CapacityReservationId& id);

/// No reservation has as much room as is wanted. Source: code and text observed of launches,
/// assumed of capacity that is split off or moved.
ApiError no_reserved_capacity();

CapacityReservation capacity_reservation_answer(Session& session, const CapacityReservationId& id);

/// Puts an instance that runs into the reservation.
void put_into_reservation(Session& session, const InstanceId& instance,
                          const CapacityReservationId& id);
/// Instances that run already, and match, run in the reservation as far as it has room.
/// Source: EC2 User Guide, "On-Demand Capacity Reservations": of open ones (documented).
void fill_reservation(Session& session, const CapacityReservationRow& row);

/// Lets the reservation expire when its end comes, if it has one.
void schedule_capacity_end(Session& session, const CapacityReservationRow& row);
/// Ends it in that state. Source: instances run on, and in no reservation any more (documented).
void end_capacity_reservation(Session& session, CapacityReservationRow row,
                              CapacityReservationState state);

}  // namespace amilab::ec2
