#include "server/services/ec2/network/subnet_attributes.h"

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/attribute_flags.h"
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
    // Source: documented; code and text are assumed.
    if (subnet.assign_ipv6_address_on_creation && !subnet.ipv6_cidr_block) {
        throw invalid_parameter_value(
            "assignIpv6AddressOnCreation requires that the subnet has an IPv6 CIDR block.");
    }
    update_subnet(session.db(), subnet);
    return {};
}

constexpr Operation kOperations[] = {
    write<modify_subnet_attribute>(kModifySubnetAttribute),
};

}  // namespace

constinit const Family kSubnetAttributes{.operations = kOperations};

}  // namespace amilab::ec2
