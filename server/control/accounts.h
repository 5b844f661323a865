#pragma once

#include <boost/json/value.hpp>

#include "server/calls/emulator.h"

/// Accounts, as the control API shows and declares them.
namespace amilab::control {

/// All that are declared or have called: {"111122223333": {"access_keys": [...], "organization":
/// "arn:...", ..., "declared": true, "calls": 7, "last_call": "2026-01-02T03:04:05.000Z"}, ...}
boost::json::value show_accounts(Emulator& emulator);
/// Takes an object of account ids and what is to change of each; null forgets an account. All or
/// nothing. Throws HttpError 400.
void change_accounts(Emulator& emulator, const boost::json::value& wanted);

}  // namespace amilab::control
