#include "server/services/ec2/network/subnet_attributes.h"

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/attribute_flags.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/subnets.h"
#include "server/wire/ec2/network/subnet_attributes.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/subnet_rows.h"

namespace amilab::ec2 {

namespace {

/// Whether the request has the attribute, and the row what it says.
bool take_hostname_type(const std::optional<std::string>& wanted, HostnameType& value)
{
    if (!is_given(wanted)) {
        return false;
    }
    value = to_word<HostnameType>(*wanted);
    return true;
}

/// Of a value that an attribute may not have in the subnet. Source: observed of
/// AssignIpv6AddressOnCreation without an IPv6 block, of others assumed.
ApiError attribute_not_possible(std::string_view attribute, bool value, std::string_view but)
{
    return invalid_parameter_value(fmt::format(
        "Invalid value '{0}' for {1}. Cannot set {1} to {0} {2}.", value, attribute, but));
}

/// Throws unless the subnet may have the attributes that the row has.
void require_possible(const SubnetRow& subnet)
{
    constexpr std::string_view kAssignIpv6 = "assign-ipv6-address-on-creation";
    const auto& id = subnet.id.text();
    if (subnet.assign_ipv6_address_on_creation && !subnet.ipv6_cidr_block) {
        throw attribute_not_possible(
            kAssignIpv6, true,
            fmt::format("unless the subnet ({}) has an IPv6 CIDR block associated with it", id));
    }
    if (!subnet.ipv6_native) {
        return;
    }
    const auto but = fmt::format("because the subnet ({}) is IPv6-only", id);
    if (!subnet.assign_ipv6_address_on_creation) {
        throw attribute_not_possible(kAssignIpv6, false, but);
    }
    if (subnet.map_public_ip_on_launch) {
        throw attribute_not_possible("map-public-ip-on-launch", true, but);
    }
    // Source: EC2 API Reference, ModifySubnetAttribute (documented), the refusal is assumed.
    if (subnet.hostname_type != HostnameType::kResourceName) {
        throw ip_name_without_ipv4();
    }
}

// Source: EC2 API Reference, ModifySubnetAttribute, "You can only modify one attribute at a time"
// (documented); the refusals are assumed.
ModifySubnetAttributeResponse modify_subnet_attribute(Session& session,
                                                      const ModifySubnetAttributeRequest& request)
{
    auto subnet = require_subnet_row(session, parse_id<SubnetId>(request.subnet_id));
    const int given =
        int{take_flag(request.map_public_ip_on_launch, subnet.map_public_ip_on_launch)} +
        int{take_flag(request.enable_resource_name_dns_a_record_on_launch,
                      subnet.resource_name_dns_a_record)} +
        int{take_flag(request.enable_resource_name_dns_aaaa_record_on_launch,
                      subnet.resource_name_dns_aaaa_record)} +
        int{take_flag(request.assign_ipv6_address_on_creation,
                      subnet.assign_ipv6_address_on_creation)} +
        int{take_flag(request.enable_dns64, subnet.enable_dns64)} +
        int{take_hostname_type(request.private_dns_hostname_type_on_launch, subnet.hostname_type)};
    if (given == 0) {
        throw no_attribute_to_modify();
    }
    if (given > 1) {
        throw several_attributes_to_modify();
    }
    require_possible(subnet);
    update_subnet(session.db(), subnet);
    return {};
}

constexpr Operation kOperations[] = {
    write<modify_subnet_attribute>(kModifySubnetAttribute),
};

}  // namespace

constinit const Family kSubnetAttributes{.operations = kOperations};

}  // namespace amilab::ec2
