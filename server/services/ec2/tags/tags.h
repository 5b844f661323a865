#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"

namespace amilab::ec2 {

extern const Family kTags;

}  // namespace amilab::ec2
