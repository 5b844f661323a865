#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kInstanceCredits;

}  // namespace amilab::ec2
