#pragma once

#include <boost/json/value.hpp>

#include "server/calls/emulator.h"

/// How many vCPUs each account's instances may have in a region, as the control API shows and sets
/// it for all accounts.
namespace amilab::control {

/// {"standard": 5, "p": null, ...}; null: any number.
boost::json::value show_quotas(Emulator& emulator);
/// Takes an object of such quotas; those that are not named stay. Throws HttpError 400.
void change_quotas(Emulator& emulator, const boost::json::value& wanted);

}  // namespace amilab::control
