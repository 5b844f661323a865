#pragma once

#include "server/compute/machines.h"

namespace amilab {

/// No machines at all: time alone carries an instance from state to state, each as long as its
/// delay.
class TimeAlone : public Machines {
public:
    TimeMs lasts_ms(const Session& session, const Delay& state) const override
    {
        return session.delay_ms(state);
    }
    void start(Generation&, const InstanceId&) override {}
    void stop(Generation&, const InstanceId&) override {}
    void reboot(Generation&, const InstanceId&) override {}
    void kill(Generation&, const InstanceId&) override {}
    std::optional<std::string> console_text(Generation&, const InstanceId&) override { return {}; }
};

}  // namespace amilab
