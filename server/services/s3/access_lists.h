#pragma once

#include "server/calls/family.h"

/// Access lists of buckets and objects, by their names.
namespace amilab::s3 {

extern const Family kAccessLists;

}  // namespace amilab::s3
