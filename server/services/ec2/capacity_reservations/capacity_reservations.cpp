#include "server/services/ec2/capacity_reservations/capacity_reservations.h"
#include "server/wire/ec2/capacity_reservations/capacity_reservations.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/idempotency.h"
#include "server/services/ec2/capacity_reservations/billing_requests.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/zones.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/instances/launch_place_rows.h"
#include "storage/metadata/instances/launch_rows.h"

namespace amilab::ec2 {

namespace {

CapacityReservation to_answer(const Session& session, const CapacityReservationRow& row)
{
    CapacityReservation answer;
    answer.availability_zone = row.zone;
    answer.availability_zone_id = row.zone_id;
    answer.available_instance_count = row.available();
    answer.capacity_reservation_arn = resource_arn(session, "capacity-reservation", row.id.text());
    answer.capacity_reservation_id = row.id.text();
    answer.create_date = Timestamp{row.create_time_ms};
    answer.ebs_optimized = row.ebs_optimized;
    answer.end_date = time_of(row.end_time_ms);
    answer.end_date_type = text_of(row.end_type);
    answer.ephemeral_storage = row.ephemeral_storage;
    answer.instance_match_criteria = text_of(row.match_criteria);
    answer.instance_platform = row.platform;
    answer.instance_type = row.instance_type;
    answer.owner_id = row.owner;
    answer.reservation_type = "default";
    answer.start_date = Timestamp{row.create_time_ms};
    answer.state = text_of(row.state);
    answer.tenancy = row.tenancy;
    answer.total_instance_count = row.total;
    answer.unused_reservation_billing_owner_id = row.billing_owner;
    return answer;
}

std::vector<CapacityReservation> to_answers(Session& session,
                                            std::vector<CapacityReservationRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<CapacityReservation> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(session, row));
        answers.back().tags = tags.of(row.id.text());
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeCapacityReservations,
    .ids = {.member = &DescribeCapacityReservationsRequest::capacity_reservation_ids,
            .check = &check_ids<CapacityReservationId>,
            .not_with_page = "CapacityReservationIds",
            .before_filters = true,
            .require = &require_listed<kCapacityReservationList, CapacityReservationId,
                                       capacity_reservation_not_found>},
    .select = &select_page<kCapacityReservationList>,
    .answers = &to_answers,
    .into = &DescribeCapacityReservationsResponse::capacity_reservations};

/// Sets how the reservation ends. Source: a date goes with limited, and with that alone
/// (documented); codes and texts are assumed.
void set_end(const Session& session, CapacityReservationRow& row,
             const std::optional<std::string>& type, const std::optional<Timestamp>& date)
{
    if (type) {
        row.end_type = *find_word<CapacityEnd>(*type);
    }
    if (row.end_type == CapacityEnd::kUnlimited) {
        if (date) {
            throw invalid_parameter_combination(
                "An end date may be specified only if the end date type is limited.");
        }
        row.end_time_ms.reset();
        return;
    }
    if (date) {
        row.end_time_ms = date->ms;
    }
    if (!row.end_time_ms) {
        throw missing_parameter("EndDate");
    }
    if (*row.end_time_ms <= session.now_ms()) {
        throw invalid_parameter_value("The end date must be after the current time.");
    }
}

/// Source: where the type is offered (documented); code and text are assumed.
void require_type_in_zone(Session& session, const std::string& type, const std::string& zone)
{
    if (!select_launch_type(session.db(), type)) {
        throw invalid_value(type, "InstanceType", "There is no such instance type.");
    }
    const auto zones = select_zones_offering(session.db(), session.region(), type);
    if (std::ranges::find(zones, zone) == zones.end()) {
        throw ApiError("Unsupported",
                       fmt::format("The instance type {} is not offered in {}.", type, zone));
    }
}

CapacityReservationRow asked_row(Session& session, const CreateCapacityReservationRequest& request)
{
    CapacityReservationRow row{
        .instance_type = request.instance_type,
        .platform = request.instance_platform,
        .zone = require_said_zone(session, request.availability_zone, request.availability_zone_id),
        .tenancy = request.tenancy.value_or("default"),
        .total = request.instance_count,
        .ebs_optimized = request.ebs_optimized.value_or(false),
        .ephemeral_storage = request.ephemeral_storage.value_or(false),
        .create_time_ms = session.now_ms()};
    if (request.instance_match_criteria) {
        row.match_criteria = *find_word<CapacityMatch>(*request.instance_match_criteria);
    }
    require_type_in_zone(session, row.instance_type, row.zone);
    set_end(session, row, request.end_date_type, request.end_date);
    return row;
}

// Source: EC2 API Reference, CreateCapacityReservation (documented): for use at once.
CreateCapacityReservationResponse create_capacity_reservation(
    Session& session, const CreateCapacityReservationRequest& request)
{
    auto row = asked_row(session, request);
    const auto tags = parse_tags<CapacityReservationId>(request.tag_specifications);
    stop_if_dry_run(request);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return {.capacity_reservation =
                    capacity_reservation_answer(session, CapacityReservationId::trusted(*made))};
    }
    insert_own<kCapacityReservationColumns>(session, row, tags);
    schedule_capacity_end(session, row);
    fill_reservation(session, row);
    remember_token(session, request.kOperation, request.client_token, row.id.text());
    return {.capacity_reservation = capacity_reservation_answer(session, row.id)};
}

