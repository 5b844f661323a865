#include "storage/state/timing.h"

#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/settings/setting_rows.h"

namespace amilab {

void Timing::restore(Database& db)
{
    clock.restore(read_clock_setting(db));
    take_up_interrupted(db);
    earliest_due.set_ms(read_earliest_due_ms(db));
    for (const auto& [name, delay_ms] : read_delay_settings(db)) {
        delays.set(name, delay_ms);
    }
}

}  // namespace amilab
