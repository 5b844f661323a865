#pragma once

#include <optional>
#include <string>

#include "server/calls/session.h"
#include "storage/metadata/instances/instance_ids.h"

/// The port to what instances run on. Rows say what state an instance is in; a machine follows what
/// has been committed, and may say how long that takes.
namespace amilab {

/// What runs instances. Safe from any thread; outlives the emulator.
class Machines {
public:
    virtual ~Machines() = default;

    /// How many ms a passing state of an instance lasts that begins now, `state` being the delay
    /// that it is named after. Asked within the transaction, perhaps more than once: nothing may
    /// happen yet.
    virtual TimeMs lasts_ms(const Session& session, const Delay& state) const = 0;

    /// What follows is called after the commit and once, on the thread that committed. It does not
    /// wait for the machine, and throws nothing.

    /// The instance was launched or started.
    virtual void start(Generation& generation, const InstanceId& id) = 0;
    /// Asks its system to shut down.
    virtual void stop(Generation& generation, const InstanceId& id) = 0;
    virtual void reboot(Generation& generation, const InstanceId& id) = 0;
    /// The instance is stopped or terminated by its rows: what still runs is cut off.
    virtual void kill(Generation& generation, const InstanceId& id) = 0;

    /// What it has written to its console, the last 64 KiB of it; nothing when it has none.
    virtual std::optional<std::string> console_text(Generation& generation,
                                                    const InstanceId& id) = 0;
};

/// Those of the session's emulator.
Machines& machines_of(const Session& session);

using MachineCall = void (Machines::*)(Generation& generation, const InstanceId& id);

/// Calls the machines when the session's transaction is committed, and not at all when it fails.
void tell_machines(Session& session, MachineCall call, const InstanceId& id);

/// Lets `end` befall the instance when its passing state, which begins now, is over.
void schedule_end_of(Session& session, const Delay& state, const Due& end, const InstanceId& id);

}  // namespace amilab
