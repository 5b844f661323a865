#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// Who said that ids are to be long, which they are.
extern const Family kIdFormats;

}  // namespace amilab::ec2
