#pragma once

#include "server/calls/family.h"

/// The start of snapshots that are written block by block: EBS direct APIs, version 2019-11-02.
namespace amilab::ebs {

extern const Family kUploadStarts;

}  // namespace amilab::ebs
