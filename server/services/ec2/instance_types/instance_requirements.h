#pragma once

#include "server/calls/family.h"
#include "server/wire/ec2/shared.h"

namespace amilab::ec2 {

extern const Family kInstanceRequirements;

/// Throws for attributes that no type could have, or that contradict one another:
/// InvalidParameterValue (bounds below 0 or the wrong way round, patterns with other characters,
/// several families as a baseline), InvalidParameterCombination (both lists of types, both
/// thresholds of Spot prices).
/// Source: EC2 API Reference, InstanceRequirementsRequest: what is exclusive, the characters, and
/// that one family can be named are documented, codes and texts assumed.
void check_instance_requirements(const InstanceRequirementsRequest& requirements);

}  // namespace amilab::ec2
