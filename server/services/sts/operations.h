#pragma once

#include "server/calls/operation.h"

namespace amilab::sts {

/// The Security Token Service, version 2011-06-15: its schema and the operations that are served.
const Service& service();

}  // namespace amilab::sts
