#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kNetworkInterfaceAttachments;

}  // namespace amilab::ec2
