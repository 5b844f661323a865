#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/sql/listing.h"

namespace amilab::ec2 {

extern const Family kInstances;

/// Throws InvalidInstanceID.NotFound, naming all of the query's instances that the caller does not
/// have. Source: one unknown id fails the whole call (observed).
void require_listed_instances(Session& session, const ListQuery& wanted);

/// Source: "Value (ig-x) for parameter instanceId is invalid. Expected: 'i-...'." (observed).
InstanceId parse_one_instance_id(const std::string& text);
/// The caller's instance. Throws InvalidInstanceID.NotFound.
InstanceRow require_instance(Session& session, const InstanceId& id);
/// The caller's instance, to be changed. Throws also for one that is gone or going.
InstanceRow require_modifiable_instance(Session& session, const InstanceId& id);
/// Throws as require_modifiable_instance() does for the first of the ids that it throws for.
void require_modifiable_instances(Session& session, const std::vector<InstanceId>& ids);
void require_stopped(const InstanceRow& row);
void require_running(const InstanceRow& row);

}  // namespace amilab::ec2
