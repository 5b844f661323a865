#pragma once

#include "server/calls/family.h"

/// Lists of objects.
namespace amilab::s3 {

extern const Family kObjectLists;

}  // namespace amilab::s3
