#pragma once

#include "server/calls/family.h"

/// Objects that are uploaded in parts.
namespace amilab::s3 {

extern const Family kUploads;

}  // namespace amilab::s3
