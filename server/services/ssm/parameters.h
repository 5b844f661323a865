#pragma once

#include "server/calls/family.h"

/// Parameter Store: the public parameters that name images of the catalogue, read-only, and an
/// account's own, of which all versions are kept.
namespace amilab::ssm {

extern const Family kParameters;

}  // namespace amilab::ssm
