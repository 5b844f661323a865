#include "server/compute/machines.h"

#include "server/calls/services.h"
#include "server/compute/time_alone.h"

namespace amilab {

Machines& machines_of(const Session& session)
{
    static TimeAlone time_alone;  // it has no state
    auto* machines = session.services().ports().machines;
    return machines != nullptr ? *machines : time_alone;
}

void tell_machines(Session& session, MachineCall call, const InstanceId& id)
{
    session.after_commit([&machines = machines_of(session), call, id](Generation& generation) {
        (machines.*call)(generation, id);
    });
}

void schedule_end_of(Session& session, const Delay& state, const Due& end, const InstanceId& id)
{
    const auto end_ms = session.now_ms() + machines_of(session).lasts_ms(session, state);
    session.schedule_at(end_ms, end, id.text());
}

}  // namespace amilab
