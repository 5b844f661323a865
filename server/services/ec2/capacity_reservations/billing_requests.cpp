#include "server/services/ec2/capacity_reservations/billing_requests.h"
#include "server/wire/ec2/capacity_reservations/billing_requests.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "server/services/ec2/capacity_reservations/capacity_reservations.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/state/timing.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kAsOwner = "odcr-owner";

/// Source: the time is that of the request (documented); AWS says something of the status too,
/// which nobody has told what.
CapacityReservationBillingRequest to_answer(const BillingRequestRow& row)
{
    CapacityReservationInfo info;
    info.availability_zone = row.zone;
    info.availability_zone_id = row.zone_id;
    info.instance_type = row.instance_type;
    info.tenancy = row.tenancy;
    CapacityReservationBillingRequest answer;
    answer.capacity_reservation_id = row.reservation_id.text();
    answer.capacity_reservation_info = std::move(info);
    answer.last_update_time = Timestamp{row.request_time_ms};
    answer.requested_by = row.owner;
    answer.status = text_of(row.state);
    answer.unused_reservation_billing_owner_id = row.billing_owner;
    return answer;
}

std::vector<CapacityReservationBillingRequest> to_answers(Session& /*session*/,
                                                          std::vector<BillingRequestRow>&& rows)
{
    std::vector<CapacityReservationBillingRequest> answers;
    std::ranges::transform(rows, std::back_inserter(answers), to_answer);
    return answers;
}

/// Throws for reservations that the caller does not have. Source: assumed; one that nobody was
/// asked for is no mistake.
void require_reservations(Session& session, const ListQuery& wanted)
{
    for (const auto& id : missing_ids<kSentBillingRequestList>(session.db(), wanted)) {
        require_capacity_reservation(session, CapacityReservationId::trusted(id));
    }
}

/// Source: which filter goes with which role is documented; code and text are assumed.
void refuse_filter(const ListQuery& wanted, std::string_view name)
{
    if (std::ranges::find(wanted.filters, name, &RowFilter::name) != wanted.filters.end()) {
        throw invalid_parameter_combination(
            fmt::format("The filter {} cannot be used with this role.", name));
    }
}

void as_owner(Session& /*session*/,
              const DescribeCapacityReservationBillingRequestsRequest& /*request*/,
              ListQuery& wanted)
{
    refuse_filter(wanted, "requested-by");
}

void as_billing_owner(Session& /*session*/,
                      const DescribeCapacityReservationBillingRequestsRequest& /*request*/,
                      ListQuery& wanted)
{
    refuse_filter(wanted, "unused-reservation-billing-owner");
}

constexpr DescribeSpec kDescribeSent{
    .schema = kDescribeCapacityReservationBillingRequests,
    .ids = {.member = &DescribeCapacityReservationBillingRequestsRequest::capacity_reservation_ids,
            .check = &check_ids<CapacityReservationId>,
            .not_with_page = "CapacityReservationIds",
            .before_filters = true,
            .require = &require_reservations},
    .refine = &as_owner,
    .select = &select_page<kSentBillingRequestList>,
    .key = &key_by<&BillingRequestRow::reservation_id>,
    .answers = &to_answers,
    .into =
        &DescribeCapacityReservationBillingRequestsResponse::capacity_reservation_billing_requests};

constexpr DescribeSpec kDescribeReceived{
    .schema = kDescribeCapacityReservationBillingRequests,
    .ids = {.member = &DescribeCapacityReservationBillingRequestsRequest::capacity_reservation_ids,
            .check = &check_ids<CapacityReservationId>,
            .not_with_page = "CapacityReservationIds",
            .before_filters = true,
            .require = &require_listed<kReceivedBillingRequestList, CapacityReservationId,
                                       capacity_reservation_not_found>},
    .refine = &as_billing_owner,
    .select = &select_page<kReceivedBillingRequestList>,
    .key = &key_by<&BillingRequestRow::reservation_id>,
    .answers = &to_answers,
    .into =
        &DescribeCapacityReservationBillingRequestsResponse::capacity_reservation_billing_requests};

