#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "server/calls/emulator.h"

/// What is scheduled for instances, as the control API shows and sets it.
namespace amilab::control {

/// [{"id": ..., "instance_id": ..., "code": ..., "description": ..., "not_before_ms": ...}, ...]
/// The first 1,000 by their ids; with "after=ID" in the query, of those behind that. Throws
/// HttpError 400.
boost::json::value show_instance_events(Emulator& emulator, std::string_view query);
/// Schedules an event of an instance, whoever's it is, and returns it. Throws HttpError 400, and
/// 404 when there is no such instance.
boost::json::value schedule_instance_event(Emulator& emulator, const boost::json::value& wanted);

}  // namespace amilab::control
