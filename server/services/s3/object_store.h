#pragma once

#include "server/calls/object_store.h"

namespace amilab::s3 {

/// What S3 does for other services.
extern const ObjectStore kObjectStore;

}  // namespace amilab::s3
