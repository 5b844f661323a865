#pragma once

#include "server/calls/family.h"

/// Objects made of objects.
namespace amilab::s3 {

extern const Family kObjectCopies;

}  // namespace amilab::s3
