#include "server/services/ec2/dedicated_hosts/dedicated_hosts.h"
#include "server/wire/ec2/dedicated_hosts/dedicated_hosts.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>

#include "server/calls/idempotency.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/page_rows.h"
#include "server/services/ec2/common/zones.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/instances/launch_place_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: code documented, text assumed.
ApiError host_not_found(const DedicatedHostId& id)
{
    return {"InvalidHostID.NotFound",
            fmt::format("The Dedicated Host ID '{}' does not exist.", id.text())};
}

/// Source: code documented, text assumed.
ApiError unsupported_host(std::string_view type)
{
    return {"UnsupportedHostConfiguration",
            fmt::format("Dedicated Hosts do not support '{}'.", type)};
}

// Descriptions

HostProperties properties_of(const DedicatedHostRow& row)
{
    // Source: assumed; documentation has a list of them.
    constexpr std::int64_t kCoresOfOneSocket = 16;
    return {
        .cores = row.cores,
        .instance_family = row.instance_type ? std::nullopt : std::optional(row.instance_family),
        .instance_type = row.instance_type,
        .sockets = row.cores > kCoresOfOneSocket ? 2 : 1,
        .total_v_cpus = row.vcpus};
}

using HostTypes = std::vector<HostTypeRow>;

std::int64_t free_vcpus(const DedicatedHostRow& row)
{
    return std::max<std::int64_t>(row.vcpus - row.used_vcpus, 0);
}

AvailableCapacity capacity_of(const DedicatedHostRow& row, const HostTypes& types)
{
    AvailableCapacity answer;
    answer.available_v_cpus = free_vcpus(row);
    for (const auto& type : types) {
        if (!row.instance_type || *row.instance_type == type.name) {
            answer.available_instance_capacity.push_back(
                {.available_capacity = *answer.available_v_cpus / type.vcpus,
                 .instance_type = type.name,
                 .total_capacity = row.vcpus / type.vcpus});
        }
    }
    return answer;
}

Host to_answer(const DedicatedHostRow& row, const HostTypes& types)
{
    Host answer;
    answer.allocation_time = Timestamp{row.allocation_time_ms};
    answer.allows_multiple_instance_types = row.instance_type ? "off" : "on";
    answer.auto_placement = row.auto_placement;
    answer.availability_zone = row.zone;
    answer.availability_zone_id = row.zone_id;
    answer.available_capacity = capacity_of(row, types);
    if (!row.client_token.empty()) {
        answer.client_token = row.client_token;
    }
    answer.host_id = row.id.text();
    answer.host_maintenance = row.host_maintenance;
    answer.host_properties = properties_of(row);
    answer.host_recovery = row.host_recovery;
    answer.member_of_service_linked_resource_group = false;
    answer.owner_id = row.owner;
    answer.release_time = time_of(row.release_time_ms);
    answer.state = text_of(row.state);
    return answer;
}

