#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/sql/listing.h"

namespace amilab::ec2 {

extern const Family kInstances;

/// Throws InvalidInstanceID.NotFound, naming all of the query's instances that the caller does not
/// have. Source: one unknown id fails the whole call (observed).
void require_listed_instances(Session& session, const ListQuery& wanted);

}  // namespace amilab::ec2
