#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"

/// EBS encryption by default, and the key that it takes, of an account in a region.
namespace amilab::ec2 {

extern const Family kEbsEncryption;

}  // namespace amilab::ec2
