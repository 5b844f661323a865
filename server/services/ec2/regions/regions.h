#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/regions.h"

namespace amilab::ec2 {

/// Regions and zones are the catalogue's, the same for every account. Throws ApiError.
DescribeRegionsResponse describe_regions(Session& session, const DescribeRegionsRequest& request);
DescribeAvailabilityZonesResponse describe_availability_zones(
    Session& session, const DescribeAvailabilityZonesRequest& request);

}  // namespace amilab::ec2
