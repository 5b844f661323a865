#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"

/// Copies of images and snapshots, across regions and accounts. A copy has the layers of its
/// source: no bytes move.
namespace amilab::ec2 {

extern const Family kImageCopies;

}  // namespace amilab::ec2
