#pragma once

#include "server/calls/operation.h"

namespace amilab::ec2 {

/// The EC2 Query API, version 2016-11-15: its schema and the operations that are served.
const Service& service();

}  // namespace amilab::ec2
