#include "server/services/ec2/network/network_interface_attributes.h"
#include "server/wire/ec2/network/network_interface_attributes.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/network/interface_answers.h"
#include "server/services/ec2/network/interface_cards.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/instances/launch_rows.h"

namespace amilab::ec2 {

namespace {

void show_groups(Session& session, const NetworkInterfaceRow& row,
                 DescribeNetworkInterfaceAttributeResponse& answer)
{
    answer.groups = group_answers(select_interface_groups(session.db(), {row.id.text()}));
}

/// The one that is asked for; Source: each has an element, the attachment of a free interface
/// none (assumed).
void show(Session& session, const NetworkInterfaceRow& row, std::string_view attribute,
          DescribeNetworkInterfaceAttributeResponse& answer)
{
    if (attribute == "description") {
        answer.description = AttributeValue{.value = row.description};
    } else if (attribute == "groupSet") {
        show_groups(session, row, answer);
    } else if (attribute == "sourceDestCheck") {
        answer.source_dest_check = AttributeBooleanValue{.value = row.source_dest_check};
    } else if (attribute == "attachment") {
        answer.attachment = attachment_answer(row);
    } else {
        answer.associate_public_ip_address = row.associate_public_ip;
    }
}

// Source: EC2 API Reference, DescribeNetworkInterfaceAttribute (documented): one attribute a call.
DescribeNetworkInterfaceAttributeResponse describe_network_interface_attribute(
    Session& session, const DescribeNetworkInterfaceAttributeRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    stop_if_dry_run(request);
    const auto row = require_interface(session, id);
    DescribeNetworkInterfaceAttributeResponse answer;
    answer.network_interface_id = id.text();
    show(session, row, request.attribute, answer);
    return answer;
}

/// How many attributes the request changes.
int count_changes(const ModifyNetworkInterfaceAttributeRequest& request)
{
    return int{request.description.has_value()} + int{request.source_dest_check.has_value()} +
           int{!request.groups.empty()} + int{request.attachment.has_value()} +
           int{request.associate_public_ip_address.has_value()} +
           int{request.connection_tracking_specification.has_value()} +
           int{request.enable_primary_ipv6.has_value()} +
           int{request.ena_srd_specification.has_value()};
}

void modify_groups(Session& session, const NetworkInterfaceRow& row,
                   const std::vector<std::string>& groups)
{
    replace_interface_groups(
        session.db(), row.id,
        find_groups(session, groups, require_launch_subnet(session, row.subnet_id)));
}

/// Sets the settings of the adapter, which are those of an attachment. Throws IncorrectState for an
/// interface that is free (assumed).
void set_ena(Session& session, NetworkInterfaceRow row, const EnaSettings& settings)
{
    if (!row.instance_id) {
        throw interface_not_attached(row.id);
    }
    row.ena_srd = settings.srd;
    row.ena_srd_udp = settings.srd_udp;
    row.ena_queue_count = settings.queue_count;
    require_ena_fits(session, row);
    auto& db = session.db();
    set_network_interface<&NetworkInterfaceRow::ena_srd>(db, row.id, row.ena_srd);
    set_network_interface<&NetworkInterfaceRow::ena_srd_udp>(db, row.id, row.ena_srd_udp);
    set_network_interface<&NetworkInterfaceRow::ena_queue_count>(db, row.id, row.ena_queue_count);
}

/// Source: that the number may be what it is by default again is documented; that the instance is
/// stopped meanwhile is assumed, as a client stops it first.
void modify_ena_queues(Session& session, const NetworkInterfaceRow& row,
                       const NetworkInterfaceAttachmentChanges& changes)
{
    const bool is_default = changes.default_ena_queue_count.value_or(false);
    if (!changes.ena_queue_count && !is_default) {
        return;
    }
    const auto instance = select_instance(session.db(), row.instance_owner.value_or(""), row.region,
                                          *row.instance_id);
    if (instance && instance->state != InstanceStateName::kStopped) {
        throw instance_not_stopped(instance->id);
    }
    auto settings = place_of(row).ena;
    settings.queue_count = changes.ena_queue_count;
    set_ena(session, row, settings);
}

// Source: the attachment's id is said, and what of it changes (documented).
void modify_attachment(Session& session, const NetworkInterfaceRow& row,
                       const NetworkInterfaceAttachmentChanges& changes)
{
    if (!is_given(changes.attachment_id)) {
        throw missing_parameter("AttachmentId");
    }
    const auto id = parse_id<NetworkInterfaceAttachmentId>(*changes.attachment_id);
    if (row.attachment_id != id) {
        throw not_found(id);
    }
    if (!changes.delete_on_termination && !changes.ena_queue_count &&
        !changes.default_ena_queue_count) {
        throw missing_parameter("DeleteOnTermination");
    }
    if (changes.ena_queue_count && changes.default_ena_queue_count.value_or(false)) {
        throw parameters_not_together("enaQueueCount", "defaultEnaQueueCount");
    }
    modify_ena_queues(session, row, changes);
    if (changes.delete_on_termination) {
        set_network_interface<&NetworkInterfaceRow::delete_on_termination>(
            session.db(), row.id, *changes.delete_on_termination);
    }
}

/// Source: what is not said stays as it is (assumed).
void modify_connection_tracking(Session& session, NetworkInterfaceRow row,
                                const ConnectionTrackingSpecificationRequest& wish)
{
    set_connection_tracking(row, wish);
    auto& db = session.db();
    set_network_interface<&NetworkInterfaceRow::tcp_established_timeout>(
        db, row.id, row.tcp_established_timeout);
    set_network_interface<&NetworkInterfaceRow::udp_stream_timeout>(db, row.id,
                                                                    row.udp_stream_timeout);
    set_network_interface<&NetworkInterfaceRow::udp_timeout>(db, row.id, row.udp_timeout);
}

/// Source: EC2 API Reference, ModifyNetworkInterfaceAttribute, EnablePrimaryIpv6: in a subnet that
/// has IPv6 addresses, and for good (documented); codes and texts are assumed.
void modify_primary_ipv6(Session& session, const NetworkInterfaceRow& row, bool is_wanted)
{
    if (!is_wanted && row.primary_ipv6) {
        throw operation_not_permitted(
            fmt::format("The primary IPv6 address of the network interface '{}' cannot be disabled "
                        "once it is enabled.",
                        row.id.text()));
    }
    if (is_wanted) {
        require_takes_addresses(row);
        ipv6_block_of(subnet_of(session, row));
        set_network_interface<&NetworkInterfaceRow::primary_ipv6>(session.db(), row.id, true);
    }
}

template <auto kMember, class Value>
void modify(Session& session, const NetworkInterfaceRow& row, const Value& value)
{
    if (value) {
        if (!value->value) {
            throw missing_parameter("Value");
        }
        set_network_interface<kMember>(session.db(), row.id, *value->value);
    }
}

// Source: EC2 API Reference, ModifyNetworkInterfaceAttribute: one attribute a call (documented);
// AssociatePublicIpAddress takes effect at the instance's next start (assumed).
ModifyNetworkInterfaceAttributeResponse modify_network_interface_attribute(
    Session& session, const ModifyNetworkInterfaceAttributeRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    const auto changes = count_changes(request);
    if (changes == 0) {
        throw no_attribute_to_modify();
    }
    if (changes > 1) {
        throw several_attributes_to_modify();
    }
    stop_if_dry_run(request);
    const auto row = require_unmanaged_interface(session, id);
    modify<&NetworkInterfaceRow::description>(session, row, request.description);
    modify<&NetworkInterfaceRow::source_dest_check>(session, row, request.source_dest_check);
    if (!request.groups.empty()) {
        modify_groups(session, row, request.groups);
    }
    if (request.attachment) {
        modify_attachment(session, row, *request.attachment);
    }
    if (request.associate_public_ip_address) {
        if (*request.associate_public_ip_address) {
            require_takes_ipv4(row);
        }
        set_network_interface<&NetworkInterfaceRow::associate_public_ip>(
            session.db(), id, *request.associate_public_ip_address);
    }
    if (request.connection_tracking_specification) {
        modify_connection_tracking(session, row, *request.connection_tracking_specification);
    }
    if (request.ena_srd_specification) {
        auto settings = place_of(row).ena;
        set_ena_srd(settings, request.ena_srd_specification);
        set_ena(session, row, settings);
    }
    if (request.enable_primary_ipv6) {
        modify_primary_ipv6(session, row, *request.enable_primary_ipv6);
    }
    return {};
}

// Source: EC2 API Reference, ResetNetworkInterfaceAttribute: the check becomes true (documented).
ResetNetworkInterfaceAttributeResponse reset_network_interface_attribute(
    Session& session, const ResetNetworkInterfaceAttributeRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    if (!is_given(request.source_dest_check)) {
        throw missing_parameter("SourceDestCheck");
    }
    stop_if_dry_run(request);
    const auto row = require_unmanaged_interface(session, id);
    set_network_interface<&NetworkInterfaceRow::source_dest_check>(session.db(), row.id, true);
    return {};
}

constexpr Operation kOperations[] = {
    read<describe_network_interface_attribute>(kDescribeNetworkInterfaceAttribute),
    write<modify_network_interface_attribute>(kModifyNetworkInterfaceAttribute),
    write<reset_network_interface_attribute>(kResetNetworkInterfaceAttribute),
};

}  // namespace

constinit const Family kNetworkInterfaceAttributes{.operations = kOperations};

}  // namespace amilab::ec2
