#pragma once

#include <string_view>

#include "server/calls/session.h"

namespace amilab::ec2 {

/// Whether the region exists for who calls: in the partition of the region that is called. Nothing
/// is copied, or even named, from one partition to another. Source: "AWS partitions" (documented).
bool is_region_of_partition(Session& session, std::string_view region);

}  // namespace amilab::ec2
