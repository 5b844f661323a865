#pragma once

#include <string>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/network/vpc_endpoint_service_rows.h"

namespace amilab::ec2 {

extern const Family kVpcEndpointServices;

/// The services of that name in the call's region: one for each type of endpoint. Throws
/// InvalidServiceName.
std::vector<VpcEndpointServiceRow> require_endpoint_services(Session& session,
                                                             const std::string& name);

/// "ec2.us-east-1.vpce.amazonaws.com": what the names of an interface endpoint of the service end
/// with.
std::string endpoint_domain(const VpcEndpointServiceRow& service);
/// "ec2.us-east-1.amazonaws.com": the service's own names, which an endpoint may take over.
std::vector<std::string> private_names(const VpcEndpointServiceRow& service);

}  // namespace amilab::ec2
