#include "server/services/ec2/instances/instance_options.h"

#include <algorithm>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/host_placement.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/launch_options.h"
#include "server/services/ec2/instances/reserved_capacity.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/wire/ec2/instances/instance_options.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/network/network_interface_rows.h"

namespace amilab::ec2 {

namespace {

/// An instance that a call changes, and what it was told so far.
struct Changed {
    InstanceRow row;
    InstanceOptionRow options;
};

Changed require_changeable(Session& session, const InstanceId& id)
{
    auto row = require_modifiable_instance(session, id);
    auto options = select_instance_options(session.db(), row.id);
    return {std::move(row), std::move(options)};
}

TypeOptionsRow type_of(Session& session, const InstanceRow& row)
{
    return select_type_options(session.db(), row.instance_type);
}

/// Throws unless the request says one of its members.
void require_some(bool is_some)
{
    if (!is_some) {
        throw no_attribute_to_modify();
    }
}

/// Source: the answer says what begins, "pending" or "disabling" (observed).
template <class Response, class Request>
Response monitor(Session& session, const Request& request, bool is_wanted)
{
    const auto ids = parse_ids<InstanceId>(request.instance_ids);
    stop_if_dry_run(request);
    require_modifiable_instances(session, ids);
    const auto told = select_instance_options(session.db(), request.instance_ids);
    Response answer;
    for (const auto& id : ids) {
        const auto found = std::ranges::lower_bound(told, id, {}, &InstanceOptionRow::instance_id);
        auto options = found != told.end() && found->instance_id == id
                           ? *found
                           : InstanceOptionRow{.instance_id = id};
        options.monitored = is_wanted;
        put_instance_options(session.db(), options);
        InstanceMonitoring one;
        one.instance_id = id.text();
        one.monitoring =
            Monitoring{.state = std::string(text_of(is_wanted ? MonitoringState::kPending
                                                              : MonitoringState::kDisabling))};
        answer.instance_monitorings.push_back(std::move(one));
    }
    return answer;
}

}  // namespace

// Source: EC2 API Reference, MonitorInstances and UnmonitorInstances (documented).
MonitorInstancesResponse monitor_instances(Session& session, const MonitorInstancesRequest& request)
{
    return monitor<MonitorInstancesResponse>(session, request, true);
}

UnmonitorInstancesResponse unmonitor_instances(Session& session,
                                               const UnmonitorInstancesRequest& request)
{
    return monitor<UnmonitorInstancesResponse>(session, request, false);
}

// Source: EC2 API Reference, ModifyInstanceMetadataOptions: what is not said stays, and the answer
// says "pending" of a running instance (documented).
ModifyInstanceMetadataOptionsResponse modify_instance_metadata_options(
    Session& session, const ModifyInstanceMetadataOptionsRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    require_some(request.http_endpoint || request.http_protocol_ipv6 ||
                 request.http_put_response_hop_limit || request.http_tokens ||
                 request.instance_metadata_tags);
    stop_if_dry_run(request);
    auto [row, options] = require_changeable(session, id);
    options.http_endpoint = request.http_endpoint.value_or(options.http_endpoint);
    options.http_protocol_ipv6 = request.http_protocol_ipv6.value_or(options.http_protocol_ipv6);
    options.instance_metadata_tags =
        request.instance_metadata_tags.value_or(options.instance_metadata_tags);
    if (request.instance_metadata_tags == kMetadataTagsEnabled) {
        require_metadata_keys(read_tags(tags_of(session, row.id.text())));
    }
    put_instance_options(session.db(), options);
    row.http_tokens = request.http_tokens.value_or(row.http_tokens);
    row.http_put_response_hop_limit =
        request.http_put_response_hop_limit.value_or(row.http_put_response_hop_limit);
    set_instance<&InstanceRow::http_tokens>(session.db(), row.id, row.http_tokens);
    set_instance<&InstanceRow::http_put_response_hop_limit>(session.db(), row.id,
                                                            row.http_put_response_hop_limit);
    if (row.state == InstanceStateName::kRunning) {
        row.metadata_options_state = MetadataOptionsState::kPending;
    }
    return {.instance_id = row.id.text(),
            .instance_metadata_options = metadata_options_answer(row, options)};
}

/// Source: from host to nothing else (documented, as is the code), the text is assumed.
void require_tenancy_stays(const InstanceOptionRow& options,
                           const std::optional<std::string>& tenancy)
{
    if (options.tenancy == InstanceTenancy::kHost && is_given(tenancy) &&
        *tenancy != InstanceTenancy::kHost) {
        throw ApiError("InvalidRequest", "The tenancy of an instance cannot be changed from host.");
    }
}

// Source: EC2 API Reference, ModifyInstancePlacement: only while stopped, and an empty GroupName
// takes the instance out of its group (documented).
ModifyInstancePlacementResponse modify_instance_placement(
    Session& session, const ModifyInstancePlacementRequest& request)
{
    require_some(request.group_id || request.group_name || request.partition_number ||
                 request.tenancy || request.host_id || request.affinity);
    auto [row, options] = require_changeable(session, parse_one_instance_id(request.instance_id));
    require_stopped(row);
    require_tenancy_stays(options, request.tenancy);
    if (request.group_name || request.group_id) {
        options.placement_group_id.reset();
        options.placement_group_name.reset();
        options.partition_number.reset();
    }
    PlacementWish wish{request.group_name, request.group_id, request.partition_number,
                       request.tenancy};
    if (!wish.group_name && !wish.group_id) {
        wish.group_id = options.placement_group_id;
    }
    set_placement(session, options, wish, type_of(session, row));
    set_host(session, options, {request.tenancy, request.host_id, request.affinity});
    within_hosts(session, options, row.instance_type, row.zone, 0, 0);
    put_instance_options(session.db(), options);
    return {.return_value = true};
}

// Source: EC2 API Reference, ModifyInstanceMaintenanceOptions (documented).
ModifyInstanceMaintenanceOptionsResponse modify_instance_maintenance_options(
    Session& session, const ModifyInstanceMaintenanceOptionsRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    require_some(request.auto_recovery || request.reboot_migration);
    stop_if_dry_run(request);
    auto [row, options] = require_changeable(session, id);
    options.auto_recovery = request.auto_recovery.value_or(options.auto_recovery);
    options.reboot_migration = request.reboot_migration.value_or(options.reboot_migration);
    put_instance_options(session.db(), options);
    return {.auto_recovery = options.auto_recovery,
            .instance_id = row.id.text(),
            .reboot_migration = options.reboot_migration};
}

// Source: EC2 API Reference, ModifyInstanceCpuOptions: only while stopped (documented).
ModifyInstanceCpuOptionsResponse modify_instance_cpu_options(
    Session& session, const ModifyInstanceCpuOptionsRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    require_some(request.core_count || request.threads_per_core || request.nested_virtualization);
    stop_if_dry_run(request);
    auto [row, options] = require_changeable(session, id);
    require_stopped(row);
    const auto type = type_of(session, row);
    set_cpu_options(options, request.core_count, request.threads_per_core, type);
    if (request.nested_virtualization) {
        options.nested_virtualization = request.nested_virtualization;
        require_nested_virtualization_possible(options, type);
    }
    put_instance_options(session.db(), options);
    return {.core_count = options.core_count,
            .instance_id = row.id.text(),
            .nested_virtualization = options.nested_virtualization,
            .threads_per_core = options.threads_per_core};
}

// Source: EC2 API Reference, ModifyPrivateDnsNameOptions (documented); the type of the name changes
// while the instance is stopped alone (documented in the EC2 User Guide).
ModifyPrivateDnsNameOptionsResponse modify_private_dns_name_options(
    Session& session, const ModifyPrivateDnsNameOptionsRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    require_some(request.private_dns_hostname_type || request.enable_resource_name_dns_a_record ||
                 request.enable_resource_name_dns_aaaa_record);
    stop_if_dry_run(request);
    auto [row, options] = require_changeable(session, id);
    if (request.private_dns_hostname_type.value_or(options.hostname_type) !=
        options.hostname_type) {
        require_stopped(row);
        const auto primary = select_primary_interface(session.db(), id);
        if (primary && primary->ipv6_native) {
            throw ip_name_without_ipv4();
        }
        options.hostname_type = *request.private_dns_hostname_type;
    }
    options.resource_name_dns_a =
        request.enable_resource_name_dns_a_record.value_or(options.resource_name_dns_a);
    options.resource_name_dns_aaaa =
        request.enable_resource_name_dns_aaaa_record.value_or(options.resource_name_dns_aaaa);
    put_instance_options(session.db(), options);
    return {.return_value = true};
}

// Source: EC2 API Reference, ModifyInstanceNetworkPerformanceOptions (documented); only while
// stopped (documented in the EC2 User Guide).
ModifyInstanceNetworkPerformanceOptionsResponse modify_instance_network_performance_options(
    Session& session, const ModifyInstanceNetworkPerformanceOptionsRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    auto [row, options] = require_changeable(session, id);
    require_stopped(row);
    set_bandwidth_weighting(options, request.bandwidth_weighting, type_of(session, row));
    put_instance_options(session.db(), options);
    return {.bandwidth_weighting = options.bandwidth_weighting, .instance_id = row.id.text()};
}

// Source: EC2 API Reference, ModifyInstanceCapacityReservationAttributes: of a stopped instance
// (documented).
ModifyInstanceCapacityReservationAttributesResponse modify_instance_capacity_reservation_attributes(
    Session& session, const ModifyInstanceCapacityReservationAttributesRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    auto [row, options] = require_changeable(session, id);
    require_stopped(row);
    set_capacity_preference(session, options, request.capacity_reservation_specification);
    put_instance_options(session.db(), options);
    return {.return_value = true};
}

namespace {

constexpr Operation kOperations[] = {
    write<monitor_instances>(kMonitorInstances),
    write<unmonitor_instances>(kUnmonitorInstances),
    write<modify_instance_capacity_reservation_attributes>(
        kModifyInstanceCapacityReservationAttributes),
    write<modify_instance_cpu_options>(kModifyInstanceCpuOptions),
    write<modify_instance_maintenance_options>(kModifyInstanceMaintenanceOptions),
    write<modify_instance_metadata_options>(kModifyInstanceMetadataOptions),
    write<modify_instance_network_performance_options>(kModifyInstanceNetworkPerformanceOptions),
    write<modify_instance_placement>(kModifyInstancePlacement),
    write<modify_private_dns_name_options>(kModifyPrivateDnsNameOptions),
};

}  // namespace

constinit const Family kInstanceOptions{.operations = kOperations};

}  // namespace amilab::ec2
