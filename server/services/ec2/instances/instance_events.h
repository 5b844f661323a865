#pragma once

#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/instances/shared.h"
#include "storage/base/units.h"
#include "storage/metadata/instances/instance_event_rows.h"

/// What is scheduled for instances: the control API schedules it, for nothing here fails by itself.
namespace amilab::ec2 {

extern const Family kInstanceEvents;

inline constexpr Due kInstanceEventDue{"instance-event-due"};
inline constexpr Due kInstanceEventForgotten{"instance-event-forgotten"};

/// Schedules an event of an instance; it comes true at its not_before_ms. The row has no id yet.
InstanceEventRow schedule_event(Session& session, InstanceEventRow row);

InstanceStatusEvent event_answer(const InstanceEventRow& row);

}  // namespace amilab::ec2