// Source: EC2 API Reference, DescribeCapacityReservations (documented).
DescribeCapacityReservationsResponse describe_capacity_reservations(
    Session& session, const DescribeCapacityReservationsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, ModifyCapacityReservation (documented): not below what is used
// (assumed, as are code and text).
ModifyCapacityReservationResponse modify_capacity_reservation(
    Session& session, const ModifyCapacityReservationRequest& request)
{
    const auto id = parse_id<CapacityReservationId>(request.capacity_reservation_id);
    if (!request.instance_count && !request.end_date && !request.end_date_type &&
        !request.instance_match_criteria) {
        throw no_attribute_to_modify();
    }
    stop_if_dry_run(request);
    auto row = require_active_capacity(session, id);
    if (request.end_date || request.end_date_type) {
        set_end(session, row, request.end_date_type, request.end_date);
    }
    row.total = request.instance_count.value_or(row.total);
    if (row.total < row.used) {
        throw invalid_parameter_value(fmt::format(
            "The capacity reservation '{}' has {} instances running in it.", id.text(), row.used));
    }
    if (request.instance_match_criteria) {
        row.match_criteria = *find_word<CapacityMatch>(*request.instance_match_criteria);
    }
    update_capacity_reservation(session.db(), row);
    schedule_capacity_end(session, row);
    fill_reservation(session, row);
    return {.return_value = true};
}

// Source: EC2 API Reference, CancelCapacityReservation (documented).
CancelCapacityReservationResponse cancel_capacity_reservation(
    Session& session, const CancelCapacityReservationRequest& request)
{
    const auto id = parse_id<CapacityReservationId>(request.capacity_reservation_id);
    stop_if_dry_run(request);
    end_capacity_reservation(session, require_active_capacity(session, id),
                             CapacityReservationState::kCancelled);
    return {.return_value = true};
}

void add_reservation(Session& /*session*/, const GetCapacityReservationUsageRequest& request,
                     ListQuery& wanted)
{
    wanted.among.emplace_back(kUsedCapacity, std::vector{request.capacity_reservation_id});
}

std::vector<InstanceUsage> to_usages(Session& /*session*/, std::vector<CapacityUsageRow>&& rows)
{
    std::vector<InstanceUsage> answers;
    for (const auto& row : rows) {
        answers.push_back({.account_id = row.account, .used_instance_count = row.used});
    }
    return answers;
}

constexpr DescribeSpec kUsage{.schema = kGetCapacityReservationUsage,
                              .resolve = &add_reservation,
                              .select = &select_page<kCapacityUsageList>,
                              .key = &key_by<&CapacityUsageRow::account>,
                              .answers = &to_usages,
                              .into = &GetCapacityReservationUsageResponse::instance_usages};

// Source: EC2 API Reference, GetCapacityReservationUsage (documented); nobody shares one.
GetCapacityReservationUsageResponse get_capacity_reservation_usage(
    Session& session, const GetCapacityReservationUsageRequest& request)
{
    const auto id = parse_id<CapacityReservationId>(request.capacity_reservation_id);
    auto response = describe<kUsage>(session, request);
    const auto answer = capacity_reservation_answer(session, id);
    response.available_instance_count = answer.available_instance_count;
    response.capacity_reservation_id = answer.capacity_reservation_id;
    response.instance_type = answer.instance_type;
    response.state = answer.state;
    response.total_instance_count = answer.total_instance_count;
    return response;
}

void capacity_reservation_expires(Session& session, const CapacityReservationId& id)
{
    auto row = select_capacity_reservation(session.db(), id);
    if (row && row->state == CapacityReservationState::kActive) {
        end_capacity_reservation(session, std::move(*row), CapacityReservationState::kExpired);
    }
}

void capacity_reservation_gone(Session& session, const CapacityReservationId& id)
{
    delete_own<kCapacityReservationColumns>(session, id);
}

constexpr Operation kOperations[] = {
    write<create_capacity_reservation>(kCreateCapacityReservation),
    read<describe_capacity_reservations>(kDescribeCapacityReservations),
    write<modify_capacity_reservation>(kModifyCapacityReservation),
    write<cancel_capacity_reservation>(kCancelCapacityReservation, {.frees_space = true}),
    read<get_capacity_reservation_usage>(kGetCapacityReservationUsage),
};

constexpr ResourceKind kKinds[] = {
    kind<CapacityReservationId, capacity_reservation_not_found>(
        kTaggableByOwner<kCapacityReservationColumns>),
};

constexpr DueRow kDue[] = {
    when<capacity_reservation_expires>(kCapacityReservationExpires),
    when<capacity_reservation_gone>(kCapacityReservationGone),
};

constexpr Delay kDelays[] = {kCapacityReservationEnded};

}  // namespace

