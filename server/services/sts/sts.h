#pragma once

#include "server/calls/services.h"

namespace amilab::sts {

/// The Security Token Service, version 2011-06-15.
extern const Service kSts;

}  // namespace amilab::sts
