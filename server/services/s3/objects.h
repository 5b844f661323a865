#pragma once

#include "server/calls/family.h"

/// Objects: putting, getting and deleting them.
namespace amilab::s3 {

extern const Family kObjects;

}  // namespace amilab::s3
