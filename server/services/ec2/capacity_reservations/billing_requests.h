#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/base/delays.h"
#include "storage/base/units.h"
#include "storage/metadata/capacity_reservations/billing_request_rows.h"

namespace amilab {
struct Timing;
}

/// Who pays for what is not used of a capacity reservation: its owner, unless another account of
/// its organization has accepted to. Nothing here says whom reservations are shared with: each
/// counts as shared with the account that is asked.
namespace amilab::ec2 {

extern const Family kBillingRequests;

// Source: EC2 User Guide, "Billing assignment for shared Amazon EC2 Capacity Reservations"
// (documented): 12 hours to answer; what was cancelled, revoked or has expired is seen for 24.
inline constexpr Delay kBillingRequestPending{"billing-request.pending", 12 * kHourMs};
inline constexpr Delay kBillingRequestEnded{"billing-request.ended", kDayMs};

/// The request for the caller's reservation that waits for an answer, or was accepted.
std::optional<BillingRequestRow> find_open_billing_request(Session& session,
                                                           const CapacityReservationId& id);

/// The reservation has ended: there is nothing to pay for. Source: assumed.
void end_billing(Session& session, const CapacityReservationId& id);

/// Ends, on the writer, what accounts that have left the owner's organization pay; `accounts` may
/// have changed theirs. Source: billing is revoked from an account that leaves (documented).
void revoke_billing_of_leavers(const Timing& timing, Database& db,
                               const std::vector<std::string>& accounts);

}  // namespace amilab::ec2
