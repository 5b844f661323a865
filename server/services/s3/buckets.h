#pragma once

#include "server/calls/family.h"

/// Buckets: Amazon S3, version 2006-03-01.
namespace amilab::s3 {

extern const Family kBuckets;

}  // namespace amilab::s3
