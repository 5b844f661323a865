#pragma once

#include "server/calls/services.h"

namespace amilab::ebs {

/// The EBS direct APIs, version 2019-11-02.
extern const Service kEbs;

}  // namespace amilab::ebs
