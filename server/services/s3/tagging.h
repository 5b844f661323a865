#pragma once

#include "server/calls/family.h"

/// Tags of buckets and objects.
namespace amilab::s3 {

extern const Family kTagging;

}  // namespace amilab::s3