std::vector<Host> to_answers(Session& session, std::vector<DedicatedHostRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    const auto instances = select_host_instances(session.db(), ids_of(rows));
    const auto host_of = [](const auto& one) -> const std::string& { return one.host_id; };
    std::map<std::string, HostTypes> types;
    std::vector<Host> answers;
    for (const auto& row : rows) {
        auto& of_family = types[row.instance_family];
        if (of_family.empty()) {
            of_family = select_host_types(session.db(), row.instance_family);
        }
        answers.push_back(to_answer(row, of_family));
        answers.back().tags = tags.of(row.id.text());
        for (const auto& one : rows_of(instances, row.id.text(), host_of)) {
            answers.back().instances.push_back({.instance_id = one.instance_id,
                                                .instance_type = one.instance_type,
                                                .owner_id = one.owner});
        }
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeHosts,
    .ids = {.member = &DescribeHostsRequest::host_ids,
            .check = &check_ids<DedicatedHostId>,
            .not_with_page = "hostIdSet",
            .before_filters = true,
            .require = &require_listed<kDedicatedHostList, DedicatedHostId, host_not_found>},
    .page = {.largest = 500},
    .select = &select_page<kDedicatedHostList>,
    .answers = &to_answers,
    .into = &DescribeHostsResponse::hosts};

// Allocations

/// Sets the type, or the family, that the host is for.
/// Source: one of the two (documented); codes documented, texts assumed.
void set_types(Session& session, DedicatedHostRow& row, const std::optional<std::string>& type,
               const std::optional<std::string>& family)
{
    if (is_given(type) && is_given(family)) {
        throw parameters_not_together("instanceType", "instanceFamily");
    }
    if (is_given(type)) {
        if (!select_host_type_vcpus(session.db(), *type)) {
            throw unsupported_host(*type);
        }
        row.instance_type = *type;
        row.instance_family = family_of(*type);
        return;
    }
    if (select_host_types(session.db(), *family).empty()) {
        throw unsupported_host(*family);
    }
    row.instance_type.reset();
    row.instance_family = *family;
}

/// Source: code documented of launches, text assumed.
void require_offered_in(Session& session, const DedicatedHostRow& row)
{
    const auto type = row.instance_type.value_or(
        select_host_types(session.db(), row.instance_family).front().name);
    const auto zones = select_zones_offering(session.db(), session.region(), type);
    if (std::ranges::find(zones, row.zone) == zones.end()) {
        throw ApiError("InsufficientHostCapacity",
                       fmt::format("There are no Dedicated Hosts for '{}' in {}.", type, row.zone));
    }
}

DedicatedHostRow asked_row(Session& session, const AllocateHostsRequest& request)
{
    if (!is_given(request.instance_type) && !is_given(request.instance_family)) {
        throw missing_parameter("InstanceType");
    }
    DedicatedHostRow row{
        .zone = require_said_zone(session, request.availability_zone, request.availability_zone_id),
        .auto_placement = request.auto_placement.value_or("off"),
        .host_recovery = request.host_recovery.value_or("off"),
        .host_maintenance = request.host_maintenance.value_or("off"),
        .client_token = request.client_token.value_or(""),
        .allocation_time_ms = session.now_ms()};
    set_types(session, row, request.instance_type, request.instance_family);
    require_offered_in(session, row);
    return row;
}

// Source: EC2 API Reference, AllocateHosts (documented); they are available at once (assumed).
AllocateHostsResponse allocate_hosts(Session& session, const AllocateHostsRequest& request)
{
    const auto row = asked_row(session, request);
    const auto tags = parse_tags<DedicatedHostId>(request.tag_specifications);
    AllocateHostsResponse answer;
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        const auto ids = split(*made, ',');
        answer.host_ids.assign(ids.begin(), ids.end());
        return answer;
    }
    for (std::int64_t number = 0; number < request.quantity.value_or(1); ++number) {
        auto one = row;
        insert_own<kDedicatedHostColumns>(session, one, tags);
        answer.host_ids.push_back(one.id.text());
    }
    remember_token(session, request.kOperation, request.client_token,
                   boost::algorithm::join(answer.host_ids, ","));
    return answer;
}

