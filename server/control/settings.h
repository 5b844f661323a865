#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "server/calls/emulator.h"
#include "storage/base/clock.h"
#include "storage/base/units.h"

/// The clock and the delays, as the control API shows and sets them.
namespace amilab::control {

/// Of a delay, or of how far the clock moves at a time: a thousand years, so that no sum of a time
/// and a delay overflows.
inline constexpr TimeMs kLongestMs = 1000 * 366 * kDayMs;

boost::json::value show_clock(Emulator& emulator);
/// Takes {"freeze": true|false}, {"advance_ms": N}, {"set_ms": N} or {"set":
/// "2026-01-02T03:04:05Z"}, in that order when there are several. Throws HttpError 400.
void change_clock(Emulator& emulator, const boost::json::value& wanted);

/// What volumes and snapshots take, and what each account has: {"allocated_bytes": N, "accounts":
/// [{"account": ..., ...}], "disks": [{"id": ..., ...}]}. With "account=ID" in the query, of that
/// one alone; with "limit=N" (1 to 1,000) or "after=ID", the disks alone, N at most, behind that
/// one. Throws HttpError 400.
boost::json::value show_space(Emulator& emulator, std::string_view query);

/// {"image.pending": 0, ...}, milliseconds.
boost::json::value show_delays(Emulator& emulator);
/// Takes an object of names and milliseconds; the others stay. Throws HttpError 400.
void change_delays(Emulator& emulator, const boost::json::value& wanted);

}  // namespace amilab::control
