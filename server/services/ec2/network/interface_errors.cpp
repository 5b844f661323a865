#include "server/services/ec2/network/interface_errors.h"

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"

namespace amilab::ec2 {

ApiError not_found(const NetworkInterfaceId& id)
{
    return {"InvalidNetworkInterfaceID.NotFound",
            fmt::format("The networkInterface ID '{}' does not exist", id.text())};
}

ApiError not_found(const AllocationId& id)
{
    return {"InvalidAllocationID.NotFound",
            fmt::format("The allocation ID '{}' does not exist", id.text())};
}

ApiError group_of_other_network(const SecurityGroupId& group, const SubnetId& subnet)
{
    return invalid_parameter(
        fmt::format("Security group {} and subnet {} belong to different networks.", group.text(),
                    subnet.text()));
}

ApiError too_many_groups_of_interface()
{
    return {"SecurityGroupsPerInterfaceLimitExceeded",
            "The maximum number of security groups per interface has been reached."};
}

ApiError malformed_address(std::string_view address)
{
    return invalid_value(address, "privateIpAddress");
}

ApiError address_outside_subnet()
{
    return invalid_parameter_value("Address does not fall within the subnet's address range");
}

ApiError address_reserved()
{
    return invalid_parameter_value("Address is in subnet's reserved address range");
}

ApiError address_in_use(std::string_view address)
{
    return {"InvalidIPAddress.InUse", fmt::format("Address {} is in use.", address)};
}

ApiError no_ipv4_addresses(const SubnetId& subnet)
{
    return invalid_parameter_value(
        fmt::format("The subnet '{}' does not have an IPv4 CIDR block.", subnet.text()));
}

ApiError ipv6_alone_not_supported(std::string_view instance_type)
{
    return {"Unsupported", fmt::format("{} instances do not support IPv6-only subnets: they are "
                                       "not built on the Nitro System.",
                                       instance_type)};
}

ApiError ip_name_without_ipv4()
{
    return invalid_parameter_value(
        "The hostname type ip-name requires an IPv4 address; that of an IPv6-only subnet is "
        "resource-name.");
}

void refuse_unless_free(AddressUse use, std::string_view text,
                        ApiError (*malformed)(std::string_view))
{
    switch (use) {
        case AddressUse::kFree:
            return;
        case AddressUse::kNoAddress:
            throw malformed(text);
        case AddressUse::kOutside:
            throw address_outside_subnet();
        case AddressUse::kReserved:
            throw address_reserved();
        case AddressUse::kTaken:
            throw address_in_use(text);
    }
}

ApiError address_given_twice(std::string_view address)
{
    return invalid_parameter_value(
        fmt::format("The address {} is specified more than once.", address));
}

ApiError several_primary_addresses()
{
    return invalid_parameter_combination("Only one primary private IP address can be specified.");
}

ApiError subnet_full(const SubnetId& subnet)
{
    return {"InsufficientFreeAddressesInSubnet",
            fmt::format("There are not enough free addresses in subnet '{}' to satisfy the "
                        "requested number of instances.",
                        subnet.text())};
}

ApiError no_public_address()
{
    return {"InsufficientAddressCapacity",
            "There are not enough public IPv4 addresses to satisfy your request."};
}

ApiError too_many_private_addresses()
{
    return {"PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit."};
}

ApiError interface_is_attached(const NetworkInterfaceId& id)
{
    return invalid_parameter_value(
        fmt::format("Network interface '{}' is currently in use.", id.text()));
}

ApiError interface_is_managed(const NetworkInterfaceId& id)
{
    return auth_failure(fmt::format(
        "You do not have permission to access the specified resource: network interface '{}' is "
        "managed by a service.",
        id.text()));
}

ApiError interface_in_use(const NetworkInterfaceId& id)
{
    return {"InvalidNetworkInterface.InUse", fmt::format("Interface: [{}] in use.", id.text())};
}

ApiError already_associated(std::string_view resource, const AddressAssociationId& association)
{
    return {"Resource.AlreadyAssociated",
            fmt::format("resource {} is already associated with associate-id {}", resource,
                        association.text())};
}

ApiError not_found(const NetworkInterfaceAttachmentId& id)
{
    return {"InvalidAttachmentID.NotFound",
            fmt::format("The networkInterface attachment ID '{}' does not exist", id.text())};
}

ApiError device_index_taken(const InstanceId& id, std::int64_t device_index)
{
    return invalid_parameter_value(
        fmt::format("Instance '{}' already has an interface attached at device index '{}'.",
                    id.text(), device_index));
}

ApiError primary_interface_stays()
{
    return operation_not_permitted(
        "The network interface at device index 0 and networkCard index 0 cannot be detached.");
}

ApiError address_not_of_interface(std::string_view address)
{
    return invalid_parameter_value(
        fmt::format("Some of [{}] are not assigned to the network interface", address));
}

ApiError primary_address_stays(std::string_view address)
{
    return invalid_parameter_value(fmt::format(
        "{} is a primary address of the network interface, and cannot be unassigned.", address));
}

ApiError interface_of_other_zone(const NetworkInterfaceId& id, std::string_view zone)
{
    return invalid_parameter_combination(
        fmt::format("The network interface '{}' is not in the availability zone {} of the "
                    "instance.",
                    id.text(), zone));
}

ApiError too_many_interfaces(std::int64_t wanted, std::string_view instance_type)
{
    return {"AttachmentLimitExceeded",
            fmt::format("Interface count {} exceeds the limit for {}", wanted, instance_type)};
}

ApiError no_network_card(std::int64_t index, std::string_view instance_type)
{
    return invalid_parameter_value(
        fmt::format("The instance type {} does not have a network card with the index {}.",
                    instance_type, index));
}

ApiError too_many_interfaces_of_card(std::int64_t wanted, std::int64_t card,
                                     std::string_view instance_type)
{
    return {"AttachmentLimitExceeded",
            fmt::format("Interface count {} exceeds the limit for network card {} of {}", wanted,
                        card, instance_type)};
}

ApiError efas_not_supported(std::string_view instance_type)
{
    return {"Unsupported",
            fmt::format("{} instances do not support Elastic Fabric Adapters.", instance_type)};
}

ApiError too_many_efas(std::int64_t wanted, std::string_view instance_type)
{
    return {"AttachmentLimitExceeded",
            fmt::format("EFA interface count {} exceeds the limit for {}", wanted, instance_type)};
}

ApiError too_many_efas_of_card(std::int64_t card)
{
    return {"AttachmentLimitExceeded",
            fmt::format("Only one EFA can be attached to network card {}.", card)};
}

ApiError efa_only_as_primary()
{
    return invalid_parameter_combination(
        "An EFA-only network interface cannot be the primary network interface.");
}

ApiError efa_only_has_no_addresses()
{
    return invalid_parameter_combination(
        "EFA-only network interfaces do not support IP addresses.");
}

ApiError efa_only_has_no_ena()
{
    return invalid_parameter_combination(
        "EFA-only network interfaces do not have an Elastic Network Adapter.");
}

ApiError ena_not_supported(std::string_view what, std::string_view instance_type)
{
    return {"Unsupported",
            fmt::format("{} is not supported by the instance type {}.", what, instance_type)};
}

ApiError ena_srd_udp_alone()
{
    return invalid_parameter_combination(
        "ENA Express must be enabled to be enabled for UDP traffic.");
}

ApiError invalid_ena_queue_count(std::int64_t count, std::int64_t most)
{
    return invalid_value(std::to_string(count), "enaQueueCount",
                         fmt::format("Expected a power of two that is not more than {}.", most));
}

ApiError too_many_ena_queues(std::int64_t wanted, std::string_view instance_type, std::int64_t most)
{
    return invalid_parameter_value(fmt::format(
        "{} ENA queues exceed the {} that a network card of {} has.", wanted, most, instance_type));
}

ApiError instance_not_stopped(const InstanceId& id)
{
    return incorrect_instance_state(id, "is not in the 'stopped' state.");
}

ApiError interface_not_attached(const NetworkInterfaceId& id)
{
    return incorrect_state(id.text(), "available");
}

ApiError invalid_instance(std::string_view state, const InstanceId& id)
{
    return {"InvalidInstanceID",
            fmt::format("The {} instance '{}' is not in a valid state for this operation.", state,
                        id.text())};
}

ApiError several_interfaces(const InstanceId& id)
{
    return {"InvalidInstanceID",
            fmt::format("There are multiple interfaces attached to instance '{}'. Please specify "
                        "an interface ID for the operation instead.",
                        id.text())};
}

}  // namespace amilab::ec2
