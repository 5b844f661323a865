#pragma once

#include "server/calls/family.h"

/// What buckets have beside objects, access lists and tags.
namespace amilab::s3 {

extern const Family kBucketSettings;

}  // namespace amilab::s3
