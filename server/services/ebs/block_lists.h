#pragma once

#include "server/calls/family.h"

/// Which blocks of snapshots hold data, or have changed: EBS direct APIs, version 2019-11-02.
namespace amilab::ebs {

extern const Family kBlockLists;

}  // namespace amilab::ebs
