#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"

/// Where images come from, and what uses them.
namespace amilab::ec2 {

extern const Family kImageLineage;

}  // namespace amilab::ec2
