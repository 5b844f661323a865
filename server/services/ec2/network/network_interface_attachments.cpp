#include "server/services/ec2/network/network_interface_attachments.h"
#include "server/wire/ec2/network/network_interface_attachments.h"

#include <fmt/format.h>

#include "server/services/ec2/common/attachment_limits.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
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

void require_room(Session& session, const InstanceRow& instance, const NetworkInterfaceRow& more)
{
    const auto type = select_launch_type(session.db(), instance.instance_type);
    if (!type) {
        return;
    }
    const auto count = count_interfaces_of(session.db(), instance.id) + 1;
    if (count > type->maximum_interfaces) {
        throw too_many_interfaces(count, type->name);
    }
    require_addresses_fit(session, {more}, *type);
    require_attachments_fit(*type, count_attachments_of(session.db(), instance.id), count);
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
    stop_if_dry_run(request);
    const auto row = require_attachable_interface(session, id);
    const auto instance = require_attachable_to(session, instance_id);
    if (row.instance_id) {
        throw interface_in_use(id);
    }
    if (row.zone != instance.zone) {
        throw interface_of_other_zone(id, instance.zone);
    }
    require_room(session, instance, row);
    if (!attach_interface(session, id, instance_id, request.device_index)) {
        throw device_index_taken(instance_id, request.device_index);
    }
    return {.attachment_id = select_network_interface(session.db(), id)->attachment_id->text(),
            .network_card_index = 0};
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
    if (row->device_index == 0) {
        throw primary_interface_stays();
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
