#pragma once

#include "server/calls/services.h"

namespace amilab::iam {

/// Identity and Access Management, version 2010-05-08: roles that services and instances take
/// on, as rows. They let nobody do anything.
extern const Service kIam;

}  // namespace amilab::iam
