#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// What the firmware of an instance has: the key of its NitroTPM, its UEFI variables.
extern const Family kInstanceFirmware;

}  // namespace amilab::ec2
