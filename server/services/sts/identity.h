#pragma once

#include "server/calls/family.h"

namespace amilab::sts {

extern const Family kIdentity;

}  // namespace amilab::sts
