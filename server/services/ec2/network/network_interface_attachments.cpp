#include "server/services/ec2/network/network_interface_attachments.h"
#include "server/wire/ec2/network/network_interface_attachments.h"

#include <fmt/format.h>

#include "server/services/ec2/common/attachment_limits.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/network/interface_cards.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

InstanceRow require_attachable_to(Session& session, const InstanceId& id)
{
    auto row = select_instance(session.db(), session.account(), session.region(), id);
    if (!row) {
        throw not_found(id);
    }
    // Source: to an instance that runs, is stopped, or is being launched (documented).
    if (row->state == InstanceStateName::kTerminated ||
        row->state == InstanceStateName::kShuttingDown) {
        throw incorrect_state(id.text(), row->state);
    }
    return std::move(*row);
}

/// Source: EC2 User Guide, "Elastic Fabric Adapter": an EFA is attached and detached while its
/// instance is stopped alone (documented).
void require_stopped_for(const NetworkInterfaceRow& row, const InstanceRow& instance)
{
    if (place_of(row).is_efa() && instance.state != InstanceStateName::kStopped) {
        throw instance_not_stopped(instance.id);
    }
}

void require_room(Session& session, const InstanceRow& instance, const NetworkInterfaceRow& more,
                  const InterfaceAttachment& attachment)
{
    const auto type = select_launch_type(session.db(), instance.instance_type);
    if (!type) {
        return;
    }
    std::vector<InterfacePlace> places;
    for (const auto& one : select_interfaces_of(session.db(), {instance.id.text()})) {
        places.push_back(place_of(one));
    }
    places.push_back({.network_card_index = attachment.network_card_index,
                      .device_index = attachment.device_index,
                      .type = more.interface_type,
                      .ena = attachment.ena});
    const auto count = static_cast<std::int64_t>(places.size());
    require_cards_fit(session, places, *type);
    require_addresses_fit(session, {more}, *type);
    require_attachments_fit(*type, count_attachments_of(session.db(), instance.id), count);
}

InterfaceAttachment attachment_of(const AttachNetworkInterfaceRequest& request,
                                  const InstanceId& instance)
{
    InterfaceAttachment wanted{.instance_id = instance,
                               .network_card_index = request.network_card_index.value_or(0),
                               .device_index = request.device_index};
    set_ena_srd(wanted.ena, request.ena_srd_specification);
    wanted.ena.queue_count = request.ena_queue_count;
    return wanted;
}

// Source: EC2 API Reference, AttachNetworkInterface (documented); it is attached at once (assumed).
AttachNetworkInterfaceResponse attach_network_interface(
    Session& session, const AttachNetworkInterfaceRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    const auto instance_id = parse_id<InstanceId>(request.instance_id);
    if (request.device_index < 0) {
        throw invalid_parameter_value("Device index must not be negative.");
    }
    const auto wanted = attachment_of(request, instance_id);
    stop_if_dry_run(request);
    const auto row = require_attachable_interface(session, id);
    const auto instance = require_attachable_to(session, instance_id);
    if (row.instance_id) {
        throw interface_in_use(id);
    }
    if (row.zone != instance.zone) {
        throw interface_of_other_zone(id, instance.zone);
    }
    require_stopped_for(row, instance);
    require_room(session, instance, row, wanted);
    if (!attach_interface(session, id, wanted)) {
        throw device_index_taken(instance_id, request.device_index);
    }
    return {.attachment_id = select_network_interface(session.db(), id)->attachment_id->text(),
            .network_card_index = wanted.network_card_index};
}

/// Source: observed of load balancers' interfaces.
void refuse_service_attachment(std::string_view id)
{
    if (has_id_shape(id, kServiceAttachmentPrefix)) {
        throw operation_not_permitted(fmt::format("You are not allowed to manage '{}' attachments.",
                                                  kServiceAttachmentPrefix));
    }
}

// Source: EC2 API Reference, DetachNetworkInterface (documented); by the owner of the instance as
// by that of the interface (assumed); it is free at once, with Force
// and without (assumed), and its primary interface an instance keeps (observed).
DetachNetworkInterfaceResponse detach_network_interface(
    Session& session, const DetachNetworkInterfaceRequest& request)
{
    refuse_service_attachment(request.attachment_id);
    const auto id = parse_id<NetworkInterfaceAttachmentId>(request.attachment_id);
    stop_if_dry_run(request);
    const auto row =
        select_interface_attached(session.db(), session.account(), session.region(), id);
    if (!row) {
        throw not_found(id);
    }
    if (place_of(*row).is_primary()) {
        throw primary_interface_stays();
    }
    if (const auto instance = select_instance(session.db(), row->instance_owner.value_or(""),
                                              row->region, *row->instance_id)) {
        require_stopped_for(*row, *instance);
    }
    detach_network_interface(session.db(), row->id);
    return {};
}

constexpr Operation kOperations[] = {
    write<attach_network_interface>(kAttachNetworkInterface),
    write<detach_network_interface>(kDetachNetworkInterface),
};

}  // namespace

constinit const Family kNetworkInterfaceAttachments{.operations = kOperations};

}  // namespace amilab::ec2
