#pragma once

#include <boost/json/value.hpp>

#include "server/calls/emulator.h"

/// Which regions are opted in, as the control API shows and sets it for all accounts.
namespace amilab::control {

/// {"af-south-1": "opted-in", ...}, of the regions that want opting in.
boost::json::value show_regions(Emulator& emulator);
/// Takes an object of such regions and "opted-in" or "not-opted-in"; the others stay. Throws
/// HttpError 400.
void change_regions(Emulator& emulator, const boost::json::value& wanted);

}  // namespace amilab::control
