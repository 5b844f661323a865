#pragma once

#include <boost/json/value.hpp>

#include "server/calls/emulator.h"

/// Accounts, as the control API shows and declares them.
namespace amilab::control {

/// {"111122223333": {"access_keys": [...], "organization": "arn:...", ...}, ...}
boost::json::value show_accounts(Emulator& emulator);
/// Takes an object of account ids and what is to change of each; null forgets an account. All or
/// nothing. Throws HttpError 400.
void change_accounts(Emulator& emulator, const boost::json::value& wanted);

}  // namespace amilab::control
