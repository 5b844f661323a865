#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kImportCancellations;

}  // namespace amilab::ec2
