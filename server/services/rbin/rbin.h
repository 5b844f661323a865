#pragma once

#include "server/calls/services.h"

namespace amilab::rbin {

/// The Recycle Bin, version 2021-06-15.
extern const Service kRbin;

}  // namespace amilab::rbin