ApiError capacity_reservation_not_found(const CapacityReservationId& id)
{
    return {"InvalidCapacityReservationId.NotFound",
            fmt::format("The capacity reservation ID '{}' does not exist", id.text())};
}

CapacityReservationRow require_capacity_reservation(Session& session,
                                                    const CapacityReservationId& id)
{
    return require_own<kCapacityReservationList, CapacityReservationId,
                       capacity_reservation_not_found>(session, id);
}

CapacityReservationRow require_active_capacity(Session& session, const CapacityReservationId& id)
{
    auto row = require_capacity_reservation(session, id);
    if (row.state != CapacityReservationState::kActive) {
        throw incorrect_state(id.text(), row.state);
    }
    return row;
}

ApiError no_reserved_capacity()
{
    return {"ReservationCapacityExceeded",
            "The requested reservation does not have sufficient compatible and available capacity "
            "for this request."};
}

CapacityReservation capacity_reservation_answer(Session& session, const CapacityReservationId& id)
{
    return to_answers(session, {require_capacity_reservation(session, id)}).front();
}

void put_into_reservation(Session& session, const InstanceId& instance,
                          const CapacityReservationId& id)
{
    auto options = select_instance_options(session.db(), instance);
    options.capacity_reservation_id = id.text();
    put_instance_options(session.db(), options);
}

void fill_reservation(Session& session, const CapacityReservationRow& row)
{
    if (row.match_criteria != CapacityMatch::kOpen) {
        return;
    }
    auto room = require_capacity_reservation(session, row.id).available();
    for (const auto& id : select_unreserved_instances(session.db(), row)) {
        if (room-- <= 0) {
            break;
        }
        put_into_reservation(session, id, row.id);
    }
}

void schedule_capacity_end(Session& session, const CapacityReservationRow& row)
{
    session.cancel_transitions(row.id.text());
    if (row.end_time_ms) {
        session.schedule_at(*row.end_time_ms, kCapacityReservationExpires, row.id.text());
    }
}

void end_capacity_reservation(Session& session, CapacityReservationRow row,
                              CapacityReservationState state)
{
    row.state = state;
    update_capacity_reservation(session.db(), row);
    release_capacity(session.db(), row.id);
    end_billing(session, row.id);
    session.cancel_transitions(row.id.text());
    session.schedule(kCapacityReservationEnded, kCapacityReservationGone, row.id.text());
}

constinit const Family kCapacityReservations{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
