#pragma once

#include "server/calls/operation.h"

namespace amilab::ebs {

/// The EBS direct APIs, version 2019-11-02: their schema and the operations that are served.
const Service& service();

}  // namespace amilab::ebs
