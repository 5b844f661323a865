#pragma once

#include <boost/json/value.hpp>

#include "server/calls/emulator.h"

/// The clock and the delays, as the control API shows and sets them.
namespace amilab::control {

boost::json::value show_clock(Emulator& emulator);
/// Takes {"freeze": true|false}, {"advance_ms": N}, {"set_ms": N} or {"set":
/// "2026-01-02T03:04:05Z"}, in that order when there are several. Throws HttpError 400.
void change_clock(Emulator& emulator, const boost::json::value& wanted);

/// What volumes and snapshots take, and what each account has: {"allocated_bytes": N, "accounts":
/// [{"account": ..., ...}], "disks": [{"id": ..., ...}]}.
boost::json::value show_space(Emulator& emulator);

/// {"image.pending": 0, ...}, milliseconds.
boost::json::value show_delays(Emulator& emulator);
/// Takes an object of names and milliseconds; the others stay. Throws HttpError 400.
void change_delays(Emulator& emulator, const boost::json::value& wanted);

}  // namespace amilab::control