/// Throws unless it is another account's ID. Source: code and text are assumed.
void check_billing_owner(const Session& session, const std::string& account)
{
    if (!wire::is_account_id(account) || account == session.account()) {
        throw invalid_value(account, "unusedReservationBillingOwnerId",
                            "It is not another account's ID.");
    }
}

/// Source: who is not of the owner's organization is not asked (documented); code and text are
/// assumed.
void require_one_organization(Session& session, const std::string& owner,
                              const std::string& billing_owner)
{
    if (!are_of_one_organization(session.db(), owner, billing_owner)) {
        throw operation_not_permitted(
            fmt::format("The account {} is not in the organization of the capacity reservation's "
                        "owner, {}.",
                        billing_owner, owner));
    }
}

/// Source: code and text are assumed.
ApiError wrong_billing_state(const BillingRequestRow& row)
{
    return incorrect_state(
        fmt::format("The billing request of the capacity reservation '{}' to the account {}",
                    row.reservation_id.text(), row.billing_owner),
        row.state);
}

/// From now on the request is of that state; it is seen until then, or as long as the reservation.
void change_request(Session& session, BillingRequestRow row, BillingRequestState state,
                    std::optional<TimeMs> seen_until_ms)
{
    row.state = state;
    row.seen_until_ms = seen_until_ms;
    update_billing_request(session.db(), row);
}

/// Takes back what was asked. Source: what is pending is cancelled, what was accepted revoked
/// (documented).
void take_back(Session& session, BillingRequestRow row)
{
    const auto state = row.state == BillingRequestState::kPending ? BillingRequestState::kCancelled
                                                                  : BillingRequestState::kRevoked;
    change_request(session, std::move(row), state, session.due_ms(kBillingRequestEnded));
}

// Source: EC2 API Reference, AssociateCapacityReservationBillingOwner, and EC2 User Guide, "Assign
// billing" (documented): an account of the same organization, one at a time; that the reservation
// is to be active, codes and texts are assumed.
AssociateCapacityReservationBillingOwnerResponse associate_capacity_reservation_billing_owner(
    Session& session, const AssociateCapacityReservationBillingOwnerRequest& request)
{
    const auto id = parse_id<CapacityReservationId>(request.capacity_reservation_id);
    const auto& billing_owner = request.unused_reservation_billing_owner_id;
    check_billing_owner(session, billing_owner);
    stop_if_dry_run(request);
    require_active_capacity(session, id);
    require_one_organization(session, session.account(), billing_owner);
    if (const auto open = find_open_billing_request(session, id)) {
        throw wrong_billing_state(*open);
    }
    const auto ends_ms = session.due_ms(kBillingRequestPending);
    replace_billing_request(session.db(),
                            {.reservation_id = id,
                             .billing_owner = billing_owner,
                             .region = session.region(),
                             .owner = session.account(),
                             .request_time_ms = session.now_ms(),
                             .expiration_time_ms = ends_ms,
                             .seen_until_ms = ends_ms + session.delay_ms(kBillingRequestEnded)});
    return {.return_value = true};
}

// Source: EC2 API Reference, DisassociateCapacityReservationBillingOwner (documented); refusals are
// assumed.
DisassociateCapacityReservationBillingOwnerResponse disassociate_capacity_reservation_billing_owner(
    Session& session, const DisassociateCapacityReservationBillingOwnerRequest& request)
{
    const auto id = parse_id<CapacityReservationId>(request.capacity_reservation_id);
    const auto& billing_owner = request.unused_reservation_billing_owner_id;
    check_billing_owner(session, billing_owner);
    stop_if_dry_run(request);
    require_capacity_reservation(session, id);
    auto row = select_billing_request(session.db(), id, billing_owner, session.now_ms());
    if (!row) {
        throw invalid_value(billing_owner, "unusedReservationBillingOwnerId",
                            "The account was sent no billing request for the capacity "
                            "reservation.");
    }
    if (!row->is_open()) {
        throw wrong_billing_state(*row);
    }
    take_back(session, std::move(*row));
    return {.return_value = true};
}

