#include "server/services/ec2/network/vpc_attributes.h"

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/attribute_flags.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/network/vpc_attributes.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, DescribeVpcAttribute (documented).
DescribeVpcAttributeResponse describe_vpc_attribute(Session& session,
                                                    const DescribeVpcAttributeRequest& request)
{
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    stop_if_dry_run(request);
    const auto vpc = require_vpc(session, vpc_id);
    DescribeVpcAttributeResponse response{.vpc_id = vpc.id.text()};
    if (request.attribute == "enableDnsSupport") {
        response.enable_dns_support = AttributeBooleanValue{vpc.enable_dns_support};
    } else if (request.attribute == "enableDnsHostnames") {
        response.enable_dns_hostnames = AttributeBooleanValue{vpc.enable_dns_hostnames};
    } else {
        response.enable_network_address_usage_metrics =
            AttributeBooleanValue{vpc.enable_network_address_usage_metrics};
    }
    return response;
}

// Source: EC2 API Reference, ModifyVpcAttribute (documented): not both of DNS in one call, and host
// names only where names are resolved; the refusals are assumed.
ModifyVpcAttributeResponse modify_vpc_attribute(Session& session,
                                                const ModifyVpcAttributeRequest& request)
{
    auto vpc = require_vpc(session, parse_id<VpcId>(request.vpc_id));
    const int given = int{take_flag(request.enable_dns_support, vpc.enable_dns_support)} +
                      int{take_flag(request.enable_dns_hostnames, vpc.enable_dns_hostnames)} +
                      int{take_flag(request.enable_network_address_usage_metrics,
                                    vpc.enable_network_address_usage_metrics)};
    if (given == 0) {
        throw no_attribute_to_modify();
    }
    if (given > 1) {
        throw several_attributes_to_modify();
    }
    if (request.enable_dns_hostnames && vpc.enable_dns_hostnames && !vpc.enable_dns_support) {
        throw invalid_parameter_combination(
            "DNS hostnames can be enabled only while DNS support is.");
    }
    update_vpc(session.db(), vpc);
    return {};
}

// Source: EC2 API Reference, ModifyVpcTenancy (documented): from dedicated to default alone.
ModifyVpcTenancyResponse modify_vpc_tenancy(Session& session,
                                            const ModifyVpcTenancyRequest& request)
{
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    stop_if_dry_run(request);
    auto vpc = require_vpc(session, vpc_id);
    vpc.instance_tenancy = to_word<Tenancy>(request.instance_tenancy);
    update_vpc(session.db(), vpc);
    return {.return_value = true};
}

constexpr Operation kOperations[] = {
    read<describe_vpc_attribute>(kDescribeVpcAttribute),
    write<modify_vpc_attribute>(kModifyVpcAttribute),
    write<modify_vpc_tenancy>(kModifyVpcTenancy),
};

}  // namespace

constinit const Family kVpcAttributes{.operations = kOperations};

}  // namespace amilab::ec2
