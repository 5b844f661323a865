#pragma once

#include <functional>
#include <string_view>

#include "server/calls/session.h"

namespace amilab {

class Writer;

/// Lets everything happen that is due by the generation's clock, in a transaction of its own.
void settle_due(const Services& services, Generation& generation, Writer& writer);

/// One transaction, with what the change schedules for now. session.committed() is left to do.
void write_and_commit(Generation& generation, Session& session,
                      const std::function<void(Session&)>& change);

/// Runs `change` on the writer, in one transaction: what is due comes first, what it schedules for
/// now happens too, and after the commit what it left to do. Rolled back when `change` throws.
void run_write(const Session::Context& context, const std::function<void(Session&)>& change);

/// Runs `write`, which frees space: when the disk is full a second time, with what the reserve
/// gives up. Throws what `write` throws.
void with_reserve(Generation& generation, const std::function<void()>& write);

}  // namespace amilab