/// The request that the caller is to answer. Throws unless it waits for that. Source: codes and
/// texts are assumed.
BillingRequestRow require_request(Session& session, const CapacityReservationId& id)
{
    auto row = select_billing_request(session.db(), id, session.account(), session.now_ms());
    if (!row || row->region != session.region()) {
        throw capacity_reservation_not_found(id);
    }
    if (row->state != BillingRequestState::kPending) {
        throw wrong_billing_state(*row);
    }
    return std::move(*row);
}

// Source: EC2 API Reference, AcceptCapacityReservationBillingOwnership (documented); that an
// account which has left the organization since is refused is assumed.
AcceptCapacityReservationBillingOwnershipResponse accept_capacity_reservation_billing_ownership(
    Session& session, const AcceptCapacityReservationBillingOwnershipRequest& request)
{
    const auto id = parse_id<CapacityReservationId>(request.capacity_reservation_id);
    stop_if_dry_run(request);
    auto row = require_request(session, id);
    require_one_organization(session, row.owner, row.billing_owner);
    change_request(session, std::move(row), BillingRequestState::kAccepted, std::nullopt);
    return {.return_value = true};
}

// Source: EC2 API Reference, RejectCapacityReservationBillingOwnership (documented); that it is
// seen as long as the reservation is assumed: the 24 hours are told of other states alone.
RejectCapacityReservationBillingOwnershipResponse reject_capacity_reservation_billing_ownership(
    Session& session, const RejectCapacityReservationBillingOwnershipRequest& request)
{
    const auto id = parse_id<CapacityReservationId>(request.capacity_reservation_id);
    stop_if_dry_run(request);
    change_request(session, require_request(session, id), BillingRequestState::kRejected,
                   std::nullopt);
    return {.return_value = true};
}

// Source: EC2 API Reference, DescribeCapacityReservationBillingRequests (documented).
DescribeCapacityReservationBillingRequestsResponse describe_capacity_reservation_billing_requests(
    Session& session, const DescribeCapacityReservationBillingRequestsRequest& request)
{
    return request.role == kAsOwner ? describe<kDescribeSent>(session, request)
                                    : describe<kDescribeReceived>(session, request);
}

constexpr Operation kOperations[] = {
    write<associate_capacity_reservation_billing_owner>(kAssociateCapacityReservationBillingOwner),
    write<disassociate_capacity_reservation_billing_owner>(
        kDisassociateCapacityReservationBillingOwner),
    write<accept_capacity_reservation_billing_ownership>(
        kAcceptCapacityReservationBillingOwnership),
    write<reject_capacity_reservation_billing_ownership>(
        kRejectCapacityReservationBillingOwnership),
    read<describe_capacity_reservation_billing_requests>(
        kDescribeCapacityReservationBillingRequests),
};

constexpr Delay kDelays[] = {kBillingRequestPending, kBillingRequestEnded};

}  // namespace

std::optional<BillingRequestRow> find_open_billing_request(Session& session,
                                                           const CapacityReservationId& id)
{
    return select_open_billing_request(session.db(), id, session.now_ms());
}

void end_billing(Session& session, const CapacityReservationId& id)
{
    if (auto row = find_open_billing_request(session, id)) {
        take_back(session, std::move(*row));
    }
}

void revoke_billing_of_leavers(const Timing& timing, Database& db,
                               const std::vector<std::string>& accounts)
{
    const auto seen_until_ms = timing.clock.now_ms() + timing.delays.get(kBillingRequestEnded);
    for (const auto& account : accounts) {
        revoke_billing_across_organizations(db, account, seen_until_ms);
    }
}

constinit const Family kBillingRequests{.operations = kOperations, .delays = kDelays};

}  // namespace amilab::ec2
