#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "server/calls/session.h"

namespace amilab {

struct Timing;

/// Whose: without an account everybody's; of an account also what nobody knows the account of.
using DueOf = std::optional<std::string_view>;

/// Whether anything is due by a generation's clock. On a connection of its database.
bool is_due(const Timing& timing, Database& db, DueOf whose);
/// As is_due(), on a connection that is taken if it has to be asked.
bool finds_due(Generation& generation, DueOf whose);

/// Lets happen what is due, the earliest first: kDueAtOnce transitions at most, in a
/// transaction of their own; where it is everybody's, tokens that have ended are forgotten too.
/// Says whether more is due.
bool settle_some(const Services& services, Generation& generation, DueOf whose);
/// Lets happen all that is due by now. Others have the writer in between.
void settle_all(const Services& services, Generation& generation, DueOf whose = {});

/// One transaction, with what the change schedules for now. session.committed() is left to do.
void write_and_commit(Generation& generation, Session& session,
                      const std::function<void(Session&)>& change);

/// Runs `change` on the writer, in one transaction: what is due of the caller's account comes
/// first, what it schedules for now happens too, and after the commit what it left to do. Rolled
/// back when `change` throws.
void run_write(const Session::Context& context, const std::function<void(Session&)>& change);
/// Runs `change` so for a caller whose request is no service's: it has no parameters, and an id of
/// its own.
void run_write(const Services& services, Generation& generation, const Caller& caller,
               const std::function<void(Session&)>& change);

/// Lets `look` read, for such a caller.
void run_read(const Services& services, Generation& generation, const Caller& caller,
              const std::function<void(Session&)>& look);

/// Runs `write`, which frees space: when the disk is full a second time, with what the reserve
/// gives up. Throws what `write` throws.
void with_reserve(Generation& generation, const std::function<void()>& write);

}  // namespace amilab