// Source: EC2 API Reference, DescribeHosts (documented).
DescribeHostsResponse describe_hosts(Session& session, const DescribeHostsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Changes, of each host by itself

UnsuccessfulItem unsuccessful(const std::string& id, const ApiError& refusal)
{
    UnsuccessfulItem item;
    item.error = UnsuccessfulItemError{.code = "Client." + refusal.code, .message = refusal.what()};
    item.resource_id = id;
    return item;
}

DedicatedHostRow require_available(Session& session, const std::string& id)
{
    auto row = require_dedicated_host(session, DedicatedHostId::trusted(id));
    if (row.state != DedicatedHostState::kAvailable) {
        throw ApiError("InvalidHostState",
                       fmt::format("Dedicated host '{}' is not in the state available", id));
    }
    return row;
}

/// Does to each host what `change` does; a host that refuses is among the unsuccessful.
/// Source: documented; the codes there are observed to begin with "Client.".
template <class Response, class Change>
Response change_each(Session& session, const std::vector<std::string>& ids, Change change)
{
    parse_ids<DedicatedHostId>(ids);
    Response answer;
    for (const auto& id : ids) {
        try {
            change(require_available(session, id));
            answer.successful.push_back(id);
        } catch (const ApiError& refusal) {
            answer.unsuccessful.push_back(unsuccessful(id, refusal));
        }
    }
    return answer;
}

/// Throws unless the instances that are on the host may stay. Source: within its family
/// (documented), code and text are assumed.
void require_fits(Session& session, const DedicatedHostRow& before, const DedicatedHostRow& after)
{
    if (after.instance_family != before.instance_family) {
        throw unsupported_host(after.instance_type.value_or(after.instance_family));
    }
    for (const auto& one : select_host_instances(session.db(), {before.id.text()})) {
        if (after.instance_type && *after.instance_type != one.instance_type) {
            throw ApiError("InvalidHost.Occupied",
                           fmt::format("Dedicated host '{}' has instances of the type {}",
                                       before.id.text(), one.instance_type));
        }
    }
}

// Source: EC2 API Reference, ModifyHosts (documented).
ModifyHostsResponse modify_hosts(Session& session, const ModifyHostsRequest& request)
{
    if (!request.auto_placement && !request.host_recovery && !request.host_maintenance &&
        !is_given(request.instance_type) && !is_given(request.instance_family)) {
        throw no_attribute_to_modify();
    }
    if (is_given(request.instance_type) && is_given(request.instance_family)) {
        throw parameters_not_together("instanceType", "instanceFamily");
    }
    return change_each<ModifyHostsResponse>(
        session, request.host_ids, [&](const DedicatedHostRow& before) {
            auto row = before;
            if (is_given(request.instance_type) || is_given(request.instance_family)) {
                set_types(session, row, request.instance_type, request.instance_family);
                require_fits(session, before, row);
            }
            row.auto_placement = request.auto_placement.value_or(row.auto_placement);
            row.host_recovery = request.host_recovery.value_or(row.host_recovery);
            row.host_maintenance = request.host_maintenance.value_or(row.host_maintenance);
            update_dedicated_host(session.db(), row);
        });
}

// Source: EC2 API Reference, ReleaseHosts (documented); the refusal of occupied ones is observed.
ReleaseHostsResponse release_hosts(Session& session, const ReleaseHostsRequest& request)
{
    return change_each<ReleaseHostsResponse>(session, request.host_ids, [&](DedicatedHostRow row) {
        if (!select_host_instances(session.db(), {row.id.text()}).empty()) {
            throw ApiError("InvalidHost.Occupied",
                           fmt::format("Dedicated host '{}' cannot be released as it is occupied",
                                       row.id.text()));
        }
        row.state = DedicatedHostState::kReleased;
        row.release_time_ms = session.now_ms();
        update_dedicated_host(session.db(), row);
        session.schedule(kDedicatedHostReleased, kDedicatedHostGone, row.id.text());
    });
}

void dedicated_host_gone(Session& session, const DedicatedHostId& id)
{
    delete_own<kDedicatedHostColumns>(session, id);
}

constexpr Operation kOperations[] = {
    write<allocate_hosts>(kAllocateHosts),
    read<describe_hosts>(kDescribeHosts),
    write<modify_hosts>(kModifyHosts),
    write<release_hosts>(kReleaseHosts, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<DedicatedHostId, host_not_found>(kTaggableByOwner<kDedicatedHostColumns>),
};

constexpr DueRow kDue[] = {when<dedicated_host_gone>(kDedicatedHostGone)};

constexpr Delay kDelays[] = {kDedicatedHostReleased};

}  // namespace

DedicatedHostRow require_dedicated_host(Session& session, const DedicatedHostId& id)
{
    return require_own<kDedicatedHostList, DedicatedHostId, host_not_found>(session, id);
}

std::optional<std::int64_t> room_on(Session& session, const DedicatedHostRow& host,
                                    std::string_view instance_type)
{
    if (host.instance_family != family_of(instance_type) ||
        (host.instance_type && *host.instance_type != instance_type)) {
        return std::nullopt;
    }
    const auto vcpus = select_host_type_vcpus(session.db(), instance_type);
    return vcpus ? std::optional(free_vcpus(host) / *vcpus) : std::nullopt;
}

constinit const Family kDedicatedHosts{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
