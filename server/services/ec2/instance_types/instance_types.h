#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/instance_types.h"

namespace amilab::ec2 {

/// Types and where they are offered are the catalogue's, the same for every account. Throws
/// ApiError.
DescribeInstanceTypesResponse describe_instance_types(Session& session,
                                                      const DescribeInstanceTypesRequest& request);

}  // namespace amilab::ec2
