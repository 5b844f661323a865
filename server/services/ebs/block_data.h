#pragma once

#include "server/calls/family.h"

/// The bytes of blocks: EBS direct APIs, version 2019-11-02.
namespace amilab::ebs {

extern const Family kBlockData;

}  // namespace amilab::ebs
