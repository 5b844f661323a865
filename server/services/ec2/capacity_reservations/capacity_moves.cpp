#include "server/services/ec2/capacity_reservations/capacity_moves.h"
#include "server/wire/ec2/capacity_reservations/capacity_moves.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/services/ec2/capacity_reservations/billing_requests.h"
#include "server/services/ec2/capacity_reservations/capacity_reservations.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

/// Which of the instances that run in the source go with `count` of its places: none while it has
/// as many free ones. Throws ReservationCapacityExceeded where fewer may go than would have to.
/// Source: EC2 User Guide, "Move capacity between Capacity Reservations" and "Split off capacity":
/// free places first, then instances that take what is open, of open reservations alone that are
/// shared alike (documented); which of them, AWS leaves to chance; ours are in the order of ids.
std::vector<InstanceId> instances_to_move(Session& session, const CapacityReservationRow& source,
                                          std::int64_t count, bool may_go)
{
    const auto wanted = count - source.available();
    if (wanted <= 0) {
        return {};
    }
    auto movable =
        may_go ? select_movable_instances(session.db(), source.id) : std::vector<InstanceId>();
    if (static_cast<std::int64_t>(movable.size()) < wanted) {
        throw no_reserved_capacity();
    }
    movable.erase(movable.begin() + wanted, movable.end());
    return movable;
}

void put_all_into(Session& session, const std::vector<InstanceId>& instances,
                  const CapacityReservationId& id)
{
    for (const auto& instance : instances) {
        put_into_reservation(session, instance, id);
    }
}

/// Whom the reservation is shared with, as far as anything here tells.
std::optional<std::string> shared_with(Session& session, const CapacityReservationRow& row)
{
    const auto request = find_open_billing_request(session, row.id);
    return request ? std::optional(request->billing_owner) : std::nullopt;
}

/// The reservation without `count` of its places, which are gone from it by now.
CapacityReservationRow lessened(Session& session, CapacityReservationRow row, std::int64_t count)
{
    row.total -= count;
    update_capacity_reservation(session.db(), row);
    return row;
}

/// Both reservations as they are now, and how many places went from one to the other.
template <class Response>
Response answer_of(Session& session, const CapacityReservationId& source,
                   const CapacityReservationId& destination, std::int64_t count)
{
    Response response;
    response.destination_capacity_reservation = capacity_reservation_answer(session, destination);
    response.instance_count = count;
    response.source_capacity_reservation = capacity_reservation_answer(session, source);
    return response;
}

/// What the source has and the new one has too. Source: all but the tags (documented); that it
/// begins when it is made, and that nobody was asked to pay for it, is assumed.
CapacityReservationRow part_of(const Session& session, const CapacityReservationRow& source,
                               std::int64_t count)
{
    auto row = source;
    row.total = count;
    row.create_time_ms = session.now_ms();
    return row;
}

// Source: EC2 API Reference, CreateCapacityReservationBySplitting, and EC2 User Guide, "Split off
// capacity from an existing Capacity Reservation" (documented): one place stays at least; codes and
// texts are assumed.
CreateCapacityReservationBySplittingResponse create_capacity_reservation_by_splitting(
    Session& session, const CreateCapacityReservationBySplittingRequest& request)
{
    using Response = CreateCapacityReservationBySplittingResponse;
    const auto id = parse_id<CapacityReservationId>(request.source_capacity_reservation_id);
    const auto count = request.instance_count;
    const auto tags = parse_tags<CapacityReservationId>(request.tag_specifications);
    stop_if_dry_run(request);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return answer_of<Response>(session, id, CapacityReservationId::trusted(*made), count);
    }
    const auto source = require_active_capacity(session, id);
    if (count >= source.total) {
        throw invalid_parameter_value(fmt::format(
            "The capacity reservation '{}' has {} instances, of which {} can be split off.",
            id.text(), source.total, source.total - 1));
    }
    const bool may_go =
        source.match_criteria == CapacityMatch::kOpen && !shared_with(session, source);
    const auto instances = instances_to_move(session, source, count, may_go);
    auto row = part_of(session, source, count);
    insert_own<kCapacityReservationColumns>(session, row, tags);
    schedule_capacity_end(session, row);
    lessened(session, source, count);
    put_all_into(session, instances, row.id);
    remember_token(session, request.kOperation, request.client_token, row.id.text());
    return answer_of<Response>(session, id, row.id, count);
}

