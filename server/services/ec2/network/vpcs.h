#pragma once

#include <string_view>

#include "server/calls/family.h"
#include "server/wire/ec2/network/shared.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

/// The caller's VPC. Throws InvalidVpcID.NotFound.
VpcRow require_vpc(Session& session, const VpcId& id);
/// The caller's VPC as the answer has it that tells of its making: with lists that are empty too.
Vpc vpc_answer(Session& session, const VpcId& id);

extern const Family kVpcs;

}  // namespace amilab::ec2
