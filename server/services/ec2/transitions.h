#pragma once

#include "server/calls/session.h"
#include "storage/metadata/calls/transition_rows.h"

namespace amilab::ec2 {

/// Lets happen what a resource's time has come for. Nothing happens to a resource that is gone.
void apply_transition(Session& session, const Transition& transition);

}  // namespace amilab::ec2
