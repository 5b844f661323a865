#pragma once

#include "server/calls/services.h"

namespace amilab::s3 {

/// Amazon S3, version 2006-03-01, as much of it as tools that publish images need.
extern const Service kS3;

}  // namespace amilab::s3
