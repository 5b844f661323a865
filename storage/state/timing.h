#pragma once

#include "storage/base/clock.h"
#include "storage/base/delays.h"
#include "storage/base/earliest_due.h"

namespace amilab {

class Database;

/// Time, as calls and what is due go by it. The rows have all of it too: whoever changes these
/// changes this. Safe from any thread.
struct Timing {
    Clock clock;
    Delays delays;
    /// Of the transitions.
    EarliestDue earliest_due;

    /// Takes over what the rows say, where what an earlier process has begun is due again.
    void restore(Database& db);
};

}  // namespace amilab