/// Throws unless what both have in common is all that has to be. Source: which attributes is
/// documented; code and text are assumed.
void require_alike(const CapacityReservationRow& source, const CapacityReservationRow& destination)
{
    const auto is_alike =
        source.instance_type == destination.instance_type &&
        source.platform == destination.platform && source.zone == destination.zone &&
        source.tenancy == destination.tenancy && source.end_type == destination.end_type &&
        source.end_time_ms == destination.end_time_ms;
    if (!is_alike) {
        throw invalid_parameter_value(fmt::format(
            "The capacity reservations '{}' and '{}' do not have the same instance type, platform, "
            "Availability Zone, tenancy and end time.",
            source.id.text(), destination.id.text()));
    }
}

/// What one may have: as many as it may be made with.
std::int64_t most_instances()
{
    return wire::find_member(*kCreateCapacityReservation.input, "InstanceCount")->max;
}

/// Throws where the reservation has not room for `count` more. Source: 1,000 in one (documented of
/// CreateCapacityReservation); that a move keeps to it, code and text are assumed.
void require_room_for(const CapacityReservationRow& row, std::int64_t count)
{
    const auto most = most_instances();
    if (count > most - row.total) {
        throw invalid_parameter_value(
            fmt::format("The capacity reservation '{}' has {} instances, and {} more would be more "
                        "than the {} that one may have.",
                        row.id.text(), row.total, count, most));
    }
}

// Source: EC2 API Reference, MoveCapacityReservationInstances, and EC2 User Guide, "Move capacity
// between Capacity Reservations" (documented): one that all is moved out of is cancelled; that
// whoever matches an open destination fills it is as where one is made (assumed).
MoveCapacityReservationInstancesResponse move_capacity_reservation_instances(
    Session& session, const MoveCapacityReservationInstancesRequest& request)
{
    using Response = MoveCapacityReservationInstancesResponse;
    const auto source_id = parse_id<CapacityReservationId>(request.source_capacity_reservation_id);
    const auto id = parse_id<CapacityReservationId>(request.destination_capacity_reservation_id);
    const auto count = request.instance_count;
    if (source_id == id) {
        // Source: assumed.
        throw invalid_value(id.text(), "destinationCapacityReservationId",
                            "It is the source capacity reservation.");
    }
    stop_if_dry_run(request);
    if (made_before(session, request.kOperation, request.client_token)) {
        return answer_of<Response>(session, source_id, id, count);
    }
    const auto source = require_active_capacity(session, source_id);
    auto destination = require_active_capacity(session, id);
    require_alike(source, destination);
    if (count > source.total) {
        throw no_reserved_capacity();
    }
    require_room_for(destination, count);
    const bool may_go = source.match_criteria == CapacityMatch::kOpen &&
                        destination.match_criteria == CapacityMatch::kOpen &&
                        shared_with(session, source) == shared_with(session, destination);
    put_all_into(session, instances_to_move(session, source, count, may_go), id);
    const auto rest = lessened(session, source, count);
    if (rest.total == 0) {
        end_capacity_reservation(session, rest, CapacityReservationState::kCancelled);
    }
    destination.total += count;
    update_capacity_reservation(session.db(), destination);
    fill_reservation(session, destination);
    remember_token(session, request.kOperation, request.client_token, id.text());
    return answer_of<Response>(session, source_id, id, count);
}

constexpr Operation kOperations[] = {
    write<create_capacity_reservation_by_splitting>(kCreateCapacityReservationBySplitting),
    write<move_capacity_reservation_instances>(kMoveCapacityReservationInstances),
};

}  // namespace

constinit const Family kCapacityMoves{.operations = kOperations};

}  // namespace amilab::ec2
