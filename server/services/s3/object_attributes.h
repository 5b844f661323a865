#pragma once

#include "server/calls/family.h"

/// What is known of an object beside its bytes, told in a document.
namespace amilab::s3 {

extern const Family kObjectAttributes;

}  // namespace amilab::s3
