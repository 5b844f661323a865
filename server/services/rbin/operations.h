#pragma once

#include "server/calls/operation.h"

namespace amilab::rbin {

/// The Recycle Bin, version 2021-06-15: its schema and the operations that are served.
const Service& service();

}  // namespace amilab::rbin
