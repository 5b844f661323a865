#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// What security groups let in and out, rule by rule.
extern const Family kSecurityGroupRules;

}  // namespace amilab::ec2
