#pragma once

#include <cstdint>
#include <string_view>

#include "server/wire/api_error.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/network/interface_address_rows.h"
#include "storage/metadata/network/network_ids.h"

/// Refusals that are about network interfaces and their addresses. docs/fidelity.md says for each
/// whether it is documented, observed or assumed.
namespace amilab::ec2 {

ApiError not_found(const NetworkInterfaceId& id);
ApiError not_found(const AllocationId& id);

ApiError group_of_other_network(const SecurityGroupId& group, const SubnetId& subnet);
ApiError too_many_groups_of_interface();

ApiError malformed_address(std::string_view address);
ApiError address_outside_subnet();
ApiError address_reserved();
ApiError address_in_use(std::string_view address);
/// Of a subnet that has IPv6 addresses alone, from which IPv4 addresses are wanted, or what needs
/// them.
ApiError no_ipv4_addresses(const SubnetId& subnet);
ApiError ipv6_alone_not_supported(std::string_view instance_type);
/// Of names made of an IPv4 address that there is not.
ApiError ip_name_without_ipv4();
/// Throws what stands against giving the address or prefix to an interface, `malformed` where the
/// text is none.
void refuse_unless_free(AddressUse use, std::string_view text,
                        ApiError (*malformed)(std::string_view));
ApiError address_given_twice(std::string_view address);
ApiError several_primary_addresses();
ApiError subnet_full(const SubnetId& subnet);
ApiError no_public_address();
ApiError too_many_private_addresses();

/// Source: the code and text of DeleteNetworkInterface (observed).
ApiError interface_is_attached(const NetworkInterfaceId& id);
/// A service made it, and alone may change it.
ApiError interface_is_managed(const NetworkInterfaceId& id);
/// Source: of AttachNetworkInterface and RunInstances (observed).
ApiError interface_in_use(const NetworkInterfaceId& id);
/// Source: observed of elastic addresses.
ApiError already_associated(std::string_view resource, const AddressAssociationId& association);
ApiError not_found(const NetworkInterfaceAttachmentId& id);
ApiError device_index_taken(const InstanceId& id, std::int64_t device_index);
ApiError primary_interface_stays();
ApiError address_not_of_interface(std::string_view address);
ApiError primary_address_stays(std::string_view address);
ApiError interface_of_other_zone(const NetworkInterfaceId& id, std::string_view zone);
ApiError too_many_interfaces(std::int64_t wanted, std::string_view instance_type);
ApiError no_network_card(std::int64_t index, std::string_view instance_type);
ApiError too_many_interfaces_of_card(std::int64_t wanted, std::int64_t card,
                                     std::string_view instance_type);
/// Source: the text is observed of an attachment.
ApiError efas_not_supported(std::string_view instance_type);
ApiError too_many_efas(std::int64_t wanted, std::string_view instance_type);
ApiError too_many_efas_of_card(std::int64_t card);
ApiError efa_only_as_primary();
ApiError efa_only_has_no_addresses();
ApiError efa_only_has_no_ena();
ApiError ena_not_supported(std::string_view what, std::string_view instance_type);
ApiError ena_srd_udp_alone();
ApiError invalid_ena_queue_count(std::int64_t count, std::int64_t most);
ApiError too_many_ena_queues(std::int64_t wanted, std::string_view instance_type,
                             std::int64_t most);
/// Source: code documented, text observed of other changes.
ApiError instance_not_stopped(const InstanceId& id);
ApiError interface_not_attached(const NetworkInterfaceId& id);
/// Of an instance that goes, or that has not come yet. Source: observed.
ApiError invalid_instance(std::string_view state, const InstanceId& id);
/// Source: observed.
ApiError several_interfaces(const InstanceId& id);

}  // namespace amilab::ec2
