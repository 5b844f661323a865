#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// Whether an account may reach the serial consoles of its instances. Nothing serves such a
/// console.
extern const Family kSerialConsoleAccess;

}  // namespace amilab::ec2
