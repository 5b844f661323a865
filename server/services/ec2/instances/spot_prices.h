#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kSpotPrices;

}  // namespace amilab::ec2
