#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/instances/instance_ids.h"

namespace amilab::ec2 {

extern const Family kInstances;

}  // namespace amilab::ec2
